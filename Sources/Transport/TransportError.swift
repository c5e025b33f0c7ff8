/// A request over HTTP that could not be answered.
public struct TransportError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, for callers that act on it.
  public enum Kind: Sendable, Hashable {
    /// The address is not one of `http://` or `https://`, or is malformed.
    case invalidAddress
    /// The server could not be reached, or the connection broke, also after retries.
    case connection
    /// The server sent too little for too long.
    case stalled
    /// The server refuses: 401 or 403.
    case forbidden
    /// The server answers another status that means failure.
    case status
    /// The range begins past the end of the object (416).
    case rangePastEnd
    /// The answer breaks the protocol or is not what was asked for.
    case wrongAnswer
    /// The answer is longer than the stated limit.
    case tooLarge
    /// What was to be sent cannot be read.
    case unsendable
    /// The server's certificate is not trusted.
    case untrusted
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The address without user name, password and query.
  public let address: String
  /// The HTTP status, where the server gave one.
  public let status: Int?
  /// Why it failed.
  public let reason: String
  /// What to do about it.
  public let remedy: String?

  init(_ kind: Kind, url: String, status: Int? = nil, reason: String, remedy: String? = nil) {
    self.kind = kind
    self.address = HTTPAddress.withoutSecrets(url)
    self.status = status
    self.reason = reason
    self.remedy = remedy
  }

  /// The address, why it failed and what to do, for people.
  public var description: String {
    let text = "cannot get \(address): \(reason)"
    guard let remedy else { return text }
    return text + (text.hasSuffix(".") ? " " : ". ") + remedy
  }
}

/// What may be said of an address, and which addresses are taken.
package enum HTTPAddress {
  /// The address without user name, password, query and fragment: these may hold keys.
  package static func withoutSecrets(_ url: String) -> String {
    var text = url[...]
    var hidden = false
    if let end = text.firstIndex(where: { $0 == "?" || $0 == "#" }) {
      hidden = text[end] == "?"
      text = text[..<end]
    }
    let scheme: Substring
    if let slashes = text.firstRange(of: "://") {
      scheme = text[..<slashes.upperBound]
    } else {
      scheme = ""
    }
    var rest = text[scheme.endIndex...]
    let authority = rest.prefix { $0 != "/" }
    if let user = authority.lastIndex(of: "@") {
      rest = rest[rest.index(after: user)...]
    }
    return scheme + rest + (hidden ? "?…" : "")
  }

  /// What is wrong with an address, if anything is.
  package static func fault(in url: String) -> String? {
    let lower = url.prefix(8).lowercased()
    guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else {
      return "the address does not begin with http:// or https://"
    }
    let odd = url.utf8.contains { $0 <= 0x20 || $0 == 0x7f }
    return odd ? "the address contains a space or a control character" : nil
  }
}
