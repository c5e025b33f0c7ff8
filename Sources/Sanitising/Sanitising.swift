/// Markup that comes from strangers, made harmless.
///
/// Notebooks hold HTML and SVG that programs wrote and anybody may have changed. ``Sanitiser`` reads
/// it with a tokeniser and writes anew what stands in a list of allowed elements, attributes, style
/// properties and kinds of address; everything else is left out, and told.
///
/// Safety follows from what is written, not from reading as browsers do: text, attribute values and
/// tags are written with strict escapes, elements in which browsers do not read markup (`script`,
/// `style` of strangers, `textarea`, `noscript` …) are never written, and no text can become a tag.
/// So a difference between this tokeniser and a browser's parser can change how something looks,
/// but not what may run. That is why no parser written in C has to meet these bytes first.
public enum Sanitising {}

/// A piece of harmless markup.
public enum MarkupToken: Sendable, Hashable {
  /// The start of an element.
  case start(String, [MarkupAttribute])
  /// The end of an element; elements without content have none.
  case end(String)
  /// Text, with references to characters resolved.
  case text(String)
}

/// An attribute of an element.
public struct MarkupAttribute: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The value, with references to characters resolved.
  public var value: String

  /// Makes an attribute.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [MarkupAttribute] {
  /// The value of an attribute; setting `nil` removes it.
  public subscript(name: String) -> String? {
    get { first { $0.name == name }?.value }
    set {
      let index = firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): self[index].value = value
      case (let index?, nil): remove(at: index)
      case (nil, let value?): append(MarkupAttribute(name, value))
      case (nil, nil): break
      }
    }
  }
}
