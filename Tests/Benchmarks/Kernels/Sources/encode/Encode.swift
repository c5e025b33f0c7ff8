import Dispatch
import Foundation
import Images

/// The bound of a tile builder: how fast its tiles can be encoded when nothing else is done.
///
///     encode FOLDER THREADS REPEATS
///
/// Reads all PNG tiles below a folder back to palette indices, then encodes each of them again with
/// every effort, without writing. Prints effort, tiles a second, tiles a processor second and mean bytes.
@main
struct Encode {
  struct Tile: Sendable {
    let indices: [UInt8]
    let palette: [RGBA]
  }

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 4, let threads = Int(arguments[2]), let repeats = Int(arguments[3])
    else {
      print("usage: encode FOLDER THREADS REPEATS")
      exit(2)
    }
    let tiles = try read(arguments[1])
    for effort in Effort.allCases {
      var rates: [Double] = []
      var bytes = 0
      let processor = clock()
      for _ in 0..<repeats {
        let start = ProcessInfo.processInfo.systemUptime
        bytes = encode(tiles, effort: effort, threads: threads)
        rates.append(Double(tiles.count) / (ProcessInfo.processInfo.systemUptime - start))
      }
      let median = rates.sorted()[rates.count / 2]
      let seconds = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
      let rate = Double(tiles.count * repeats) / seconds
      print("\(effort.rawValue) \(Int(median)) \(Int(rate)) \(bytes / max(1, tiles.count))")
    }
  }

  /// The tiles as a builder has them before it encodes: the whole palette, and indices into it.
  static func read(_ folder: String) throws -> [Tile] {
    var tiles: [Tile] = []
    var palette: [RGBA] = [RGBA(r: 0, g: 0, b: 0, a: 0)]
    var places: [RGBA: UInt8] = [palette[0]: 0]
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    var images: [[UInt8]] = []
    for name in names.sorted() where name.hasSuffix(".png") && name.contains("/tiles/") {
      let file = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      let image = try PNG.decode(Array(file))
      images.append(
        stride(from: 0, to: image.rgba.count, by: 4).map { at in
          let colour = RGBA(
            r: image.rgba[at], g: image.rgba[at + 1], b: image.rgba[at + 2],
            a: image.rgba[at + 3])
          if let place = places[colour] { return place }
          let place = UInt8(min(255, palette.count))
          if palette.count < 256 { palette.append(colour) }
          places[colour] = place
          return place
        })
    }
    // Neighbours on the colour scale must be neighbours in the palette, as the builder has them.
    let order = palette.indices.dropFirst().sorted {
      luminance(palette[$0]) < luminance(palette[$1])
    }
    var moved = [UInt8](repeating: 0, count: 256)
    for (new, old) in order.enumerated() { moved[old] = UInt8(new + 1) }
    let sorted = [palette[0]] + order.map { palette[$0] }
    for image in images {
      tiles.append(Tile(indices: image.map { moved[Int($0)] }, palette: sorted))
    }
    return tiles
  }

  static func luminance(_ colour: RGBA) -> Int {
    299 * Int(colour.r) + 587 * Int(colour.g) + 114 * Int(colour.b)
  }

  static func encode(_ tiles: [Tile], effort: Effort, threads: Int) -> Int {
    let parts = (0..<threads).map { part in
      stride(from: part, to: tiles.count, by: threads).map { tiles[$0] }
    }
    let sums = UnsafeMutableBufferPointer<Int>.allocate(capacity: threads)
    sums.initialize(repeating: 0)
    defer { sums.deallocate() }
    nonisolated(unsafe) let target = sums
    DispatchQueue.concurrentPerform(iterations: threads) { part in
      guard let first = parts[part].first,
        let encoder = try? TileEncoder(
          width: 256, height: 256, format: .png, effort: effort, palette: first.palette)
      else { return }
      for tile in parts[part] {
        // Each thread writes a place of its own.
        target[part] +=
          tile.indices.withUnsafeBufferPointer { (try? encoder.encode($0))?.count ?? 0 }
      }
    }
    return sums.reduce(0, +)
  }
}
