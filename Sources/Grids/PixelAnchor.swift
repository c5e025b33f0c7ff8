/// Which place of a pixel is looked up in a grid.
enum PixelAnchor: Sendable {
  /// Its centre: what a picture shows.
  case centre
  /// Its upper left corner: then pixels of a tile are the places of a lattice whose outermost rows and
  /// columns lie on the edges of tiles.
  case corner

  /// How far the place is from the upper left corner, in pixels.
  var offset: Double { self == .centre ? 0.5 : 0 }
}
