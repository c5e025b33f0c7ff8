/// Named places on the earth, read from GeoJSON (RFC 7946) that people hand in.
public import JSON

/// Points, lines and areas with names, as a viewer offers them for series and statistics.
public struct Places: Sendable, Equatable {
  /// The features, each with a property `name`, in the order of the files.
  public private(set) var features: [JSONValue] = []

  /// How many bytes a file may have: a viewer loads all of it.
  public static let sizeLimit = 16 << 20

  /// No places.
  public init() {}

  /// Adds the features of a GeoJSON text.
  ///
  /// A feature without a name is called after its title, id or number. Third coordinates are kept.
  ///
  /// - Parameters:
  ///   - bytes: the text: a `FeatureCollection`, a `Feature` or a geometry.
  ///   - source: where it comes from, for messages.
  /// - Throws: `VectorError` where it is no GeoJSON or a place does not lie on the earth.
  public mutating func add(_ bytes: [UInt8], source: String) throws(VectorError) {
    guard bytes.count <= Self.sizeLimit else {
      throw VectorError(
        source,
        reason: "it has \(bytes.count >> 20) MB, more than the \(Self.sizeLimit >> 20) "
          + "that a viewer can load", remedy: "simplify its outlines or leave places out")
    }
    let document: JSONValue
    do {
      document = try JSONValue(parsing: bytes)
    } catch {
      throw VectorError(source, reason: "\(error)", remedy: "check that it is GeoJSON")
    }
    for (index, feature) in try Self.members(of: document, source).enumerated() {
      let what = "feature \(index + 1)"
      guard let geometry = feature["geometry"], !geometry.isNull else {
        throw VectorError(source, reason: "\(what) has no geometry", remedy: "remove it")
      }
      try GeometryCheck(source: source, feature: what).check(geometry)
      var properties = feature["properties"]?.objectValue ?? JSONObject()
      properties["name"] = .string(
        Self.name(properties, id: feature["id"]) ?? "Place \(features.count + 1)")
      features.append(
        ["type": "Feature", "properties": .object(properties), "geometry": geometry])
    }
  }

  /// All places as one GeoJSON `FeatureCollection`.
  public var document: JSONValue {
    ["type": "FeatureCollection", "features": .array(features)]
  }

  private static func members(
    of document: JSONValue, _ source: String
  ) throws(VectorError) -> [JSONValue] {
    switch document["type"]?.stringValue {
    case "FeatureCollection":
      if let features = document["features"]?.arrayValue { return features }
    case "Feature": return [document]
    case let type? where GeometryCheck.types.contains(type):
      return [["type": "Feature", "geometry": document]]
    default: break
    }
    throw VectorError(
      source, reason: "it is no GeoJSON FeatureCollection, Feature or geometry",
      remedy: "save it as GeoJSON (RFC 7946)")
  }

  private static func name(_ properties: JSONObject, id: JSONValue?) -> String? {
    let named = ["name", "Name", "NAME", "title", "label"].lazy
      .compactMap { properties[$0]?.stringValue }.first { !$0.isEmpty }
    return named ?? id?.stringValue ?? id?.intValue.map(String.init)
  }
}
