public import JSON
internal import Vectors

/// A feature that somebody hands in, checked.
public struct NewFeature: Sendable {
  let geometry: String
  let properties: String
  let box: GeographicBox

  /// The most places that one geometry may have.
  public static let mostPositions = 100_000
  /// The largest properties of one feature, as JSON, in bytes.
  public static let largestProperties = 256 << 10

  /// The features of a GeoJSON document (RFC 7946): a collection of them, or one.
  ///
  /// - Throws: ``WorkspaceError`` of kind `invalid` that names the feature, and `tooLarge`.
  public static func read(_ document: JSONValue) throws(WorkspaceError) -> [NewFeature] {
    try checkCRS(document)
    switch document["type"]?.stringValue {
    case "FeatureCollection":
      guard let members = document["features"]?.arrayValue else { break }
      var features: [NewFeature] = []
      features.reserveCapacity(members.count)
      for (index, member) in members.enumerated() {
        features.append(try NewFeature(member, name: "feature \(index + 1)"))
      }
      return features
    case "Feature": return [try NewFeature(document, name: "the feature")]
    default: break
    }
    throw WorkspaceError(
      .invalid, "take these places", because: "this is no GeoJSON Feature or FeatureCollection",
      remedy: "write them as RFC 7946 says")
  }

  init(_ feature: JSONValue, name: String) throws(WorkspaceError) {
    guard feature["type"]?.stringValue == "Feature", let geometry = feature["geometry"],
      !geometry.isNull
    else {
      throw Self.error(name, "it is no Feature with a geometry", "give it one")
    }
    let properties = feature["properties"] ?? .null
    guard properties.isNull || properties.objectValue != nil else {
      throw Self.error(name, "its properties are no object", "write {\"name\": value, …}")
    }
    try self.init(
      geometry: geometry, properties: properties.objectValue ?? JSONObject(), name: name)
  }

  init(geometry: JSONValue, properties: JSONObject, name: String) throws(WorkspaceError) {
    do { try GeometryCheck(source: "this request", feature: name).check(geometry) } catch {
      throw Self.error(name, error.reason, error.remedy)
    }
    let parts = Geometry(geometry)
    guard let box = parts.box else { throw Self.error(name, "its geometry is empty", "fill it") }
    guard parts.positionCount <= Self.mostPositions else {
      throw WorkspaceError(
        .tooLarge, "take \(name)", because: "it has \(parts.positionCount) positions",
        remedy: "simplify it to at most \(Self.mostPositions), or split it")
    }
    guard box.west >= -180, box.east <= 180 else {
      throw Self.error(
        name, "it reaches beyond a longitude of 180°",
        "cut it at the antimeridian (RFC 7946, section 3.1.9)")
    }
    let text = JSONValue.object(properties).serialized()
    guard text.utf8.count <= Self.largestProperties else {
      throw WorkspaceError(
        .tooLarge, "take \(name)", because: "its properties have \(text.utf8.count) bytes",
        remedy: "keep at most \(Self.largestProperties), and larger things as files")
    }
    self.geometry = geometry.serialized()
    self.properties = text
    self.box = box
  }

  /// Older GeoJSON could name a coordinate system; only that of longitude and latitude is right here.
  private static func checkCRS(_ document: JSONValue) throws(WorkspaceError) {
    guard let crs = document["crs"], !crs.isNull else { return }
    let name = crs["properties"]?["name"]?.stringValue ?? "?"
    guard name.hasSuffix("CRS84") || name.hasSuffix(":4326") else {
      throw WorkspaceError(
        .invalid, "take these places",
        because: "they are in the coordinate system \(name.prefix(80))",
        remedy: "transform them to longitude and latitude, as with geopandas' to_crs(4326)")
    }
  }

  private static func error(_ name: String, _ reason: String, _ remedy: String) -> WorkspaceError {
    var reason = reason
    // The check of geometries names the feature itself.
    if reason.hasPrefix(name + ": ") { reason.removeFirst(name.count + 2) }
    return WorkspaceError(.invalid, "take \(name)", because: reason, remedy: remedy)
  }
}
