/// A book of stories to publish: notebooks and Markdown.
public struct StoryRecipe: Sendable, Hashable {
  /// The path segment of its pages.
  public var id: String
  /// Its folder, or one notebook or Markdown file.
  public var source: String
  /// The address by which Binder opens a page; `{path}` stands for the file within the book.
  public var binder: String?
  /// The same for a JupyterHub.
  public var jupyterHub: String?

  /// Makes the recipe of a book.
  public init(id: String, source: String, binder: String? = nil, jupyterHub: String? = nil) {
    self.id = id
    self.source = source
    self.binder = binder
    self.jupyterHub = jupyterHub
  }
}
