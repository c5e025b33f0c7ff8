/// A volume as the viewer reads it: little-endian 32-bit numbers (the length of a text, the text
/// `EarthwaveVolume`, version 1, texture format 62, sizes along x, up, and y), then two bytes a cell,
/// the grey level and whether there is a value.
///
/// The viewer's second axis points up, its third one south to north: cells go along x first, then
/// up, then from the last row to the first.
struct VolumeFile {
  let size: ViewerTileGrid.Size

  private static let text = "EarthwaveVolume"
  private static let version = 1
  /// Two channels of eight bits, in the numbers of the viewer's engine.
  private static let textureFormat = 62

  /// The bytes of a tile.
  ///
  /// - Parameters:
  ///   - planes: from the lowest up, each 2 × rows × columns bytes; missing ones are empty.
  ///   - shape: rows and columns of a plane.
  ///   - x: the tile's column.
  ///   - y: the tile's row, from the north.
  /// - Returns: the file, filled up with missing cells.
  func bytes(
    planes: [[UInt8]], shape: (rows: Int, columns: Int), x: Int, y: Int
  ) -> [UInt8] {
    let depth = size.z ?? 1
    var file: [UInt8] = []
    file.reserveCapacity(64 + 2 * size.x * size.y * depth)
    Self.add(Self.text.utf8.count, to: &file)
    file.append(contentsOf: Self.text.utf8)
    for number in [Self.version, Self.textureFormat, size.x, depth, size.y] {
      Self.add(number, to: &file)
    }
    let columns = max(0, min(size.x, shape.columns - x * size.x))
    let blank = [UInt8](repeating: 0, count: 2 * size.x)
    for row in (0..<size.y).reversed() {
      let fromNorth = y * size.y + row
      for z in 0..<depth {
        guard planes.indices.contains(z), fromNorth < shape.rows, columns > 0 else {
          file.append(contentsOf: blank)
          continue
        }
        let start = 2 * (fromNorth * shape.columns + x * size.x)
        file.append(contentsOf: planes[z].dropFirst(start).prefix(2 * columns))
        file.append(contentsOf: blank.prefix(2 * (size.x - columns)))
      }
    }
    return file
  }

  private static func add(_ number: Int, to file: inout [UInt8]) {
    for shift in [0, 8, 16, 24] { file.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }
}
