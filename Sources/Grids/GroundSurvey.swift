/// Where a grid with projected coordinates lies on Earth, found by looking at a sample of places.
struct GroundSurvey {
  let bounds: GeographicBounds
  let resolutionMetres: Double

  /// Places looked at along each side.
  private static let samples = 129

  init(x: GridAxis, y: GridAxis, crs: CRS) throws(GridError) {
    let projector = try Projector(from: crs, to: .geographic)
    var (xs, ys): ([Double], [Double]) = ([], [])
    for row in 0..<Self.samples {
      for column in 0..<Self.samples {
        let along = { (axis: GridAxis, place: Int) in
          axis.firstEdge
            + (axis.lastEdge - axis.firstEdge) * Double(place) / Double(Self.samples - 1)
        }
        xs.append(along(x, column))
        ys.append(along(y, row))
      }
    }
    projector.transform(&xs, &ys)
    var extent = GeographicExtent()
    for place in xs.indices where !xs[place].isNaN {
      extent.add(longitude: xs[place], latitude: ys[place])
    }
    guard extent.hasPlaces else {
      throw GridError(
        attempt: "place a grid of \(x.count) × \(y.count) cells in \(crs) on Earth",
        reason: "none of its cells can be reached",
        remedy: "check the grid mapping and the units of the coordinates")
    }
    let back = try Projector(from: .geographic, to: crs)
    for pole in [-90.0, 90.0] {
      // Off by a hair: some projections do not reach the very pole.
      guard let place = back.transform(x: 0, y: pole * (1 - 1e-9)) else { continue }
      if !x.index(of: place.x).isNaN, !y.index(of: place.y).isNaN { extent.add(pole: pole) }
    }
    bounds = extent.bounds(closingGapsBelow: 360 * 2 / Double(Self.samples))
    resolutionMetres =
      Self.resolution(x: x, y: y, projector: projector)
      ?? min(abs(x.step), abs(y.step)) * crs.metresPerUnit
  }

  /// The smaller side of the middle cell, on the ground.
  private static func resolution(x: GridAxis, y: GridAxis, projector: Projector) -> Double? {
    let centre = (
      x: x.coordinate(at: Double(x.count - 1) / 2), y: y.coordinate(at: Double(y.count - 1) / 2)
    )
    var xs = [centre.x, centre.x + abs(x.step), centre.x]
    var ys = [centre.y, centre.y, centre.y + abs(y.step)]
    projector.transform(&xs, &ys)
    guard xs.allSatisfy(\.isFinite) else { return nil }
    let vectors = zip(xs, ys).map { UnitVector(longitude: $0, latitude: $1) }
    let side = min(vectors[0].angle(to: vectors[1]), vectors[0].angle(to: vectors[2]))
    return side > 0 ? side / radiansPerDegree * CRS.metresPerDegree : nil
  }
}

/// The smallest box of longitudes and latitudes around places, whichever way round the globe.
struct GeographicExtent {
  private static let binCount = 3600
  private var lowest = [Double](repeating: .infinity, count: binCount)
  private var highest = [Double](repeating: -.infinity, count: binCount)
  private var south = Double.infinity
  private var north = -Double.infinity
  private var holdsPole = false

  var hasPlaces: Bool { south <= north }

  mutating func add(longitude: Double, latitude: Double) {
    let longitude = normalisedLongitude(longitude)
    let share = (longitude + 180) / 360 * Double(Self.binCount)
    let bin = min(max(Int(share), 0), Self.binCount - 1)
    lowest[bin] = min(lowest[bin], longitude)
    highest[bin] = max(highest[bin], longitude)
    south = min(south, latitude)
    north = max(north, latitude)
  }

  mutating func add(pole: Double) {
    south = min(south, pole)
    north = max(north, pole)
    holdsPole = true
  }

  /// The box: all longitudes except the widest gap, if that is a real one.
  func bounds(closingGapsBelow smallest: Double) -> GeographicBounds {
    let filled = lowest.indices.filter { lowest[$0] <= highest[$0] }
    var widest = (gap: 0.0, east: 180.0, west: -180.0)
    for (place, bin) in filled.enumerated() {
      let isLast = place == filled.count - 1
      let next = filled[isLast ? 0 : place + 1]
      let gap = lowest[next] + (isLast ? 360 : 0) - highest[bin]
      if gap > widest.gap { widest = (gap, highest[bin], lowest[next]) }
    }
    guard !holdsPole, widest.gap > smallest else {
      return GeographicBounds(west: -180, south: south, east: 180, north: north)
    }
    let east = widest.east < widest.west ? widest.east + 360 : widest.east
    return GeographicBounds(west: widest.west, south: south, east: east, north: north)
  }
}
