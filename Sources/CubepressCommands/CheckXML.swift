import Foundation
import FoundationXML

/// An XML document as elements with attributes, texts and children.
final class XMLTree {
  /// Why a text is not XML.
  struct Fault: Error {
    let text: String
  }

  /// The name as written, with any prefix.
  let name: String
  let attributes: [String: String]
  private(set) var text = ""
  private(set) var children: [XMLTree] = []

  private init(name: String, attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// Reads a document; nothing outside it is fetched.
  ///
  /// - Throws: ``Fault`` when it is not well-formed.
  static func parse(_ bytes: [UInt8]) throws -> XMLTree {
    let parser = XMLParser(data: Data(bytes))
    parser.shouldResolveExternalEntities = false
    let builder = Builder()
    parser.delegate = builder
    let isParsed = parser.parse()
    // Foundation on Linux reports some faults, such as tags that do not fit, but calls it a success.
    guard isParsed, parser.parserError == nil, builder.isComplete, let root = builder.root else {
      let reason = builder.fault ?? "it is empty, ends too early, or its tags do not fit"
      throw Fault(text: "line \(parser.lineNumber): \(reason)")
    }
    return root
  }

  /// The children of a name.
  func all(_ name: String) -> [XMLTree] { children.filter { $0.name == name } }

  /// The first child of a name.
  func first(_ name: String) -> XMLTree? { children.first { $0.name == name } }

  /// The text of the first child of a name, without spaces around it.
  func text(_ name: String) -> String? {
    first(name)?.text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What a function finds in this element and all below it.
  func all<Value>(_ find: (XMLTree) -> Value?) -> [Value] {
    var found: [Value] = []
    var waiting = [self]
    while let element = waiting.popLast() {
      if let value = find(element) { found.append(value) }
      waiting += element.children.reversed()
    }
    return found
  }

  private final class Builder: NSObject, XMLParserDelegate {
    /// Deeper documents are refused: a million open tags would use up the memory for nothing.
    private static let deepest = 200

    /// The faults that writers of XML make, by libxml2's numbers (xmlerror.h).
    private static let words = [
      5: "something follows the root element, or the text ends too early",
      26: "an entity is used that is not defined", 39: "an attribute's value has no quotes",
      42: "an attribute is given twice", 68: "a name is missing or malformed",
      76: "a closing tag does not fit the open one", 201: "a prefix is used that is not declared",
    ]

    private(set) var root: XMLTree?
    private(set) var fault: String?
    private var open: [XMLTree] = []

    /// Whether every element was closed and nothing was reported.
    var isComplete: Bool { open.isEmpty && fault == nil }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      let element = XMLTree(name: qualifiedName ?? name, attributes: attributes)
      open.last?.children.append(element)
      if root == nil { root = element }
      open.append(element)
      if open.count > Self.deepest {
        fault = "elements are nested more than \(Self.deepest) deep"
        parser.abortParsing()
      }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      _ = open.popLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      open.last?.text += string
    }

    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
      let code = (error as NSError).code
      fault = fault ?? Self.words[code] ?? "error \(code) of libxml2"
    }
  }
}
