/// Where an address in somebody's markup may lead.
public enum LinkAddress: Sendable, Hashable {
  /// To a web page, or a letter.
  case web(String)
  /// To a place in the same page.
  case fragment(String)
  /// To a file beside the page.
  case relative(String)
  /// To something that the site itself knows by name, such as `dataset:sst`.
  case own(scheme: String, name: String)
  /// To a picture or film within the address: its media type, and its content in base64 or
  /// percent-encoding.
  case data(type: String, isBase64: Bool, content: Substring)

  /// Reads an address as a browser does: without control characters, and blanks only within.
  ///
  /// It is `nil` for any other scheme than http, https, mailto, those of `own`, to which the site
  /// itself gives a meaning, and pictures in data addresses.
  public init?(_ text: String, own: Set<String> = []) {
    let scalars = text.unicodeScalars.filter { $0.value > 0x1F && $0.value != 0x7F }
    let address = String(String.UnicodeScalarView(scalars)).trimmingBlanks
    guard !address.isEmpty else { return nil }
    if address.hasPrefix("#") {
      self = .fragment(String(address.dropFirst()))
      return
    }
    let path = address.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let colon = path.firstIndex(of: ":") else {
      // Browsers take a backslash for a slash; a host without scheme is not meant.
      guard !address.contains("\\"), !address.hasPrefix("//") else { return nil }
      self = .relative(address)
      return
    }
    let rest = address[address.index(after: colon)...]
    let scheme = path[..<colon].lowercased()
    switch scheme {
    case "http", "https", "mailto": self = .web(address)
    case "data":
      guard let data = Self.data(rest) else { return nil }
      self = data
    case _ where own.contains(scheme): self = .own(scheme: scheme, name: String(rest))
    default: return nil
    }
  }

  private static let dataTypes: Set<String> = [
    "image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/svg+xml",
    "video/mp4", "video/webm", "video/ogg", "audio/mpeg", "audio/ogg", "audio/wav",
  ]

  private static func data(_ rest: Substring) -> LinkAddress? {
    guard let comma = rest.firstIndex(of: ",") else { return nil }
    let words = rest[..<comma].lowercased().split(separator: ";")
    guard let type = words.first.map({ $0.trimmingBlanks }), dataTypes.contains(type) else {
      return nil
    }
    return .data(
      type: type, isBase64: words.dropFirst().contains { $0.trimmingBlanks == "base64" },
      content: rest[rest.index(after: comma)...])
  }
}

extension StringProtocol {
  /// The text without white space around it.
  var trimmingBlanks: String {
    let kept = drop { $0.isWhitespace }
    guard let end = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(kept[...end])
  }
}
