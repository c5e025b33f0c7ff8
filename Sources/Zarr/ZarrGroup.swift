public import JSON
public import Stores

/// One group of a Zarr store, version 2 or 3 of the format, with the names of its children.
public struct ZarrGroup: Sendable {
  private let hierarchy: Hierarchy

  /// The key of the group in its store; empty for the root.
  public let path: String
  /// The attributes of the group.
  public let attributes: JSONObject
  /// The names of the arrays directly below, sorted by their UTF-8 bytes.
  public let arrayNames: [String]
  /// The names of the groups directly below, sorted by their UTF-8 bytes.
  public let groupNames: [String]

  /// The version of the format, 2 or 3.
  public var format: Int { hierarchy.format }

  /// Opens the group at a path, version 3 before version 2.
  ///
  /// Names come from consolidated metadata (`.zmetadata`, or within `zarr.json`) where there are
  /// any, else from listing the store.
  ///
  /// - Throws: `ZarrError` when there is no group, its metadata are wrong, or its children are named
  ///   nowhere.
  public static func open(_ store: any Store, path: String = "") throws(ZarrError) -> ZarrGroup {
    try ZarrGroup(try Hierarchy.open(store, path: path), path: path)
  }

  private init(_ hierarchy: Hierarchy, path: String) throws(ZarrError) {
    let attempt = Attempt("open the group", path, in: hierarchy.store.location)
    self.hierarchy = hierarchy
    self.path = path
    attributes = try hierarchy.groupAttributes(path, attempt)
    (arrayNames, groupNames) = try hierarchy.children(path, attempt)
  }

  /// Opens an array below this group.
  ///
  /// - Parameter name: its name, or a path of names.
  /// - Returns: the array.
  /// - Throws: `ZarrError` when there is none, or one whose data type or codecs are not supported.
  public func array(_ name: String) throws(ZarrError) -> ZarrArray {
    let path = Path.join(path, name)
    let attempt = Attempt("open the array", path, in: hierarchy.store.location)
    return ZarrArray(hierarchy.store, path: path, try hierarchy.array(path, attempt))
  }

  /// Opens a group below this group.
  ///
  /// - Parameter name: its name, or a path of names.
  /// - Returns: the group.
  /// - Throws: `ZarrError` when there is none.
  public func group(_ name: String) throws(ZarrError) -> ZarrGroup {
    try ZarrGroup(hierarchy, path: Path.join(path, name))
  }
}
