import JSON
import Stores

/// Where the metadata of groups and arrays come from.
struct Hierarchy: Sendable {
  let store: any Store
  let format: Int
  /// The metadata of everything below one group, gathered in one document, by key from the store's
  /// root; `nil` when every document lies in its own place.
  private let consolidated: [String: JSONValue]?

  /// Finds out what lies at a path.
  static func open(_ store: any Store, path: String) throws(ZarrError) -> Hierarchy {
    let attempt = Attempt("open the group", path, in: store.location)
    let documents = DocumentReader(store: store, attempt: attempt)
    if let document = try documents.read("zarr.json", in: path) {
      let nodes = try consolidatedNodes(v3: document, path, attempt)
      return Hierarchy(store: store, format: 3, consolidated: nodes)
    }
    if let document = try documents.read(".zmetadata", in: path) {
      let nodes = try consolidatedNodes(v2: document, path, attempt)
      return Hierarchy(store: store, format: 2, consolidated: nodes)
    }
    if try documents.read(".zgroup", in: path) != nil {
      return Hierarchy(store: store, format: 2, consolidated: nil)
    }
    if try documents.read(".zarray", in: path) != nil {
      throw attempt.failure(
        .notFound, "this is a single array", remedy: "Name its folder's parent.")
    }
    throw attempt.failure(
      .notFound, "there is neither zarr.json nor .zgroup nor .zmetadata",
      remedy: "Check that this is the folder of a Zarr group.")
  }

  /// The documents within the `zarr.json` of a group, this one among them.
  private static func consolidatedNodes(v3 document: JSONValue, _ path: String, _ attempt: Attempt)
    throws(ZarrError) -> [String: JSONValue]?
  {
    // Groups written without children's metadata may have the member nevertheless, as null.
    guard let gathered = document["consolidated_metadata"], !gathered.isNull else {
      return nil
    }
    guard gathered["kind"] == "inline" else {
      if gathered["must_understand"] == false { return nil }
      throw attempt.unsupported(
        "its consolidated metadata are of the kind \(described(gathered["kind"]))")
    }
    guard let members = gathered["metadata"]?.objectValue else {
      throw attempt.invalid("its consolidated_metadata hold no metadata")
    }
    var nodes = [Path.join(path, "zarr.json"): document]
    for (name, node) in members {
      nodes[Path.join(Path.join(path, name), "zarr.json")] = node
    }
    return nodes
  }

  /// The documents within a `.zmetadata`.
  private static func consolidatedNodes(v2 document: JSONValue, _ path: String, _ attempt: Attempt)
    throws(ZarrError) -> [String: JSONValue]
  {
    guard document["zarr_consolidated_format"]?.intValue == 1,
      let members = document["metadata"]?.objectValue
    else { throw attempt.invalid("its .zmetadata are not consolidated metadata of format 1") }
    var nodes: [String: JSONValue] = [:]
    for (key, node) in members { nodes[Path.join(path, key)] = node }
    return nodes
  }

  private func document(_ name: String, in path: String, _ attempt: Attempt)
    throws(ZarrError) -> JSONValue?
  {
    if let consolidated { return consolidated[Path.join(path, name)] }
    return try DocumentReader(store: store, attempt: attempt).read(name, in: path)
  }

  /// The attributes of a group.
  func groupAttributes(_ path: String, _ attempt: Attempt) throws(ZarrError) -> JSONObject {
    if format == 3 {
      guard let node = try document("zarr.json", in: path, attempt) else {
        throw attempt.failure(.notFound, "there is no zarr.json")
      }
      guard node["zarr_format"]?.intValue == 3 else {
        throw attempt.invalid("its zarr_format is \(described(node["zarr_format"])), not 3")
      }
      switch node["node_type"] {
      case "group": return node["attributes"]?.objectValue ?? JSONObject()
      case "array":
        throw attempt.failure(
          .notFound, "this is a single array", remedy: "Name its folder's parent.")
      case let other: throw attempt.invalid("its node_type is \(described(other))")
      }
    }
    // Consolidated metadata without the root's own .zgroup are seen and harmless.
    guard let node = try document(".zgroup", in: path, attempt) else {
      if consolidated != nil, hasNodes(below: path) { return JSONObject() }
      throw attempt.failure(.notFound, "there is no .zgroup")
    }
    guard node["zarr_format"]?.intValue == 2 else {
      throw attempt.invalid("its zarr_format is \(described(node["zarr_format"])), not 2")
    }
    return try document(".zattrs", in: path, attempt)?.objectValue ?? JSONObject()
  }

