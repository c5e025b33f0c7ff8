import Synchronization

/// The entity tags of objects on a server as they were first seen, to notice that one changes while
/// it is read in parts.
package final class SeenTags: Sendable {
  /// What is known of an object.
  package struct Seen: Sendable {
    package let tag: String
    package let size: Int?

    package init(tag: String, size: Int?) {
      self.tag = tag
      self.size = size
    }
  }

  private struct State {
    var objects: [String: Seen] = [:]
    /// Prefixes of which all objects are known.
    var listed: [String] = []
    /// Prefixes that somebody has begun to list.
    var begun: Set<String> = []
  }

  private let state = Mutex(State())

  /// How many objects are remembered: some 200 MB of tags.
  private static let limit = 2_000_000

  package init() {}

  /// What is known of an object.
  package subscript(key: String) -> Seen? { state.withLock { $0.objects[key] } }

  /// Whether nobody has begun to list a prefix yet; the caller now has.
  package func begins(listing prefix: String) -> Bool {
    state.withLock { $0.begun.insert(prefix).inserted }
  }

  /// Whether all objects below a prefix that a key begins with are known.
  package func isListed(_ key: String) -> Bool {
    state.withLock { $0.listed.contains { key.hasPrefix($0) } }
  }

  /// Remembers objects of a listing, where they are not too many.
  ///
  /// - Parameters:
  ///   - objects: what was found, by key.
  ///   - prefix: where these are all objects whose keys begin with it.
  package func note(_ objects: [String: Seen], allBelow prefix: String? = nil) {
    state.withLock { state in
      guard state.objects.count + objects.count <= Self.limit else { return }
      state.objects.merge(objects) { former, new in former.tag == new.tag ? new : former }
      if let prefix { state.listed.append(prefix) }
    }
  }

  /// Compares the tag of an answer with the one seen first.
  ///
  /// - Throws: ``StoreError`` when the object is another one now.
  package func check(_ key: String, _ tag: String?, in location: String) throws(StoreError) {
    guard let tag else { return }
    let first = state.withLock { state in
      if let seen = state.objects[key] { return seen.tag }
      if state.objects.count < Self.limit { state.objects[key] = Seen(tag: tag, size: nil) }
      return tag
    }
    guard first == tag else {
      throw StoreError(
        .unreadable, attempt: "read “\(key)” in \(location)",
        reason: "it was changed while it was read (it was \(first) and is \(tag))",
        remedy: "Run it again when whoever writes it has finished.")
    }
  }
}
