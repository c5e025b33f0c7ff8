import Grids

/// The heights of a lattice over one tile, in metres, with one more row and column around it.
///
/// Row 0 is the northern edge, column 0 the western one; both go from -1 to 257.
struct TileHeights {
  static let side = LatticeLocator.side
  static let width = LatticeLocator.width

  /// All of them, row by row; none is NaN.
  var values = [Float](repeating: 0, count: width * width)
  /// Which of them stand for no value.
  var isMissing = [Bool](repeating: false, count: width * width)

  /// The values of the variable that the water mask comes from; none without such.
  var mask: [Float] = []

  @inline(__always)
  static func index(column: Int, row: Int) -> Int { (row + 1) * width + column + 1 }

  subscript(column column: Int, row row: Int) -> Float {
    values[Self.index(column: column, row: row)]
  }
}
