public import JSON
public import Zarr

/// The metadata documents and coordinates of a published Zarr hierarchy: all but the data.
public struct PublishedTree: Sendable {
  /// The root group.
  public private(set) var root: GroupDescription
  private var coordinates: [String: [String: StoredArray]] = [:]
  private let format: ZarrFormat

  /// Begins with a root without children.
  public init(attributes: JSONObject, format: ZarrFormat) {
    root = GroupDescription(attributes: attributes)
    self.format = format
  }

  /// Adds the array of a variable at a level, with its coordinates.
  ///
  /// - Parameters:
  ///   - array: What is written about it.
  ///   - variable: The variable.
  ///   - level: The level, which names the group.
  ///   - parent: The group above the level; `nil` for the root.
  ///   - times: Which of the published times the array holds; `nil` for all.
  public mutating func add(
    _ array: ArrayDescription, of variable: PublishedVariable, level: Int, in parent: String? = nil,
    times: Range<Int>? = nil
  ) {
    let path = (parent.map { [$0] } ?? []) + [String(level)]
    root.change(path) { group in
      group.arrays[variable.key] = array
      if group.attributes.isEmpty { group.attributes = variable.grid.attributes(level: level) }
    }
    for (name, coordinate) in variable.coordinates(level: level, times: times) {
      add(coordinate, name: name, path: path)
    }
  }

  /// Adds where the cells of grids lie on the ground.
  public mutating func addMeshes(of grids: [PublishedGrid]) {
    for grid in grids {
      for (name, array) in grid.meshArrays() { add(array, name: name, path: ["mesh", grid.id]) }
    }
  }

  private mutating func add(_ array: StoredArray, name: String, path: [String]) {
    root.change(path) { $0.arrays[name] = array.description }
    coordinates[path.joined(separator: "/"), default: [:]][name] = array
  }

  /// The bytes of all documents and coordinates, by key below the root.
  ///
  /// - Throws: `ZarrError` when a chunk cannot be compressed.
  public func objects() throws(ZarrError) -> [String: [UInt8]] {
    var objects: [String: [UInt8]] = [:]
    for (key, document) in root.documents(format) {
      objects[key] = Array(document.serialized(pretty: true).utf8)
    }
    for (path, arrays) in coordinates {
      for (name, array) in arrays {
        for (key, bytes) in try array.objects(format) { objects["\(path)/\(name)/\(key)"] = bytes }
      }
    }
    return objects
  }
}

extension GroupDescription {
  /// Changes a group below this one, making those on the way.
  fileprivate mutating func change(
    _ path: some Collection<String>, _ body: (inout GroupDescription) -> Void
  ) {
    guard let name = path.first else { return body(&self) }
    groups[name, default: GroupDescription()].change(path.dropFirst(), body)
  }
}
