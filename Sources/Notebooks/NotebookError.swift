/// Why a text is not a notebook that can be read.
public struct NotebookError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The cell it is about, counted from 1; `nil` for the notebook as a whole.
  public let cell: Int?
  /// What is wrong.
  public let reason: String

  init(_ reason: String, cell: Int? = nil) {
    self.reason = reason
    self.cell = cell
  }

  /// The whole message.
  public var description: String {
    (cell.map { "cell \($0): " } ?? "") + reason
  }
}
