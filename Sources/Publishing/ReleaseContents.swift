public import Jobs
public import Stores

/// What the next release of a site is to consist of, gathered in any order.
///
/// Its memory does not grow with the number of objects: what does not fit lies in a file beside the
/// site until this goes.
public final class ReleaseContents {
  private let sorter: KeySorter

  /// Prepares to gather.
  ///
  /// - Parameter folder: the site.
  public init(in folder: SiteFolder) { sorter = KeySorter(in: folder) }

  /// Takes an object in.
  ///
  /// - Throws: `StoreError` where the file beside the site cannot be written.
  public func add(_ object: BuiltObject) throws(StoreError) {
    try sorter.add(object.key, "\(object.size) \(object.sha256)")
  }

  /// The objects in the order of the bytes of their keys.
  func objects() throws(StoreError) -> ObjectsInOrder { ObjectsInOrder(try sorter.sorted()) }

  /// Hands out objects one after the other.
  struct ObjectsInOrder {
    private var keys: SortedKeys

    fileprivate init(_ keys: SortedKeys) { self.keys = keys }

    mutating func next() throws(StoreError) -> BuiltObject? {
      guard let (key, value) = try keys.next() else { return nil }
      let words = value.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
      return BuiltObject(
        key: key, size: words.first.flatMap { Int(String($0) ?? "") } ?? 0,
        sha256: words.last.flatMap { String($0) } ?? "")
    }
  }
}
