public import Cubes

/// One field of a variable: a time, where it has times, and a place on each of its other axes.
public struct FieldSelection: Sendable, Hashable {
  /// The index of the time; nil for a variable without times.
  public let time: Int?
  /// An index for each of the variable's other axes.
  public let extras: [Int]

  /// Selects a field.
  public init(time: Int?, extras: [Int]) {
    self.time = time
    self.extras = extras
  }
}

extension Variable {
  /// The labels that tell a field from the others of the variable: its time, then its place on each
  /// further axis.
  ///
  /// They are path segments. The field must be one of the variable.
  public func labels(of field: FieldSelection) -> [String] {
    var labels: [String] = []
    if let time, let index = field.time { labels.append(time.labels[index]) }
    for (axis, index) in zip(extras, field.extras) { labels.append(axis.labels[index]) }
    return labels
  }
}
