/// The six faces of a cube as seen from outside.
struct CubeFaces {
  /// A side of the cube.
  ///
  /// Its picture has its upper edge where the net has it: the front in the middle, right and back
  /// after it, left before it, top above and bottom below it.
  enum Side: Int, CaseIterable {
    case front, back, right, left, top, bottom
  }

  /// Which way something goes in the world.
  struct Way: Equatable {
    let axis: Int
    let isForward: Bool
  }

  /// A picture of a face, as places in the palette, row by row from the top.
  struct Picture: Equatable {
    let width: Int
    let height: Int
    let cells: [UInt8]
    /// Of lead, rows and columns that which goes across and down, and whether it grows on the way.
    let across: (axis: Int, grows: Bool)
    let down: (axis: Int, grows: Bool)
    /// Of lead, rows and columns that which stands still, and whether at its last position.
    let fixed: (axis: Int, isLast: Bool)

    static func == (a: Picture, b: Picture) -> Bool {
      a.width == b.width && a.height == b.height && a.cells == b.cells
    }
  }

  let pictures: [Side: Picture]
  /// How many slices, rows and columns.
  let counts: [Int]

  /// Puts the faces together; `nil` where something is missing, or slices differ in size.
  ///
  /// - Parameters:
  ///   - first: the first slice, with its map.
  ///   - last: the last one, with its map.
  ///   - slices: those that are drawn, with their edges.
  ///   - standing: how the cube stands in the world.
  init?(
    first: SliceColours, last: SliceColours, slices: [SliceColours], standing: PaperCube.Standing
  ) {
    let (rows, columns) = (first.rows, first.columns)
    guard let maps = [first.map, last.map] as? [[UInt8]], slices.count > 1,
      (slices + [last]).allSatisfy({ $0.rows == rows && $0.columns == columns }),
      slices.allSatisfy({ $0.edges != nil })
    else { return nil }
    let counts = [slices.count, rows, columns]
    self.counts = counts

    /// The cell of a face at positions along the two axes that it shows, lower axis first.
    func cells(fixed: (axis: Int, isLast: Bool)) -> [UInt8] {
      fixed.axis == 0
        ? maps[fixed.isLast ? 1 : 0]
        : slices.flatMap { $0.edge(axis: fixed.axis, last: fixed.isLast) }
    }

    func picture(_ side: Side) -> Picture? {
      func data(_ way: Way) -> (axis: Int, grows: Bool)? {
        standing.world.firstIndex(of: way.axis).map { ($0, standing.rises[$0] == way.isForward) }
      }
      let (outward, across, down) = Self.ways(of: side)
      guard let outward = data(outward), let across = data(across), let down = data(down) else {
        return nil
      }
      let fixed = (axis: outward.axis, isLast: outward.grows)
      let source = cells(fixed: fixed)
      let (width, height) = (counts[across.axis], counts[down.axis])
      // In the source the axis that comes later lies side by side.
      let stride =
        across.axis > down.axis ? (across: 1, down: width) : (across: height, down: 1)
      guard source.count == width * height else { return nil }
      var result: [UInt8] = []
      result.reserveCapacity(width * height)
      for y in 0..<height {
        let down = (down.grows ? y : height - 1 - y) * stride.down
        for x in 0..<width {
          result.append(source[down + (across.grows ? x : width - 1 - x) * stride.across])
        }
      }
      return Picture(
        width: width, height: height, cells: result, across: across, down: down, fixed: fixed)
    }

    var pictures: [Side: Picture] = [:]
    for side in Side.allCases {
      guard let made = picture(side) else { return nil }
      pictures[side] = made
    }
    self.pictures = pictures
  }

  /// Where a side looks, and which way its picture goes across and down; x right, y up, z to the
  /// viewer.
  static func ways(of side: Side) -> (outward: Way, across: Way, down: Way) {
    let (x, y, z) = (0, 1, 2)
    func way(_ axis: Int, _ isForward: Bool) -> Way { Way(axis: axis, isForward: isForward) }
    return switch side {
    case .front: (way(z, true), way(x, true), way(y, false))
    case .back: (way(z, false), way(x, false), way(y, false))
    case .right: (way(x, true), way(z, false), way(y, false))
    case .left: (way(x, false), way(z, true), way(y, false))
    case .top: (way(y, true), way(x, true), way(z, true))
    case .bottom: (way(y, false), way(x, true), way(z, false))
    }
  }
}
