import Cubes
import Grids
import Images
import Multiscales
import Pyramids

/// Takes the heights of tiles from one field.
struct HeightSampler {
  private let plan: TerrainPlan
  private let levels: Levels
  private let mask: Levels?
  private let locator: LatticeLocator
  private let maps: TileMaps

  /// Prepares for a field and, where the water mask comes from a variable, that variable's field.
  init(
    plan: TerrainPlan, levels: Levels, mask: Levels?, locator: LatticeLocator, maps: TileMaps
  ) {
    self.plan = plan
    self.levels = levels
    self.mask = mask
    self.locator = locator
    self.maps = maps
  }

  /// The heights at the two poles at some zoom.
  struct Poles {
    let north: Float?
    let south: Float?
  }

  /// The height that all places of a pole have: the mean of what lies around it; `nil` without any.
  ///
  /// - Throws: `GridError` when PROJ cannot go on.
  func poles(z: Int) throws -> Poles {
    Poles(north: try pole(90, z: z), south: try pole(-90, z: z))
  }

  private func pole(_ latitude: Double, z: Int) throws -> Float? {
    let count = 256
    let found = try locator.indices(
      longitudes: (0..<count).map { -180 + 360 * Double($0) / Double(count) },
      latitudes: [Double](repeating: latitude, count: count))
    var values = [Float](repeating: .nan, count: count)
    Self.sample(
      levels, level: maps.level(z: z), columns: found.columns, rows: found.rows, .bilinear,
      into: &values)
    let valid = values.filter { !$0.isNaN }
    guard !valid.isEmpty else { return nil }
    let mean = valid.reduce(0) { $0 + Double($1) } / Double(valid.count)
    return Float(mean * plan.scale)
  }

  private static func sample(
    _ levels: Levels, level: Int, columns: [Float], rows: [Float],
    _ interpolation: Style.Interpolation, into values: inout [Float]
  ) {
    columns.withUnsafeBufferPointer { columns in
      rows.withUnsafeBufferPointer { rows in
        values.withUnsafeMutableBufferPointer { values in
          guard let target = values.baseAddress else { return }
          levels.sample(
            level: level, columns: columns, rows: rows, interpolation: interpolation, into: target)
        }
      }
    }
  }

  /// Fills in the heights of a tile.
  ///
  /// - Returns: whether any place of it, edges included, has a value.
  /// - Throws: `GridError` when PROJ cannot go on.
  func fill(_ heights: inout TileHeights, tile: TileAddress, poles: Poles) throws -> Bool {
    guard let map = try locator.map(tile) else {
      heights.values.withUnsafeMutableBufferPointer {
        $0.update(repeating: Float(plan.missingHeight))
      }
      heights.isMissing.withUnsafeMutableBufferPointer { $0.update(repeating: true) }
      heights.mask.withUnsafeMutableBufferPointer { $0.update(repeating: .nan) }
      return false
    }
    Self.sample(
      levels, level: maps.level(z: tile.z), columns: map.columns, rows: map.rows, .bilinear,
      into: &heights.values)
    if let mask {
      if heights.mask.isEmpty { heights.mask = heights.values }
      // Classes do not average: of level 0, the nearest cell.
      Self.sample(
        mask, level: 0, columns: map.columns, rows: map.rows, .nearest, into: &heights.mask)
    }
    let hasValues = turnIntoHeights(&heights)
    closePoles(&heights, tile: tile, poles)
    return hasValues
  }

  /// The water mask of a tile whose heights were filled in; `nil` where the plan wants none.
  func water(_ heights: TileHeights) -> [UInt8]? {
    switch plan.options.water {
    case nil: nil
    case .missing: WaterMask.bytes { heights.isMissing[$0] }
    case .belowZero: WaterMask.bytes { !heights.isMissing[$0] && heights.values[$0] <= 0 }
    case .values(let values, _):
      WaterMask.bytes { place in
        heights.mask.indices.contains(place) && values.contains(Double(heights.mask[place]))
      }
    }
  }

  /// Scales values, puts heights where there are none, and looks whether there is one in the tile.
  private func turnIntoHeights(_ heights: inout TileHeights) -> Bool {
    let (scale, missing) = (plan.scale, Float(plan.missingHeight))
    let side = TileHeights.side
    return heights.values.withUnsafeMutableBufferPointer { values in
      heights.isMissing.withUnsafeMutableBufferPointer { isMissing in
        for place in values.indices {
          let value = values[place]
          isMissing[place] = value.isNaN
          values[place] = value.isNaN ? missing : Float(Double(value) * scale)
        }
        return (0...side).contains { row in
          let start = TileHeights.index(column: 0, row: row)
          return isMissing[start...start + side].contains(false)
        }
      }
    }
  }

  /// Gives all places of a pole one height, so that the surface closes there.
  private func closePoles(_ heights: inout TileHeights, tile: TileAddress, _ poles: Poles) {
    let side = TileHeights.side
    if tile.y == 0 { level(&heights, rows: [-1, 0], poles.north) }
    if tile.y == (1 << tile.z) - 1 { level(&heights, rows: [side, side + 1], poles.south) }
  }

  private func level(_ heights: inout TileHeights, rows: [Int], _ height: Float?) {
    for row in rows {
      for column in -1...TileHeights.side + 1 {
        let place = TileHeights.index(column: column, row: row)
        heights.values[place] = height ?? Float(plan.missingHeight)
        heights.isMissing[place] = height == nil
      }
    }
  }
}
