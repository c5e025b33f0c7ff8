import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import TeamServer

/// The map service asked by keys and values, and under the paths of xcube's server.
struct KeyValueTests {
  private static let api = "/teams/ice/api"
  private static let kvp = api + "/wmts/kvp?"
  private static let tile =
    "SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetTile&LAYER=bed.v&STYLE=default&FORMAT=image/png"
    + "&TILEMATRIXSET=WorldCRS84Quad&TILEMATRIX=0&TILEROW=0&TILECOL=1"

  @Test func tilesAreThoseOfTheOtherPaths() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let headers = try await workspace.token("reader")
    let day = "2020-01-01T00:00:00Z"
    let wanted = try await client.get(
      Self.api + "/datasets/bed/tiles/v/default/WorldCRS84Quad/\(day)/0/0/1.png", headers)
    #expect(wanted.status == .ok)
    let latest = try await client.get(
      Self.api + "/datasets/bed/tiles/v/default/WorldCRS84Quad/2020-01-02T00:00:00Z/0/0/1.png",
      headers)
    #expect(wanted.headers[.eTag] != latest.headers[.eTag])
    let small = Self.tile.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=")
      return parts[0].lowercased() + "=" + parts[1]
    }.joined(separator: "&")
    for (path, tag) in [
      (Self.kvp + Self.tile + "&TIME=\(day)", wanted), (Self.kvp + small + "&time=\(day)", wanted),
      (Self.kvp + small + "&Time=2020-01-01", wanted), (Self.kvp + Self.tile, latest),
      (Self.kvp + Self.tile + "&TIME=current", latest),
      (Self.kvp + Self.tile + "&TIME=", latest),
      (
        Self.kvp + "service=WMTS&request=GetTile&layer=bed.v&tilematrix=0&tilerow=0&tilecol=1",
        latest
      ),
      (
        Self.kvp
          + Self.tile.replacing("Quad&", with: "Quad-3&").replacing(
            "bed.v", with: "bed.v.WorldCRS84Quad"),
        latest
      ),
      (Self.api + "/wmts/1.0.0/tile/bed/v/0/0/1.png?time=\(day)", wanted),
      (Self.api + "/wmts/1.0.0/tile/bed/v/WorldCRS84Quad/0/0/1.png?time=last", latest),
    ] {
      let answer = try await client.get(path, headers)
      #expect(answer.status == .ok, "\(path): \(answer.text)")
      #expect(answer.headers[.eTag] == tag.headers[.eTag], "\(path)")
      #expect(answer.headers[.contentType] == "image/png")
    }
    let mercator = try await client.get(
      Self.api + "/tiles/bed/v/0/0/0?crs=EPSG:3857&time=last", headers)
    for path in [
      Self.kvp + "service=WMTS&request=GetTile&layer=bed.v&tilematrixset=WebMercatorQuad"
        + "&tilematrix=0&tilerow=0&tilecol=0",
      Self.api + "/wmts/1.0.0/tile/bed/v/WorldWebMercatorQuad/0/0/0.png?time=last",
    ] {
      #expect(try await client.get(path, headers).headers[.eTag] == mercator.headers[.eTag])
    }
  }

  @Test(arguments: [
    ("", 400, "MissingParameterValue", "SERVICE"),
    ("SERVICE=WMS&REQUEST=GetTile", 400, "InvalidParameterValue", "SERVICE"),
    ("SERVICE=WMTS", 400, "MissingParameterValue", "REQUEST"),
    ("SERVICE=WMTS&REQUEST=GetMap", 400, "InvalidParameterValue", "REQUEST"),
    ("SERVICE=WMTS&REQUEST=GetFeatureInfo", 501, "OperationNotSupported", "GetFeatureInfo"),
    (
      "SERVICE=WMTS&REQUEST=GetCapabilities&ACCEPTVERSIONS=2.0.0", 400, "VersionNegotiationFailed",
      "acceptversions"
    ),
    (
      "SERVICE=WMTS&REQUEST=GetCapabilities&TILEMATRIXSET=x", 400, "InvalidParameterValue",
      "TILEMATRIXSET"
    ),
    (tile + "&x=%zz", 400, "InvalidParameterValue", ""),
    (tile.replacing("1.0.0", with: "1.1.0"), 400, "InvalidParameterValue", "VERSION"),
    (tile.replacing("&LAYER=bed.v", with: ""), 400, "MissingParameterValue", "LAYER"),
    (tile.replacing("bed.v", with: "bed.none"), 404, "InvalidParameterValue", "LAYER"),
    (tile.replacing("bed.v", with: "none.v"), 404, "InvalidParameterValue", "LAYER"),
    (tile.replacing("bed.v", with: "bed"), 404, "InvalidParameterValue", "LAYER"),
    (tile.replacing("STYLE=default", with: "STYLE=red"), 400, "InvalidParameterValue", "STYLE"),
    (tile.replacing("image/png", with: "image/gif"), 400, "InvalidParameterValue", "FORMAT"),
    (
      tile.replacing("=WorldCRS84Quad", with: "=World"), 400, "InvalidParameterValue",
      "TILEMATRIXSET"
    ),
    (tile.replacing("MATRIX=0", with: "MATRIX=99"), 400, "InvalidParameterValue", "TILEMATRIX"),
    (tile.replacing("MATRIX=0", with: "MATRIX=-1"), 400, "InvalidParameterValue", "TILEMATRIX"),
    (tile.replacing("&TILEMATRIX=0", with: ""), 400, "MissingParameterValue", "TILEMATRIX"),
    (tile.replacing("ROW=0", with: "ROW=1"), 400, "TileOutOfRange", "TILEROW"),
    (tile.replacing("COL=1", with: "COL=2"), 400, "TileOutOfRange", "TILECOL"),
    (tile.replacing("COL=1", with: "COL=-1"), 400, "TileOutOfRange", "TILECOL"),
    (
      tile.replacing("COL=1", with: "COL=99999999999999999999"), 400, "InvalidParameterValue",
      "TILECOL"
    ),
    (tile + "&TIME=yesterday", 400, "InvalidParameterValue", "TIME"),
  ])
  func failuresAreReports(query: String, status: Int, code: String, locator: String) async throws {
    let workspace = try await Workspace.withCubes()
    let answer = try await workspace.client().get(
      Self.kvp + query, try await workspace.token("reader"))
    #expect(answer.status.code == status, "\(query): \(answer.text)")
    #expect(answer.headers[.contentType] == "application/xml")
    #expect(answer.text.contains("<ows:ExceptionReport"))
    let place = locator.isEmpty ? "" : " locator=\"\(locator)\""
    #expect(
      answer.text.contains("<ows:Exception exceptionCode=\"\(code)\"\(place)>"), "\(answer.text)")
  }

  @Test func aForbiddenLayerIsAnUnknownOne() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let guest = try await workspace.token("guest")
    #expect(try await client.get(Self.kvp + Self.tile, guest).status == .ok)
    let forbidden = try await client.get(
      Self.kvp + Self.tile.replacing("bed.v", with: "surface.v"), guest)
    let unknown = try await client.get(
      Self.kvp + Self.tile.replacing("bed.v", with: "none.v"), guest)
    #expect(forbidden.status == .notFound && forbidden.text == unknown.text)
    let stranger = try await workspace.token("stranger")
    let theirs = try await client.get(Self.kvp + Self.tile, stranger)
    let none = try await client.get(
      (Self.kvp + Self.tile).replacing("/ice/", with: "/none/"), stranger)
    #expect(theirs.status == .notFound && theirs.text == none.text)
  }

  @Test func capabilitiesHoldWhatOneMayRead() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let capabilities = "SERVICE=WMTS&REQUEST=GetCapabilities&ACCEPTVERSIONS=1.1.0,1.0.0"
    for (user, layers) in [("reader", ["bed.v", "surface.v"]), ("guest", ["bed.v"])] {
      let headers = try await workspace.token(user)
      let document = try await client.get(Self.kvp + capabilities, headers)
      let same = try await client.get(Self.api + "/wmts/1.0.0/WMTSCapabilities.xml", headers)
      #expect(document.text == same.text)
      for layer in ["bed.v", "surface.v"] {
        #expect(
          document.text.contains("<ows:Identifier>\(layer)</ows:Identifier>")
            == layers.contains(layer), "\(user) \(layer)")
      }
      #expect(
        document.text.contains("xlink:href=\"http://cubes.test\(Self.api)/wmts/kvp?\""))
    }
    let headers = try await workspace.token("reader")
    for (path, set) in [
      ("/wmts/1.0.0/WorldCRS84Quad/WMTSCapabilities.xml", "WorldCRS84Quad"),
      ("/wmts/1.0.0/WorldWebMercatorQuad/WMTSCapabilities.xml", "WebMercatorQuad"),
      ("/wmts/kvp?\(capabilities)&tilematrixset=WebMercatorQuad", "WebMercatorQuad"),
    ] {
      let document = try await client.get(Self.api + path, headers).text
      let links = document.components(separatedBy: "<TileMatrixSet>").dropFirst().compactMap {
        $0.components(separatedBy: "</TileMatrixSet>").first
      }.filter { !$0.contains("<") }
      #expect(Set(links) == [set], "\(path): \(links)")
    }
    let wrong = try await client.get(
      Self.api + "/wmts/1.0.0/none/WMTSCapabilities.xml", headers)
    #expect(wrong.status == .badRequest)
  }
}
