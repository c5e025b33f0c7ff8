import JSON
import Testing

@testable import Vectors

@Suite struct PlacesTests {
  private func places(_ text: String) throws -> Places {
    var places = Places()
    try places.add(Array(text.utf8), source: "towns.geojson")
    return places
  }

  @Test func everyFeatureGetsAName() throws {
    let places = try places(
      """
      {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"NAME": "Harbour", "depth": 12},
         "geometry": {"type": "Point", "coordinates": [3.2, 51.4, 7]}},
        {"type": "Feature", "id": "b-7", "properties": null,
         "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}},
        {"type": "Feature", "properties": {},
         "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}}
      ]}
      """)
    let names = places.features.map { $0["properties"]?["name"]?.stringValue }
    #expect(names == ["Harbour", "b-7", "Place 3"])
    #expect(places.features[0]["properties"]?["depth"]?.intValue == 12)
    #expect(places.features[0]["geometry"]?["coordinates"]?.arrayValue?.count == 3)
  }

  @Test func bareGeometriesAndSeveralFilesAreTaken() throws {
    var places = try places(#"{"type": "Point", "coordinates": [1, 2]}"#)
    try places.add(
      Array(
        #"{"type": "Feature", "geometry": {"type": "MultiPoint", "coordinates": [[5, 6]]}}"#.utf8),
      source: "more.geojson")
    #expect(places.features.count == 2)
    #expect(places.document["type"] == "FeatureCollection")
  }

  @Test(arguments: [
    ("{", "check that it is GeoJSON"),
    (#"{"type": "Topology"}"#, "no GeoJSON FeatureCollection"),
    (#"{"type": "FeatureCollection"}"#, "no GeoJSON FeatureCollection"),
    (#"{"type": "Feature", "geometry": null}"#, "feature 1 has no geometry"),
    (#"{"type": "Point", "coordinates": [1]}"#, "a position is not a list of numbers"),
    (#"{"type": "Point", "coordinates": ["1", 2]}"#, "a position is not a list of numbers"),
    (#"{"type": "Point", "coordinates": [51, 351]}"#, "does not lie on the earth"),
    (#"{"type": "LineString", "coordinates": [[1, 2]]}"#, "too short"),
    (
      #"{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}"#,
      "does not end where it begins"
    ),
    (
      #"{"type": "Feature", "geometry": {"type": "Circle", "coordinates": [1, 2]}}"#,
      "of the type Circle"
    ),
  ])
  func whatIsNoPlaceIsNamed(text: String, reason: String) {
    let error = #expect(throws: VectorError.self) { try places(text) }
    #expect(error?.description.contains(reason) == true)
    #expect(error?.description.contains("towns.geojson") == true)
  }

  @Test func nestedCollectionsEnd() {
    var text = #"{"type": "Point", "coordinates": [1, 2]}"#
    for _ in 0..<40 { text = #"{"type": "GeometryCollection", "geometries": [\#(text)]}"# }
    #expect(throws: VectorError.self) { try places(text) }
  }
}
