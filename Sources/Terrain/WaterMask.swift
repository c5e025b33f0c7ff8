/// The mask that tells clients where to draw waves: 255 is water, 0 land.
enum WaterMask {
  private static let side = TileHeights.side

  /// The mask of a tile: one byte where it is all the same, else 256 × 256 from the north-west.
  ///
  /// A pixel is water where most of its four corners are.
  ///
  /// - Parameter isWater: by place of the lattice with what lies around it (`TileHeights.index`).
  /// - Returns: the bytes of the extension.
  static func bytes(_ isWater: (Int) -> Bool) -> [UInt8] {
    var mask = [UInt8](repeating: 0, count: side * side)
    var pixels = 0
    for row in 0..<side {
      for column in 0..<side {
        var corners = 0
        for (right, down) in [(0, 0), (1, 0), (0, 1), (1, 1)]
        where isWater(TileHeights.index(column: column + right, row: row + down)) {
          corners += 1
        }
        guard corners > 2 else { continue }
        mask[row * side + column] = 255
        pixels += 1
      }
    }
    return pixels == 0 ? [0] : pixels == mask.count ? [255] : mask
  }
}
