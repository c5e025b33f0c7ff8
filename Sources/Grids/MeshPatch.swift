/// Nine projected places of one mesh cell: corners, middles of sides, middle.
struct MeshPatch {
  enum State {
    /// No place can be reached.
    case unreachable
    /// Some places cannot be reached, or there is a jump between them.
    case broken
    case whole
  }

  typealias Place = (x: Double, y: Double)

  private(set) var state = State.whole
  /// The nine places, row by row.
  private var places: [Place] = []

  /// Wider than this in degrees, a cell holds a pole or a jump.
  private static let widest = 90.0

  init(isAngular: Bool, _ place: (_ right: Int, _ down: Int) -> Place) {
    places.reserveCapacity(9)
    var reached = 0
    var (low, high) = (Double.infinity, -Double.infinity)
    for down in 0...2 {
      for right in 0...2 {
        var found = place(right, down)
        if !found.x.isNaN {
          if isAngular, let base = places.first, !base.x.isNaN {
            found.x = unwrapped(found.x, near: base.x)
          }
          low = min(low, found.x)
          high = max(high, found.x)
          reached += 1
        }
        places.append(found)
      }
    }
    if reached == 0 {
      state = .unreachable
    } else if reached < 9 || (isAngular && high - low > Self.widest) {
      state = .broken
    }
  }

  /// Upper left, upper right, lower left, lower right.
  var corners: [Place] { [places[0], places[2], places[6], places[8]] }

  /// The bilinear value at a share of the cell's width and height.
  func interpolated(_ right: Double, _ down: Double) -> Place {
    let (a, b, c, d) = (places[0], places[2], places[6], places[8])
    let (topX, topY) = (a.x + (b.x - a.x) * right, a.y + (b.y - a.y) * right)
    let (lowX, lowY) = (c.x + (d.x - c.x) * right, c.y + (d.y - c.y) * right)
    return (topX + (lowX - topX) * down, topY + (lowY - topY) * down)
  }

  /// How far off interpolation is at the middles, in pixels; infinite where directions collapse.
  func error(width: Double) -> Double {
    let (a, b, c, d) = (places[0], places[2], places[6], places[8])
    let scale = 1 / (2 * width)
    let alongX = (b.x - a.x + d.x - c.x) * scale
    let alongY = (b.y - a.y + d.y - c.y) * scale
    let downX = (c.x - a.x + d.x - b.x) * scale
    let downY = (c.y - a.y + d.y - b.y) * scale
    let determinant = alongX * downY - alongY * downX
    guard determinant != 0 else { return .infinity }
    var worst = 0.0
    for place in [1, 3, 4, 5, 7] {
      let (right, down) = (Double(place % 3) / 2, Double(place / 3) / 2)
      let guess = interpolated(right, down)
      let (dx, dy) = (places[place].x - guess.x, places[place].y - guess.y)
      let (pixelsX, pixelsY) = (
        (dx * downY - dy * downX) / determinant, (dy * alongX - dx * alongY) / determinant
      )
      worst = max(worst, pixelsX * pixelsX + pixelsY * pixelsY)
    }
    return worst.squareRoot()
  }
}
