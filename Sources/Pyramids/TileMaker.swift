import Grids
import Images
import Jobs
import Multiscales
import Stores
import Synchronization

/// Makes tiles one after the other with one set of buffers: sample, colour, encode, write.
struct TileMaker {
  /// What was written so far, a list for each style.
  private(set) var written: [[WrittenTile]]

  private var sampler: TileSampler
  private let painters: [Painter]
  private let trees: [StagedTiles]
  private let uniformTiles: UniformTiles
  private var values = [Float](repeating: .nan, count: TileSampler.pixels)
  private var indices = [UInt8](repeating: 0, count: TileSampler.pixels)

  private struct Painter {
    let planned: TilePlan.PlannedStyle
    let colouriser: Colouriser
    let encoder: TileEncoder
  }

  init(
    levels: Levels, styles: [TilePlan.PlannedStyle], trees: [StagedTiles],
    uniformTiles: UniformTiles
  ) throws {
    sampler = TileSampler(levels)
    painters = try styles.map { planned in
      let colouriser = Colouriser(planned.style)
      let encoder = try TileEncoder(
        width: TileSampler.side, height: TileSampler.side, format: planned.format,
        effort: planned.effort, palette: colouriser.palette)
      return Painter(planned: planned, colouriser: colouriser, encoder: encoder)
    }
    self.trees = trees
    self.uniformTiles = uniformTiles
    written = styles.map { _ in [] }
  }

  /// Makes one tile in every style; one that shows nothing is not written.
  mutating func make(_ tile: TileAddress, maps: TileMaps) throws {
    let map = try maps.map(tile)
    var sampled: Style.Interpolation?
    for style in painters.indices {
      let interpolation = painters[style].planned.style.interpolation
      if sampled != interpolation {
        let shows = values.withUnsafeMutableBufferPointer { values in
          values.baseAddress.map {
            sampler.sample(
              map, level: maps.level(z: tile.z), interpolation: interpolation, into: $0)
          } ?? false
        }
        guard shows else { return }
        sampled = interpolation
      }
      try paint(tile, style: style)
    }
  }

  private mutating func paint(_ tile: TileAddress, style: Int) throws {
    let painter = painters[style]
    let summary = values.withUnsafeBufferPointer { values in
      indices.withUnsafeMutableBufferPointer { painter.colouriser.indices(of: values, into: $0) }
    }
    if summary.allMissing { return }
    let name = "\(tile.z)/\(tile.y)/\(tile.x).\(painter.planned.format.rawValue)"
    let image: EncodedTile
    if let index = summary.uniform {
      image = try uniformTiles.tile(style: style, index: index) {
        try encode(style: style)
      }
    } else {
      image = try encode(style: style)
    }
    try trees[style].tree.write(image.bytes, to: name)
    written[style].append(
      WrittenTile(
        address: tile,
        object: BuiltObject(
          key: trees[style].prefix + "/" + name, size: image.bytes.count, sha256: image.sha256)))
  }

  private func encode(style: Int) throws -> EncodedTile {
    let bytes = try indices.withUnsafeBufferPointer { try painters[style].encoder.encode($0) }
    return EncodedTile(bytes: bytes, sha256: sha256Hex(bytes))
  }
}

/// A finished tile image.
struct EncodedTile: Sendable {
  let bytes: [UInt8]
  let sha256: String
}

/// Tiles of one colour, each encoded once.
final class UniformTiles: Sendable {
  private struct Key: Hashable {
    let style: Int
    let index: UInt8
  }
  private let tiles = Mutex<[Key: EncodedTile]>([:])

  func tile(
    style: Int, index: UInt8, encode: () throws -> EncodedTile
  ) throws -> EncodedTile {
    let key = Key(style: style, index: index)
    if let tile = tiles.withLock({ $0[key] }) { return tile }
    let tile = try encode()
    tiles.withLock { $0[key] = tile }
    return tile
  }
}
