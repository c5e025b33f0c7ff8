import Pages

/// A story as the pages of the catalogue name it.
public struct StoryLink: Sendable, Hashable {
  /// What it is called.
  public let title: String
  /// The key of its page.
  public let page: String
  /// What it is about, in a sentence.
  public let summary: String?
  /// The key of a picture.
  public let picture: String?
  /// The ids of the datasets it uses.
  public let datasets: [String]

  /// Names a story.
  public init(
    title: String, page: String, summary: String? = nil, picture: String? = nil,
    datasets: [String] = []
  ) {
    self.title = title
    self.page = page
    self.summary = summary
    self.picture = picture
    self.datasets = datasets
  }

  /// What pages show of it, from a page from which `root` leads to the root of the site.
  func context(root: String) -> PageValue {
    [
      "storyTitle": .text(title), "storyHref": .text(root + page),
      "storySummary": .optional(summary), "storyPicture": .optional(picture.map { root + $0 }),
    ]
  }
}
