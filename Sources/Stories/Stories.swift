public import Pages
public import Recipes

/// Books made of notebooks and Markdown, as pages.
///
/// What notebooks hold is shown as it was when they ran; nothing of it runs again. Their HTML and
/// SVG is made harmless first (`Sanitising`). Output and text that cannot be shown is told in its
/// place.
public enum Stories {
  /// The pages of some books, and what others should know of them.
  public struct Made {
    /// The pages and files by key.
    public var files: [String: [UInt8]] = [:]
    /// The pages, in order, for lists elsewhere.
    public var stories: [Story] = []
    /// Which libraries of others they load: names of assets.
    public var libraries: Set<String> = []
    /// What their authors should know, with its place.
    public var notes: [String] = []
  }

  /// One page, for lists of them.
  public struct Story: Sendable, Hashable {
    /// The key of the page.
    public let key: String
    /// What it is called.
    public let title: String
    /// What it is about, where it says so.
    public let summary: String?
    /// The key of a picture.
    public let picture: String?
    /// The ids of the datasets that it shows or links to.
    public let datasets: Set<String>
    /// The title of its book, and the key of the book's first page.
    public let book: String
    /// The key of the first page of its book.
    public let bookKey: String
    /// The day on which it was written, as it says.
    public let date: String?
    /// Those who wrote it.
    public let authors: [String]
  }

  /// The values that every page needs: for a title, a summary and what leads to the site's root.
  public typealias Frame = (_ title: String, _ summary: String, _ root: String) -> [String:
    PageValue]

  /// Reads books and makes nothing of them: for telling what is wrong before any work.
  ///
  /// - Throws: `StoryError` with everything that can be seen without the datasets of a site.
  public static func check(_ recipes: [StoryRecipe]) throws(StoryError) {
    let problems = StoryProblems()
    for recipe in recipes { _ = Book(recipe, problems: problems) }
    guard problems.problems.isEmpty else { throw StoryError(problems: problems.problems) }
  }

  /// The names of the templates that `render` fills.
  public static let templates: Set<String> = ["story", "book", "stories", "book-line"]

  /// Makes the pages of books.
  ///
  /// - `stories/index.html`, `stories/<book>/index.html`, `stories/<book>/<page>.html`;
  /// - `stories/<book>/<page>.ipynb`, `.md`: the pages as they were written;
  /// - `assets/story.<hash>.<ending>`: pictures, films, figures and linked files.
  ///
  /// - Throws: `StoryError` with everything that is wrong in the books; `PageError` where a template
  ///   or asset is missing.
  public static func render(
    _ recipes: [StoryRecipe], site: StorySite, frame: Frame, templates: PageTemplates,
    assets: SiteAssets
  ) throws -> Made {
    let problems = StoryProblems()
    let files = StoryFiles()
    var made = Made()
    var books: [BookPages] = []
    for recipe in recipes {
      let book = Book(recipe, problems: problems)
      guard !book.pages.isEmpty else { continue }
      let context = BookContext(book, site: site, files: files, problems: problems)
      books.append(BookPages(context))
    }
    guard problems.problems.isEmpty else { throw StoryError(problems: problems.problems) }
    for pages in books {
      for (key, bytes) in try pages.render(frame: frame, templates: templates, assets: assets) {
        made.files[key] = bytes
      }
      made.stories += pages.stories
      made.libraries.formUnion(pages.libraries)
    }
    if !books.isEmpty {
      var context = frame("Stories", "Notebooks and texts on these data.", "../")
      context["storyStyle"] = .text(try assets.key("story.css"))
      context["books"] = .list(books.map(\.card))
      made.files["stories/index.html"] = Array(try templates.render("stories", context).utf8)
    }
    made.files.merge(files.files) { page, _ in page }
    made.notes = problems.notes.map { "\($0.place): \($0.text)" }
    return made
  }
}