  private func hasNodes(below path: String) -> Bool {
    consolidated?.keys.contains { path.isEmpty || $0.hasPrefix(path + "/") } ?? false
  }

  /// What an array's metadata say.
  func array(_ path: String, _ attempt: Attempt) throws(ZarrError) -> ArrayMetadata {
    if format == 3 {
      guard let node = try document("zarr.json", in: path, attempt) else {
        throw attempt.failure(.notFound, "there is no such array")
      }
      return try ArrayMetadata(v3: node, attempt)
    }
    guard let node = try document(".zarray", in: path, attempt) else {
      throw attempt.failure(.notFound, "there is no such array")
    }
    let attributes = try document(".zattrs", in: path, attempt)?.objectValue ?? JSONObject()
    return try ArrayMetadata(v2: node, attributes: attributes, attempt)
  }

  /// The names of arrays and groups directly below a group.
  func children(_ path: String, _ attempt: Attempt)
    throws(ZarrError) -> (arrays: [String], groups: [String])
  {
    var arrays: Set<String> = []
    var groups: Set<String> = []
    if let consolidated {
      for (key, node) in consolidated {
        guard let (name, isArray) = child(key, node, of: path) else { continue }
        if isArray { arrays.insert(name) } else { groups.insert(name) }
      }
    } else {
      guard let names = try attempt.asking({ () throws(StoreError) in try store.list(path) }) else {
        throw attempt.failure(
          .notListable,
          "it has no consolidated metadata, and this kind of store cannot list its children",
          remedy: "Consolidate the metadata, e.g. with zarr.consolidate_metadata in Python.")
      }
      for name in names where !name.hasPrefix(".") && name != "zarr.json" {
        switch try kind(Path.join(path, name), attempt) {
        case true?: arrays.insert(name)
        case false?: groups.insert(name)
        case nil: break
        }
      }
    }
    return (sorted(arrays), sorted(groups.subtracting(arrays)))
  }

  private func sorted(_ names: Set<String>) -> [String] {
    names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The child that a gathered document tells of, and whether it is an array.
  private func child(_ key: String, _ node: JSONValue, of path: String) -> (String, Bool)? {
    let prefix = path.isEmpty ? "" : path + "/"
    guard key.hasPrefix(prefix) else { return nil }
    let parts = key.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    switch parts[1] {
    case ".zarray": return (String(parts[0]), true)
    case ".zgroup": return (String(parts[0]), false)
    case "zarr.json" where node["node_type"] == "array": return (String(parts[0]), true)
    case "zarr.json" where node["node_type"] == "group": return (String(parts[0]), false)
    default: return nil
    }
  }

  /// Whether there is an array (`true`), a group (`false`) or neither (`nil`) at a path.
  private func kind(_ path: String, _ attempt: Attempt) throws(ZarrError) -> Bool? {
    func exists(_ name: String) throws(ZarrError) -> Bool {
      try attempt.asking { () throws(StoreError) in
        try store.size(of: Path.join(path, name)) != nil
      }
    }
    guard format == 3 else {
      if try exists(".zarray") { return true }
      return try exists(".zgroup") ? false : nil
    }
    // A broken child must not make its parent unreadable.
    switch (try? document("zarr.json", in: path, attempt))?["node_type"] {
    case "array": return true
    case "group": return false
    default: return nil
    }
  }
}
