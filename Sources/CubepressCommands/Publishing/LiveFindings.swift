import ArgumentParser
import JSON

/// What was found out about a site on the web.
struct LiveFindings: Sendable {
  private enum Kind: String, Sendable {
    case good = "ok"
    case note
    case problem
  }
  private var entries: [(kind: Kind, text: String)] = []

  /// Something that is as it should be.
  mutating func good(_ text: String) { entries.append((.good, text)) }

  /// Something that could be better.
  mutating func note(_ text: String) { entries.append((.note, text)) }

  /// Something that will fail for some clients, and the way out.
  mutating func problem(_ text: String, _ remedy: String) {
    entries.append((.problem, "\(text). \(remedy)"))
  }

  /// Whether something will fail.
  var hasProblems: Bool { entries.contains { $0.kind == .problem } }

  /// A line for each.
  var text: String {
    entries.map { entry in
      (entry.kind == .good ? "ok    " : entry.kind == .note ? "note  " : "FAIL  ") + entry.text
    }.joined(separator: "\n")
  }

  /// The list for programs.
  var json: JSONValue {
    .array(
      entries.map { ["kind": .string($0.kind.rawValue), "text": .string($0.text)] })
  }

  /// Prints the list and ends the program with code 1 when something will fail.
  func close(json asJSON: Bool = false) throws {
    print(asJSON ? json.serialized(pretty: true) : text)
    if hasProblems { throw ExitCode.failure }
  }
}
