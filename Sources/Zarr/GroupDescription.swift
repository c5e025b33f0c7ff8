public import JSON

/// A group to be written, with everything below it.
public struct GroupDescription: Sendable, Equatable {
  /// The attributes.
  public var attributes: JSONObject
  /// The arrays directly below, by name.
  public var arrays: [String: ArrayDescription]
  /// The groups directly below, by name.
  public var groups: [String: GroupDescription]

  /// Describes a group.
  public init(
    attributes: JSONObject = [:], arrays: [String: ArrayDescription] = [:],
    groups: [String: GroupDescription] = [:]
  ) {
    self.attributes = attributes
    self.arrays = arrays
    self.groups = groups
  }

  /// The metadata documents of the group and of everything below it, by key.
  ///
  /// Every group names all that is below it, so that clients which cannot list, such as those of
  /// plain HTTP, open any of them with one request: inline consolidated metadata in version 3 (as
  /// zarr-python 3 writes them), `.zmetadata` in version 2.
  public func documents(_ format: ZarrFormat) -> [String: JSONValue] {
    var documents: [String: JSONValue] = [:]
    for (path, node) in nodes {
      switch (format, node) {
      case (.v3, _): documents[Path.join(path, "zarr.json")] = node.v3
      case (.v2, .array(let array)):
        documents[Path.join(path, ".zarray")] = array.v2
        documents[Path.join(path, ".zattrs")] = .object(array.attributesWithDimensions)
      case (.v2, .group(let group)):
        documents[Path.join(path, ".zgroup")] = ["zarr_format": 2]
        documents[Path.join(path, ".zattrs")] = .object(group.attributes)
        documents[Path.join(path, ".zmetadata")] = group.consolidatedV2
      }
    }
    return documents
  }

  private enum Node {
    case group(GroupDescription)
    case array(ArrayDescription)

    var v3: JSONValue {
      switch self {
      case .group(let group): group.v3
      case .array(let array): array.v3
      }
    }

    /// The document as it stands within that of a group above: what is below a group stands there
    /// too.
    var v3Within: JSONValue {
      switch self {
      case .group(let group): .object(group.document(consolidated: [:]))
      case .array(let array): array.v3
      }
    }
  }

  /// This group and everything below it, by path, in the order of the paths.
  private var nodes: [(path: String, node: Node)] {
    var nodes: [(String, Node)] = [("", .group(self))]
    for (name, array) in arrays { nodes.append((name, .array(array))) }
    for (name, group) in groups {
      nodes += group.nodes.map { (Path.join(name, $0.path), $0.node) }
    }
    return nodes.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
  }

  private var v3: JSONValue {
    let metadata = nodes.dropFirst().map { ($0.path, $0.node.v3Within) }
    return .object(document(consolidated: JSONObject(metadata)))
  }

  private func document(consolidated: JSONObject) -> JSONObject {
    [
      "zarr_format": 3, "node_type": "group", "attributes": .object(attributes),
      "consolidated_metadata": [
        "kind": "inline", "must_understand": false, "metadata": .object(consolidated),
      ],
    ]
  }

  private var consolidatedV2: JSONValue {
    var metadata = JSONObject()
    for (path, node) in nodes {
      switch node {
      case .array(let array):
        metadata[Path.join(path, ".zarray")] = array.v2
        metadata[Path.join(path, ".zattrs")] = .object(array.attributesWithDimensions)
      case .group(let group):
        metadata[Path.join(path, ".zattrs")] = .object(group.attributes)
        metadata[Path.join(path, ".zgroup")] = ["zarr_format": 2]
      }
    }
    return ["metadata": .object(metadata), "zarr_consolidated_format": 1]
  }
}
