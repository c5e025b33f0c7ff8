import Foundation
import Mustache

/// The Mustache templates of all pages, with the layouts and partials that they share.
///
/// A template is called by the name of its file, such as `index`, whatever folder it is in: Mustache
/// takes no slashes in the names of layouts. In our templates a name is either a variable, which
/// must have a value whenever it is reached, or a section, which may be missing; so a forgotten
/// value is an error and not a hole in a page.
public struct PageTemplates: Sendable {
  private let library: MustacheLibrary
  private let variables: Set<String>
  /// The names of the templates.
  public let names: Set<String>

  /// Takes templates from their texts, by name.
  ///
  /// - Throws: `PageError` when a text is no template or calls for one that is not there.
  public init(_ texts: [String: String]) throws(PageError) {
    var library = MustacheLibrary()
    var variables: Set<String> = []
    var sections: Set<String> = []
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      do {
        try library.register(text, named: name)
      } catch {
        throw PageError(
          "read the template '\(name)'", because: "\(error)", remedy: "mend its Mustache tags")
      }
      let tags = TemplateTags(text)
      for partial in tags.partials where texts[partial] == nil {
        throw PageError(
          "read the template '\(name)'", because: "it calls for '\(partial)', which is not there",
          remedy: "add \(partial).mustache or correct the name")
      }
      variables.formUnion(tags.variables)
      sections.formUnion(tags.sections)
    }
    if let both = variables.intersection(sections).min() {
      throw PageError(
        "read the templates", because: "'\(both)' is both a variable and a section",
        remedy: "write {{.}} inside the section")
    }
    self.library = library
    self.variables = variables
    self.names = Set(texts.keys)
  }

  /// Reads the `.mustache` files in a folder and the folders in it.
  ///
  /// - Parameters:
  ///   - folder: where they lie.
  ///   - wanted: the names of those that are needed, with what these call for; all without it.
  /// - Returns: the templates.
  /// - Throws: `PageError` when one of them cannot be read.
  public static func load(
    folder: String, only wanted: Set<String>? = nil
  ) throws(PageError) -> PageTemplates {
    let texts = try FolderFiles.read(folder, ending: ".mustache").mapValues {
      String(decoding: $0, as: UTF8.self)
    }
    var byName: [String: String] = [:]
    for (path, text) in texts {
      let file = path.split(separator: "/").last ?? ""
      let name = String(file.dropLast(".mustache".count))
      if byName.updateValue(text, forKey: name) != nil {
        throw PageError(
          "read the templates in \(folder)", because: "two files are called \(file)",
          remedy: "rename one of them")
      }
    }
    return try PageTemplates(wanted.map { needed($0, of: byName) } ?? byName)
  }

  /// Some templates with those that they call for.
  private static func needed(
    _ wanted: Set<String>, of texts: [String: String]
  ) -> [String: String] {
    var found: [String: String] = [:]
    var waiting = Array(wanted)
    while let name = waiting.popLast() {
      guard found[name] == nil, let text = texts[name] else { continue }
      found[name] = text
      waiting += TemplateTags(text).partials
    }
    return found
  }

  /// The page made by filling a template.
  ///
  /// - Throws: `PageError` when there is no such template, or when it asks for a value that the
  ///   context does not have.
  public func render(_ name: String, _ context: [String: PageValue]) throws(PageError) -> String {
    let root = RecordingContext(context.mapValues(\.plain))
    guard let page = library.render(root, withTemplate: name) else {
      throw PageError(
        "make a page with the template '\(name)'", because: "there is no such template",
        remedy: "add \(name).mustache")
    }
    let holes = root.missing.intersection(variables).sorted()
    guard holes.isEmpty else {
      throw PageError(
        "make a page with the template '\(name)'",
        because: "it has no value for \(holes.map { "'\($0)'" }.joined(separator: ", "))",
        remedy: "give it one, or make it a section")
    }
    return page
  }
}

/// The outermost context of a page: the last that is asked, so what it lacks is nowhere.
private final class RecordingContext: MustacheParent {
  private let values: [String: Any]
  private(set) var missing: Set<String> = []

  init(_ values: [String: Any]) { self.values = values }

  func child(named name: String) -> Any? {
    if let value = values[name] { return value }
    missing.insert(name)
    return nil
  }
}

/// The names that stand in the tags of a template.
struct TemplateTags {
  private(set) var variables: Set<String> = []
  private(set) var sections: Set<String> = []
  private(set) var partials: Set<String> = []

  init(_ text: String) {
    for part in text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst() {
      guard let end = part.range(of: "}}") else { continue }
      let tag = part[..<end.lowerBound].filter { !$0.isWhitespace && $0 != "{" }
      // Dotted names begin with the one that is looked up.
      let name = String(tag.drop { "#^/>&<$!".contains($0) })
      let first = name.split(separator: ".").first.map(String.init) ?? ""
      switch tag.first {
      case "#", "^": if !first.isEmpty { sections.insert(first) }
      case ">", "<": partials.insert(name)
      case "/", "!", "$", "%", nil: break
      default: if !first.isEmpty, !name.contains("(") { variables.insert(first) }
      }
    }
  }
}
