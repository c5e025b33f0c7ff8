public import JSON

/// A Jupyter notebook: the values of an `.ipynb` file of nbformat 3 to 4.5, in one form.
///
/// Source of the format: nbformat's documentation and JSON schemas.
public struct Notebook: Sendable {
  /// The version of the format in which it was written.
  public var format: (major: Int, minor: Int)
  /// The language of its code, such as `python`, where it says so.
  public var language: String?
  /// What it says about itself.
  public var metadata: JSONObject
  /// The cells, in order.
  public var cells: [Cell]

  /// Limits for a text that came from outside.
  public static let limits = JSONLimits(depth: 100, bytes: 256 << 20)

  /// A cell.
  public struct Cell: Sendable {
    /// What a cell holds.
    public enum Kind: Sendable, Hashable {
      /// A program, with what it put out.
      case code
      /// Text in Markdown.
      case markdown
      /// Text for converters; its type is the MIME type in the metadata.
      case raw
    }

    /// What it holds.
    public var kind: Kind
    /// Its text.
    public var source: String
    /// Its tags.
    public var tags: Set<String>
    /// What it says about itself.
    public var metadata: JSONObject
    /// Files within it, by name.
    public var attachments: [String: Bundle] = [:]
    /// The number of its last run.
    public var executionCount: Int?
    /// What its last run put out.
    public var outputs: [Output] = []
  }

  /// One thing that a program put out, in several types, as it was written.
  public struct Bundle: Sendable, Hashable {
    /// The values by MIME type, in the notebook's order; texts in pieces are joined.
    public var values: [(type: String, value: JSONValue)]

    /// The value of a type.
    public subscript(type: String) -> JSONValue? { values.first { $0.type == type }?.value }

    /// The text of a type.
    public func text(_ type: String) -> String? { self[type]?.stringValue }

    /// Equality of types and values.
    public static func == (one: Bundle, other: Bundle) -> Bool {
      one.values.elementsEqual(other.values) { $0 == $1 }
    }

    /// Hashes the types.
    public func hash(into hasher: inout Hasher) {
      for value in values { hasher.combine(value.type) }
    }
  }

  /// What a run of a cell put out.
  public enum Output: Sendable {
    /// Text that was written to `stdout` or `stderr`.
    case stream(name: String, text: String)
    /// Something shown; the result of the cell has a number.
    case data(Bundle, metadata: JSONObject, executionCount: Int?)
    /// An error that ended the run; the lines of the traceback may have colours for terminals.
    case error(name: String, value: String, traceback: [String])
  }

  /// What the notebook is called: its metadata's title, where it has one.
  public var title: String? { metadata["title"]?.stringValue }
}
