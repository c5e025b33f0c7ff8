public import Pyramids

/// What stories can show of the site that they are part of.
public struct StorySite {
  /// The datasets, or `nil` for a look at one page without a site.
  let datasets: [BuiltDataset]?
  /// Whether the site has a file of some key.
  let exists: (String) -> Bool
  /// Whether the site has a page for cubes in space and time.
  let hasCubePage: Bool
  /// Whether the datasets are samples, with a few of their times: these then stand for those wanted.
  let isSample: Bool
  /// The series of a variable at a longitude and latitude in degrees.
  let series: SeriesReader

  /// Finds the series of a variable of a dataset at a longitude and latitude in degrees.
  public typealias SeriesReader = (
    _ dataset: BuiltDataset, _ variable: BuiltVariable, _ longitude: Double, _ latitude: Double
  ) throws -> PlaceSeries.Search

  /// Describes a site.
  public init(
    datasets: [BuiltDataset]?, hasCubePage: Bool, isSample: Bool = false,
    exists: @escaping (String) -> Bool, series: @escaping SeriesReader
  ) {
    self.datasets = datasets
    self.hasCubePage = hasCubePage
    self.isSample = isSample
    self.exists = exists
    self.series = series
  }

  /// The ids of the datasets, for messages.
  var datasetNames: String { (datasets ?? []).map(\.id).joined(separator: ", ") }
}

/// What all pages of a book share while they are made.
struct BookContext {
  /// Something that can be linked to by its name.
  struct Label {
    /// The key of its page.
    let key: String
    let title: String
  }

  let book: Book
  let site: StorySite
  let files: StoryFiles
  let problems: StoryProblems
  let labels: [String: Label]
  private let pagesByPath: [String: Int]

  var bibliography: Bibliography { book.bibliography }

  init(_ book: Book, site: StorySite, files: StoryFiles, problems: StoryProblems) {
    self.book = book
    self.site = site
    self.files = files
    self.problems = problems
    var paths: [String: Int] = [:]
    var labels: [String: Label] = [:]
    for (index, page) in book.pages.enumerated() {
      paths[page.path] = index
      for (name, title) in page.texts.flatMap(Self.labels) {
        labels[name] = Label(key: page.key, title: title)
      }
    }
    pagesByPath = paths
    self.labels = labels
  }

  /// The names that a text gives to places in it, with what a link to them says.
  private static func labels(_ text: String) -> [(String, String)] {
    var found: [(String, String)] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if line.hasPrefix("("), line.trimmingSpaces.hasSuffix(")=") {
        let name = String(line.trimmingSpaces.dropFirst().dropLast(2))
        let next = lines[(index + 1)...].prefix(3).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        let title = next.drop { $0 == "#" }.trimmingSpaces
        found.append((name, next.hasPrefix("#") && !title.isEmpty ? title : name))
      }
      for key in [":name:", ":label:"] where line.hasPrefix(key) {
        let name = line.dropFirst(key.count).trimmingSpaces
        found.append((name, name))
      }
      if line.hasPrefix("$$"), line.trimmingSpaces.hasSuffix(")"),
        let open = line.lastIndex(of: "(")
      {
        let name = String(line[line.index(after: open)...].trimmingSpaces.dropLast())
        if !name.contains(" ") { found.append((name, "(\(name))")) }
      }
    }
    return found
  }

  /// The path within the book to which a relative one leads from a page; `nil` out of the book.
  func path(_ relative: String, from page: String) -> String? {
    if relative.hasPrefix("/") { return Book.normalised(String(relative.dropFirst())) }
    let folder = page.split(separator: "/").dropLast().joined(separator: "/")
    return Book.normalised(folder.isEmpty ? relative : "\(folder)/\(relative)")
  }

  /// The page made from a file.
  func page(_ path: String) -> BookPage? { pagesByPath[path].map { book.pages[$0] } }

  /// The page whose file has a name, with or without its ending.
  func page(withStem stem: String) -> BookPage? {
    ["", ".md", ".ipynb"].lazy.compactMap { page(stem + $0) }.first
  }

  /// The bytes of a file of the book.
  func read(_ path: String) -> [UInt8]? { Book.bytes("\(book.folder)/\(path)") }
}
