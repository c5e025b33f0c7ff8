import Foundation

/// The files in which tools of AWS keep their settings, `~/.aws/config` and `~/.aws/credentials`.
///
/// Source: AWS SDKs and Tools Reference Guide, “Shared config and credentials files”.
struct ProfileFiles: Sendable {
  /// Settings by section, such as `default`, `sso-session corp` or `services local`; `profile ` is
  /// left off.
  private(set) var sections: [String: [String: String]] = [:]

  /// Reads the files that the environment names, or the usual ones; those that are missing count as
  /// empty.
  init(environment: [String: String]) {
    let home = environment["HOME"] ?? NSHomeDirectory()
    let config = environment["AWS_CONFIG_FILE"] ?? "\(home)/.aws/config"
    let secrets = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "\(home)/.aws/credentials"
    // What stands in both counts as in the credentials.
    for path in [config, secrets] {
      let expanded = path.hasPrefix("~/") ? home + path.dropFirst() : path
      if let text = try? String(contentsOfFile: expanded, encoding: .utf8) { add(text) }
    }
  }

  /// Reads the text of one file.
  init(_ text: String) { add(text) }

  /// The settings of a profile; `nil` where there is none of that name.
  func profile(_ name: String) -> [String: String]? { sections[name] }

  private mutating func add(_ text: String) {
    var section: String?
    var parent: String?
    for line in text.split(whereSeparator: \.isNewline) {
      let bare = line.trimmingCharacters(in: .whitespaces)
      if bare.isEmpty || bare.hasPrefix("#") || bare.hasPrefix(";") { continue }
      if line.hasPrefix("["), let end = bare.firstIndex(of: "]") {
        let words = bare[bare.index(after: bare.startIndex)..<end].split(separator: " ")
        let name = words.first == "profile" ? words.dropFirst() : words[...]
        let joined = name.joined(separator: " ")
        section = joined
        sections[joined] = sections[joined] ?? [:]
        continue
      }
      guard let section, let equals = bare.firstIndex(of: "=") else { continue }
      let key = bare[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
      let value = bare[bare.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      // Indented lines belong to the setting above, which has no value of its own.
      if line.first?.isWhitespace == true, let parent {
        sections[section]?["\(parent).\(key)"] = value
      } else {
        parent = value.isEmpty ? key : nil
        sections[section]?[key] = value
      }
    }
  }
}
