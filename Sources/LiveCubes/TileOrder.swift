public import Cubes
public import Grids
public import Images

/// One tile as it is asked for.
public struct TileOrder: Sendable, Hashable {
  /// The name of the variable.
  public var variable: String
  /// Which of its fields.
  public var field: FieldSelection
  /// How it is drawn.
  public var style: StyleRequest
  /// Of which set of tiles.
  public var tileMatrixSet: TileMatrixSet
  /// Which tile.
  public var address: TileAddress
  /// The format of the picture.
  public var format: ImageFormat
  /// Whether it has 512 pixels along a side in place of 256, for fine screens.
  public var isFine: Bool

  /// Orders a tile.
  public init(
    variable: String, field: FieldSelection, style: StyleRequest = StyleRequest(),
    tileMatrixSet: TileMatrixSet, address: TileAddress, format: ImageFormat = .png,
    isFine: Bool = false
  ) {
    self.variable = variable
    self.field = field
    self.style = style
    self.tileMatrixSet = tileMatrixSet
    self.address = address
    self.format = format
    self.isFine = isFine
  }

  /// Pixels along a side.
  var side: Int { isFine ? 512 : 256 }

  /// The tiles of 256 pixels that it consists of, with the pixel at which each begins.
  ///
  /// One on a fine screen is made of the four of the next zoom.
  var parts: [(address: TileAddress, x: Int, y: Int)] {
    guard isFine else { return [(address, 0, 0)] }
    return [(0, 0), (1, 0), (0, 1), (1, 1)].map { right, down in
      (
        TileAddress(z: address.z + 1, x: address.x * 2 + right, y: address.y * 2 + down),
        right * 256, down * 256
      )
    }
  }
}

/// A tile that was made.
public struct LiveTile: Sendable {
  /// The picture; `nil` where nothing is to be seen.
  public let image: [UInt8]?
  /// What changes with the picture: a text that can be an entity tag.
  public let tag: String
}
