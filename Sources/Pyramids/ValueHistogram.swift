public import Images
public import JSON
import Multiscales

/// How often values occur along the scale of a style: in each of its bins, below and above them.
///
/// Counted are the cells of the finest level that is small enough to look through at no cost; of a
/// large grid these are means of source cells.
public struct ValueHistogram: Sendable, Equatable, Codable {
  /// The edges of the bins in the unit of the values, rising; one more than there are bins.
  public let edges: [Double]
  /// How many cells lie in each bin.
  public let counts: [Int]
  /// How many are lower than the first edge.
  public let below: Int
  /// How many are higher than the last edge.
  public let above: Int

  private static let mostCells = 1 << 18

  /// Counts the cells of a field; nil for a style that has classes.
  init?(_ levels: Levels, style: Style) {
    guard let bins = Self.binned(style) else { return nil }
    edges = bins.edges
    let level =
      levels.levels.first { $0.rows * $0.columns <= Self.mostCells } ?? levels.levels.last
    guard let level else { return nil }
    let colouriser = Colouriser(bins)
    var indices = [UInt8](repeating: 0, count: level.columns)
    var found = [Int](repeating: 0, count: 256)
    for row in 0..<level.rows {
      let cells = UnsafeBufferPointer(start: level.row(row), count: level.columns)
      indices.withUnsafeMutableBufferPointer { _ = colouriser.indices(of: cells, into: $0) }
      for index in indices { found[Int(index)] += 1 }
    }
    (below, above) = (found[1], found[2])
    counts = Array(found[3...])
  }

  /// The style with colours of their own below and above, so that these are told apart.
  private static func binned(_ style: Style) -> Style? {
    if case .categorical = style.scale { return nil }
    return try? Style(
      colourMap: style.colourMap, scale: style.scale, range: style.range, below: .transparent,
      above: .transparent)
  }

  /// The counts as they are kept in the journal; the edges follow from the style.
  var json: JSONValue { .array(([below, above] + counts).map { .integer(Int64($0)) }) }

  /// Sums the counts of fields as the journal keeps them; what is not of the style is left out.
  ///
  /// - Returns: nil where nothing is left.
  public init?(summing fields: [JSONValue], style: Style) {
    guard let edges = Self.binned(style)?.edges else { return nil }
    let counted = fields.map { $0.arrayValue?.compactMap(\.intValue) ?? [] }
      .filter { $0.count == edges.count + 1 }
    guard !counted.isEmpty else { return nil }
    var sums = [Int](repeating: 0, count: edges.count + 1)
    for numbers in counted {
      for place in sums.indices { sums[place] += numbers[place] }
    }
    self.edges = edges
    (below, above) = (sums[0], sums[1])
    counts = Array(sums[2...])
  }
}
