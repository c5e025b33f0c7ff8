import Foundation
import Grids
import JSON
import Testing

@Suite struct CRSTests {
  @Test func gridMappingsAgreeWithPyproj() throws {
    let cases = try #require(try GridsFixture.json("mappings.json").arrayValue)
    #expect(cases.count > 20)
    for one in cases {
      let attributes = try #require(one["attributes"]?.objectValue)
      let crs = try CRS(gridMapping: attributes)
      let kind = attributes["grid_mapping_name"]?.stringValue ?? ""
      let there = try Projector(from: .geographic, to: crs)
      let back = try Projector(from: crs, to: .geographic)
      // Ellipsoids other than WGS 84's shift the datum on the way; spheres do not.
      let isOtherEllipsoid = attributes["semi_minor_axis"] != nil
      for point in one["points"]?.arrayValue ?? [] {
        let numbers = (point.arrayValue ?? []).compactMap(\.doubleValue)
        let place = try #require(there.transform(x: numbers[0], y: numbers[1]), "\(kind)")
        let allowed = isOtherEllipsoid ? 500 : crs.isAngular ? 1e-9 : 1e-3
        #expect(abs(place.x - numbers[2]) < allowed, "\(kind) \(attributes)")
        #expect(abs(place.y - numbers[3]) < allowed, "\(kind) \(attributes)")
        let origin = try #require(back.transform(x: place.x, y: place.y), "\(kind)")
        #expect(abs(origin.x - numbers[0]) < 1e-6 && abs(origin.y - numbers[1]) < 1e-6)
      }
    }
  }

  @Test func wktIsPreferredAndBadWktIsNot() throws {
    let utm = try CRS("EPSG:32633")
    #expect(utm.epsg == 32633 && utm.metresPerUnit == 1 && !utm.isGeographic)
    var attributes: JSONObject = ["grid_mapping_name": "latitude_longitude"]
    attributes["crs_wkt"] = "PROJCS[nonsense"
    #expect(try CRS(gridMapping: attributes).isGeographic)
    attributes["spatial_ref"] = "EPSG:3031"
    #expect(try CRS(gridMapping: attributes).epsg == 3031)
  }

  @Test func axesComeXFirstWhateverTheAuthoritySays() throws {
    // EPSG:4326 and EPSG:2393 state northing first.
    let place = try Projector(from: CRS("EPSG:4326"), to: CRS("EPSG:3857"))
      .transform(x: 10, y: 50)
    #expect(abs((place?.x ?? 0) - 1_113_194.9079) < 0.001)
    #expect(abs((place?.y ?? 0) - 6_446_275.8410) < 0.001)
    let finnish = try Projector(from: CRS("EPSG:2393"), to: .geographic)
      .transform(x: 3_400_000, y: 6_700_000)
    #expect(abs((finnish?.x ?? 0) - 25.2) < 0.5 && abs((finnish?.y ?? 0) - 60.4) < 0.5)
  }

  @Test(arguments: [
    "+proj=longlat +R=6371229 +no_defs", "+proj=longlat +a=6370000 +b=6370000 +towgs84=0,0,0",
    "EPSG:4047",
  ])
  func longitudesAndLatitudesOfSpheresStayAsTheyAre(definition: String) throws {
    let sphere = try CRS(definition)
    let place = try Projector(from: sphere, to: CRS("EPSG:4258")).transform(x: 10, y: 45)
    #expect(abs((place?.x ?? 0) - 10) < 1e-9 && abs((place?.y ?? 0) - 45) < 1e-9)
    let map = try CRS("+proj=stere +lat_0=90 +lat_ts=60 +R=6378169 +towgs84=0,0,0 +units=m")
    let forth = try #require(try Projector(from: .geographic, to: map).transform(x: 10, y: 45))
    // Snyder 21-5 on the sphere: 2 R k tan(45 - 45/2), k = (1 + sin 60) / 2.
    let radius = 2 * 6_378_169 * (1 + sin(Double.pi / 3)) / 2 * tan(Double.pi / 8)
    #expect(abs((forth.x * forth.x + forth.y * forth.y).squareRoot() - radius) < 1e-3)
  }

  @Test func coordinateUnitsBecomeFactors() throws {
    let map = try CRS("EPSG:3031")
    #expect(try map.factor(forCoordinateUnits: "km") == 1000)
    #expect(try map.factor(forCoordinateUnits: nil) == 1)
    #expect(throws: GridError.self) { try map.factor(forCoordinateUnits: "degrees") }
    let disk = try CRS(gridMapping: [
      "grid_mapping_name": "geostationary", "perspective_point_height": 35_785_831.0,
      "longitude_of_projection_origin": 0, "semi_major_axis": 6_378_169.0,
      "semi_minor_axis": 6_356_583.8,
    ])
    #expect(try disk.factor(forCoordinateUnits: "rad") == 35_785_831)
    #expect(try CRS.geographic.factor(forCoordinateUnits: "degrees_north") == 1)
  }

  @Test(arguments: ["EPSG:999999", "nonsense", "", "+proj=nothing", "EPSG:5773"])
  func whatIsNoHorizontalSystemIsRefused(definition: String) {
    #expect(throws: GridError.self) { try CRS(definition) }
  }

  @Test func mappingsWithoutWhatTheyNeedAreRefused() {
    #expect(throws: GridError.self) { try CRS(gridMapping: [:]) }
    #expect(throws: GridError.self) { try CRS(gridMapping: ["grid_mapping_name": "flat_earth"]) }
    #expect(throws: GridError.self) {
      try CRS(gridMapping: ["grid_mapping_name": "lambert_conformal_conic"])
    }
  }

  @Test func placesThatCannotBeReachedAreNaN() throws {
    let projector = try Projector(
      from: .geographic, to: CRS("+proj=ortho +lat_0=0 +lon_0=0 +R=6371000"))
    var (x, y) = ([0.0, 170, .nan, .infinity], [10.0, 0, 0, 0])
    projector.transform(&x, &y)
    #expect(x[0].isFinite && y[0].isFinite)
    #expect(x[1...].allSatisfy(\.isNaN) && y[1...].allSatisfy(\.isNaN))
  }
}
