/// What is known of a band of a raster beside its numbers.
public struct RasterBand: Sendable, Equatable {
  /// What it is called.
  public var description: String?
  /// The unit of its decoded numbers.
  public var units: String?
  /// Decoded numbers are `scale` · stored + `offset`.
  public var scale: Double?
  /// Decoded numbers are `scale` · stored + `offset`.
  public var offset: Double?
}

/// The texts that GDAL keeps in the tag 42112: XML with an `<Item name="…">` for each, which may say a
/// band (`sample`, from 0) and what it means for it (`role`).
struct GDALMetadata {
  private struct Item {
    var attributes: [String: String]
    let text: String
  }

  private let items: [Item]

  /// Reads what can be made out; anything else is left out.
  init(_ xml: String) {
    var items: [Item] = []
    var rest = xml[...]
    while let start = rest.firstRange(of: "<Item") {
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: ">") else { break }
      let head = rest[..<end]
      rest = rest[rest.index(after: end)...]
      guard !head.hasSuffix("/") else { continue }
      guard let close = rest.firstRange(of: "</Item>") else { break }
      items.append(
        Item(
          attributes: Self.attributes(head), text: Self.unescaped(rest[..<close.lowerBound])))
      rest = rest[close.upperBound...]
    }
    self.items = items
  }

  /// The texts that are about the whole file, in order.
  var texts: [(name: String, text: String)] {
    items.compactMap { item in
      guard item.attributes["sample"] == nil, item.attributes["domain"] == nil,
        let name = item.attributes["name"]
      else { return nil }
      return (name, item.text)
    }
  }

  /// What is said of a band.
  func band(_ number: Int) -> RasterBand {
    var band = RasterBand()
    for item in items where item.attributes["sample"] == String(number) {
      switch item.attributes["role"] {
      case "description": band.description = item.text
      case "unittype": band.units = item.text
      case "scale": band.scale = Double(item.text)
      case "offset": band.offset = Double(item.text)
      default: break
      }
    }
    return band
  }

  private static func attributes(_ head: Substring) -> [String: String] {
    var attributes: [String: String] = [:]
    var rest = head
    while let equals = rest.firstIndex(of: "=") {
      let name = rest[..<equals].filter { !$0.isWhitespace }
      rest = rest[rest.index(after: equals)...].drop(while: \.isWhitespace)
      guard let quote = rest.first, quote == "\"" || quote == "'" else { break }
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(of: quote) else { break }
      attributes[name] = unescaped(rest[..<end])
      rest = rest[rest.index(after: end)...]
    }
    return attributes
  }

  private static func unescaped(_ text: Substring) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
      .reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
  }
}
