import Jobs

/// The files of a product of a dataset: those that the journal lists, by their units, and some others.
///
/// A site may have more files than memory has room for; what is held here grows with the number of
/// fields.
struct ProductFiles: Sendable {
  /// The units whose records list files.
  let units: [String]
  /// How many files these are, and how many bytes they have together.
  let listed: (count: Int, bytes: Int)
  /// Documents and what else belongs to no unit.
  let others: [BuiltObject]

  init(_ units: [FinishedUnit] = [], others: [BuiltObject] = []) {
    self.units = units.map(\.unit)
    listed = (units.map(\.count).reduce(0, +), units.map(\.bytes).reduce(0, +))
    self.others = others
  }

  /// How many files there are.
  var count: Int { listed.count + others.count }

  /// How many bytes they have together.
  var bytes: Int { listed.bytes + others.map(\.size).reduce(0, +) }
}
