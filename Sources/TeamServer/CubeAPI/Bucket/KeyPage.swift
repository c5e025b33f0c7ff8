internal import FileServing

/// A page of a list of keys, as ListObjects and ListObjectsV2 of Amazon S3's API divide it: what begins
/// with a prefix and comes after a key, in the order of bytes, with keys taken together that are the same
/// up to a delimiter behind the prefix.
struct KeyPage: KeyVisitor {
  enum Item: Equatable {
    case key(String)
    /// What several keys have in common, with the delimiter at its end.
    case group(String)
  }

  let prefix: String
  let delimiter: String
  /// Nothing up to here is wanted.
  let after: String
  /// How many items the page may have.
  let most: Int

  private(set) var items: [Item] = []
  /// The last that was looked at; the next page begins behind it.
  private(set) var last: String
  /// Whether there may be more.
  private(set) var isTruncated = false
  /// How many more keys are looked at: where few of many are wanted, the page ends before it is full.
  private var patience: Int

  init(
    prefix: String = "", delimiter: String = "", after: String = "", most: Int,
    patience: Int = 200_000
  ) {
    self.prefix = prefix
    self.delimiter = delimiter
    self.after = after
    self.most = most
    self.patience = patience
    last = after
  }

  mutating func visit(_ key: String) -> KeyStep {
    guard most > 0 else { return .stop }
    let step = look(at: key)
    // What earlier pages had does not count, or this one might not get beyond it.
    guard step == .past, last.isBefore(key) else { return step }
    last = key
    patience -= 1
    if patience == 0 { isTruncated = true }
    return patience == 0 ? .stop : .past
  }

  private mutating func look(at key: String) -> KeyStep {
    let isFolder = key.utf8.last == UInt8(ascii: "/")
    guard key.begins(with: prefix) else {
      return isFolder && prefix.begins(with: key) ? .on : .past
    }
    if let group = group(of: key) { return add(.group(group), group) }
    guard isFolder else { return add(.key(key), key) }
    // All keys below it come after itself.
    return after.isBefore(key) || after.begins(with: key) ? .on : .past
  }

  private mutating func add(_ item: Item, _ text: String) -> KeyStep {
    guard after.isBefore(text), items.last != item else { return .past }
    guard items.count < most else {
      isTruncated = true
      return .stop
    }
    items.append(item)
    return .past
  }

  /// The key up to the delimiter behind the prefix; `nil` where there is none.
  private func group(of key: String) -> String? {
    guard !delimiter.isEmpty else { return nil }
    let rest = Array(key.utf8.dropFirst(prefix.utf8.count))
    let mark = Array(delimiter.utf8)
    guard rest.count >= mark.count,
      let start = (0...rest.count - mark.count).first(where: { rest[$0...].starts(with: mark) })
    else { return nil }
    return String(decoding: key.utf8.prefix(prefix.utf8.count + start + mark.count), as: UTF8.self)
  }
}

extension String {
  /// Whether the bytes begin with those of another text; Swift's own comparison follows Unicode.
  func begins(with other: String) -> Bool { utf8.starts(with: other.utf8) }

  /// Whether the bytes come before those of another text.
  func isBefore(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
