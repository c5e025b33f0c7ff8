/// A request for a file, freed of the types of any server.
public struct FileRequest: Sendable {
  /// The method, as in `GET`.
  public var method: String
  /// The path as sent: percent-encoded, with `/` first.
  public var path: String
  /// The query as sent, without `?`.
  public var query: String
  /// The header fields by lower-case name.
  public var fields: [String: String]

  /// Describes a request.
  public init(
    method: String = "GET", path: String, query: String = "", fields: [String: String] = [:]
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.fields = fields
  }
}

/// An answer to a request for a file, freed of the types of any server.
public struct FileAnswer: Sendable {
  /// What is sent after the header fields.
  public enum Body: Sendable, Equatable {
    /// These bytes.
    case bytes([UInt8])
    /// A stretch of a file, which may be large.
    case file(key: String, offsets: Range<Int>)
  }

  /// The status, as in 200.
  public internal(set) var status: Int
  /// The header fields, without length and date.
  public var fields: [(name: String, value: String)] = []
  /// What is sent after them.
  public internal(set) var body = Body.bytes([])
  /// The length of the body, also when it is not sent (HEAD).
  public internal(set) var length = 0

  /// The value of a field, for tests.
  public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// The range that a client asks for (RFC 9110, 14.1.2 and 14.2).
enum RangeField: Equatable {
  /// Send everything: there is no such field, it is malformed, or asks for several ranges.
  case all
  case part(Range<Int>)
  case unsatisfiable

  /// Reads the field `Range` for an object of some size.
  init(field: String?, size: Int) {
    self = .all
    guard let field, field.lowercased().hasPrefix("bytes="), !field.contains(",") else { return }
    let bounds = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count == 2, bounds.allSatisfy({ $0.allSatisfy(\.isNumber) }) else { return }
    // A number too large for Int means past the end, like any other that is too large.
    let first = bounds[0].isEmpty ? nil : Int(bounds[0]) ?? .max
    let last = bounds[1].isEmpty ? nil : Int(bounds[1]) ?? .max
    switch (first, last) {
    case (nil, nil): return
    case (let first?, let last):
      let last = min(last ?? .max, max(first, size - 1))
      if last < first { return }
      self = first < size ? .part(first..<last + 1) : .unsatisfiable
    case (nil, let length?):
      self = length > 0 && size > 0 ? .part(max(0, size - length)..<size) : .unsatisfiable
    }
  }
}
