internal import Foundation

/// The pages that were made of a team's notebooks, each in a folder of its own: they can be made again, so that only
/// so many of the latest are kept.
///
/// Its calls block.
struct StoryShelf {
  let folder: String
  /// The most stories that are kept.
  var mostStories = 200
  /// The most bytes that they have together; the latest may have more.
  var mostBytes: Int64 = 2 << 30

  /// Removes what is too much, those first that were made first.
  func trim() {
    let manager = FileManager.default
    let stories = ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).map { name in
      let path = "\(folder)/\(name)"
      let facts = try? manager.attributesOfItem(atPath: path)
      return (path: path, made: facts?[.modificationDate] as? Date ?? .distantPast)
    }
    var (count, bytes) = (0, Int64(0))
    for story in stories.sorted(by: { $0.made > $1.made }) {
      count += 1
      bytes += (try? size(ofTree: story.path)) ?? 0
      guard count > 1, count > mostStories || bytes > mostBytes else { continue }
      try? manager.removeItem(atPath: story.path)
    }
  }
}
