import Foundation
import JSON
import Notebooks
import Pyramids
import Sanitising

extension PageMaker {
  /// Where a link of the text leads from the page: pages of the book, datasets, files, the web.
  ///
  /// - Returns: the text as it is, with a problem told, where there is nothing.
  mutating func resolve(_ href: String) -> String {
    switch LinkAddress(href, own: ["dataset", "attachment"]) {
    case .own("dataset", let name): return dataset(name) ?? href
    case .own(_, let name):
      guard let picture = attachment(name) else { return "#" }
      return root + picture.key
    case .relative(let path): return file(path)
    case .fragment(let id):
      // Anchors of headings as Jupyter writes them keep capitals.
      let name = id.removingPercentEncoding ?? id
      return "#" + (name.contains { $0.isUppercase } ? Slug.of(name) : name)
    default: return href
    }
  }

  private mutating func dataset(_ name: String) -> String? {
    let words = name.split(separator: "/", maxSplits: 1)
    guard let id = words.first.map(String.init) else { return nil }
    guard let known = book.site.datasets else { return "#" }
    guard let dataset = known.first(where: { $0.id == id }) else {
      tell("there is no dataset '\(id)'; there are \(book.site.datasetNames)")
      return nil
    }
    datasets.insert(id)
    var fragment = ""
    if words.count > 1 {
      let key = String(words[1])
      guard let variable = dataset.variables.first(where: { $0.key == key || $0.name == key })
      else {
        tell(
          "the dataset '\(id)' has no variable '\(key)'; it has "
            + dataset.variables.map(\.name).joined(separator: ", "))
        return nil
      }
      fragment = "#v-\(variable.key)"
    }
    return "\(root)datasets/\(id)/index.html\(fragment)"
  }

  /// A relative link: to another page of the book, or to a file that then is published too.
  private mutating func file(_ path: String) -> String {
    let plain = String(path.prefix { $0 != "#" && $0 != "?" })
    let fragment = path.drop { $0 != "#" }
    let name = plain.removingPercentEncoding ?? plain
    guard let target = book.path(name, from: page.path) else {
      tell("the link to '\(name)' leads out of the book")
      return path
    }
    if let other = book.page(target) {
      return relative(to: other.key) + fragment
    }
    guard book.site.datasets != nil else { return path }
    guard let bytes = book.read(target) else {
      tell("there is no file '\(target)' in the book, to which a link leads")
      return path
    }
    let ending = target.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard Self.published.contains(ending) else {
      tell(
        "the link leads to '\(target)', and files of its kind are not published: "
          + "link to where it is kept, or list it as a page")
      return path
    }
    return root + book.files.add(bytes, ending: ending) + fragment
  }

  private static let published: Set<String> = [
    "csv", "json", "geojson", "txt", "pdf", "nc", "zip", "py", "jl", "r", "bib", "yml", "yaml",
    "png", "jpg", "gif", "webp", "tif", "tiff", "ipynb", "md", "sh",
  ]

  /// The address of a file of the site as seen from the page.
  func relative(to key: String) -> String {
    let own = page.key.split(separator: "/").dropLast()
    let other = key.split(separator: "/")
    let shared = zip(own, other).prefix { $0 == $1 }.count
    return String(repeating: "../", count: own.count - shared)
      + other.dropFirst(shared).joined(separator: "/")
  }

  /// Tells what is missing; a look at one page goes on without it.
  private func tell(_ text: String) {
    if book.site.datasets == nil {
      book.problems.note(currentPlace, text)
    } else {
      book.problems.add(currentPlace, text)
    }
  }

  var currentPlace: String { place.words(line: line) }

  // MARK: Pictures

  /// Writes a picture from an address: in the address itself, attached, in a file, on the web.
  mutating func figure(_ source: String, alt: String, width: String? = nil, height: String? = nil) {
    switch LinkAddress(source, own: ["dataset", "attachment"]) {
    case .web(let address):
      var attributes = [
        MarkupAttribute("src", address), MarkupAttribute("alt", alt),
        MarkupAttribute("loading", "lazy"), MarkupAttribute("referrerpolicy", "no-referrer"),
      ]
      for (name, value) in [("width", width), ("height", height)] {
        if let value, Int(value) != nil { attributes.append(MarkupAttribute(name, value)) }
      }
      book.problems.note(currentPlace, "a picture is fetched from \(address) when the page is read")
      writer.start("img", attributes)
    case .data, .own("attachment", _), .relative:
      if let found = media(source) {
        picture(found, alt: alt, width: width, height: height)
      } else {
        writer.element("em", text: alt.isEmpty ? "(a picture is missing)" : "(picture: \(alt))")
      }
    default:
      writer.element("em", text: alt.isEmpty ? "(a picture is missing)" : "(picture: \(alt))")
    }
  }

  /// The picture or film at an address, as a file; `nil` with a problem told where there is none.
  mutating func media(_ source: String) -> StoryFiles.Picture? {
    switch LinkAddress(source, own: ["attachment"]) {
    case .data(let type, let isBase64, let content):
      guard let found = book.files.picture(content, type: type, isBase64: isBase64) else {
        tell("a picture within its address is damaged or too large")
        return nil
      }
      return found
    case .own(_, let name): return attachment(name)
    case .relative(let path):
      let name = path.removingPercentEncoding ?? path
      guard let target = book.path(name, from: page.path), let bytes = book.read(target) else {
        tell("there is no picture '\(name)' in the book")
        return nil
      }
      guard let type = StoryFiles.type(of: target),
        let found = book.files.picture(bytes, type: type)
      else {
        tell("'\(name)' is not a picture that browsers show, or is damaged")
        return nil
      }
      return found
    default: return nil
    }
  }

  private mutating func attachment(_ name: String) -> StoryFiles.Picture? {
    let name = name.removingPercentEncoding ?? name
    guard let bundle = attachments[name] else {
      tell("the cell has no attachment '\(name)'")
      return nil
    }
    for (type, value) in bundle.values {
      guard let text = value.stringValue else { continue }
      let found =
        type == "image/svg+xml" && text.contains("<")
        ? book.files.picture(Array(text.utf8), type: type)
        : book.files.picture(text[...], type: type, isBase64: true)
      if let found { return found }
    }
    tell("the attachment '\(name)' is damaged or no picture")
    return nil
  }
}
