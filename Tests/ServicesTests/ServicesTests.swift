import Foundation
import Grids
import JSON
import Pyramids
import Recipes
import SampleSites
import Services
import Testing

@Suite("Service documents")
struct ServicesTests {
  private func documents() throws -> [String: [UInt8]] {
    try Services.documents(site: SampleSite.site, datasets: try SampleSite.datasets())
  }

  /// The documents of the sample site are kept; `RECORD=1 swift test` accepts a change.
  @Test func theSampleDocumentsAreAsKept() throws {
    try GoldenTree(case: "services").compare(try documents())
  }

  @Test func capabilitiesAreValidAgainstTheSchemas() throws {
    try #require(CapabilitiesCheck.isAvailable, "xmllint is missing: apt install libxml2-utils")
    for (key, bytes) in try documents() where key.hasSuffix(".xml") {
      #expect(try CapabilitiesCheck.problems(of: bytes) == "", "\(key)")
    }
  }

  @Test func aServerSaysWhereKeysAndValuesAreAnswered() throws {
    try #require(CapabilitiesCheck.isAvailable, "xmllint is missing: apt install libxml2-utils")
    let document = try WMTSCapabilities(
      site: SampleSite.site, datasets: try SampleSite.datasets(), keyValues: "wmts/kvp")
    #expect(try CapabilitiesCheck.problems(of: document.bytes) == "")
    for name in ["GetCapabilities", "GetTile"] {
      #expect(document.xml.contains("<ows:Operation name=\"\(name)\">"))
    }
    #expect(document.xml.contains("/wmts/kvp?\">"))
  }

  @Test func reportsOfExceptionsAreValid() throws {
    try #require(CapabilitiesCheck.isAvailable, "xmllint is missing: apt install libxml2-utils")
    for exception in [
      ServiceException(.noApplicableCode, ""),
      ServiceException(.tileOutOfRange, locator: "<\"&\u{0}\n", "]]><x/> & \u{FFFF}"),
    ] {
      let xml = exception.xml
      #expect(
        try CapabilitiesCheck.problems(
          of: Array(xml.utf8), schema: "ows/1.1.0/owsExceptionReport.xsd") == "", "\(xml)")
    }
  }

  @Test func textOfOthersStaysText() throws {
    let attack = "]]><Layer/> \"&amp;\" <!-- \u{0} \u{FFFF} 'x' {Time}"
    let base = try SampleSite.temperature()
    let hostile = BuiltDataset(
      id: "sst", title: attack, description: attack, bounds: base.bounds, crs: base.crs,
      columns: 1, rows: 1, resolution: "", licence: attack, attribution: attack,
      keywords: [attack], variables: base.variables)
    let site = SiteRecipe(
      title: attack, description: attack, provider: ProviderRecipe(name: attack, email: attack))
    let documents = try Services.documents(site: site, datasets: [hostile])
    if CapabilitiesCheck.isAvailable {
      for (key, bytes) in documents where key.hasSuffix(".xml") {
        #expect(try CapabilitiesCheck.problems(of: bytes) == "", "\(key)")
      }
    }
    let tiles = try #require(
      documents["datasets/sst/tiles/analysed_sst/default/tilejson.json"])
    let document = try JSONValue(parsing: tiles)
    // Clients may show this as HTML.
    #expect(document["attribution"]?.stringValue?.contains("<") == false)
    #expect(document["description"]?.stringValue == attack)
  }

  @Test func qgisFindsWhatItLooksFor() throws {
    let key = WMTSCapabilities.key(dataset: "chlorophyll")
    let xml = String(decoding: try #require(try documents()[key]), as: UTF8.self)
    #expect(key.hasSuffix("/WMTSCapabilities.xml"))
    // Literal tag names, no key-value requests, one template for the one format.
    #expect(xml.contains("\n<Capabilities xmlns="))
    #expect(!xml.contains("OperationsMetadata"))
    let layers = xml.components(separatedBy: "<Layer>").dropFirst()
    #expect(layers.count == 2)
    for layer in layers {
      #expect(layer.components(separatedBy: "<ResourceURL ").count == 2)
      #expect(layer.components(separatedBy: "<Format>").count == 2)
      // The identifier of the time and its place-holder are the same, letter by letter.
      #expect(layer.contains("<ows:Identifier>Time</ows:Identifier>"))
      #expect(
        layer.contains("/{Style}/{TileMatrixSet}/{Time}/{TileMatrix}/{TileRow}/{TileCol}.png"))
      #expect(layer.contains("<Default>2017-01-30T10:46:33Z</Default>"))
      #expect(layer.components(separatedBy: "<Value>").count == 6)
    }
    #expect(
      xml.contains("<TopLeftCorner>-20037508.342789244 20037508.342789244</TopLeftCorner>"))
    #expect(xml.contains("<TopLeftCorner>-180 90</TopLeftCorner>"))
  }

  /// A client that looks closer than a layer's tiles go takes the finest matrix of its set.
  @Test func noSetGoesDeeperThanTheTilesOfItsLayers() throws {
    let documents = try documents()
    var shortened = 0
    for (key, bytes) in documents where key.hasSuffix(".xml") {
      let xml = String(decoding: bytes, as: UTF8.self)
      let sets = xml.components(separatedBy: "<TileMatrixSet>\n").dropFirst()
      var finest: [String: Int] = [:]
      for set in sets {
        let names = set.matches(of: /<ows:Identifier>([^<]+)</).map { String($0.output.1) }
        finest[try #require(names.first)] = names.compactMap { Int($0) }.max()
      }
      #expect(finest.count == sets.count)
      for layer in xml.components(separatedBy: "<Layer>").dropFirst() {
        let template = try #require(layer.firstMatch(of: /template="([^"]+)"/)?.output.1)
        for link in layer.components(separatedBy: "<TileMatrixSetLink>").dropFirst() {
          let id = String(try #require(link.firstMatch(of: /<TileMatrixSet>([^<]+)</)?.output.1))
          let zooms = link.matches(of: /<TileMatrix>([0-9]+)</).compactMap { Int($0.output.1) }
          #expect(finest[id] == zooms.max(), "\(key) \(id)")
          let registered = TileMatrixSet.named(id)
          if registered == nil { shortened += 1 }
          let folder = String(id.prefix { $0 != "-" })
          #expect(TileMatrixSet.named(folder) != nil)
          let part = registered == nil ? folder : "{TileMatrixSet}"
          #expect(template.contains("/{Style}/\(part)/"))
        }
      }
    }
    #expect(shortened > 0)
  }

  @Test func aDimensionCalledLikeTheZoomHasAPlaceholderOfItsOwn() throws {
    let documents = try documents()
    let key = WMTSCapabilities.key(dataset: "sst")
    let xml = String(decoding: try #require(documents[key]), as: UTF8.self)
    #expect(xml.contains("{Time}/{z_value}/{TileMatrix}/"))
    #expect(xml.contains("<ows:Identifier>z_value</ows:Identifier>"))
    let tileJSON = try JSONValue(
      parsing: try #require(documents["datasets/sst/tiles/analysed_sst/default/tilejson.json"]))
    #expect(
      tileJSON["tiles"]?[0]?.stringValue
        == "https://cubes.example.org/open/datasets/sst/tiles/analysed_sst/default/"
        + "WebMercatorQuad/2015-12-01/0/{z}/{y}/{x}.png")
    #expect(tileJSON["tilejson"] == "3.0.0")
  }

  @Test func everyTemplateNamesOnlyWhatTheDocumentListsBeside() throws {
    let bytes = try #require(try documents()["datasets/sst/tiles.json"])
    let document = try JSONValue(parsing: bytes)
    for variable in document["variables"]?.arrayValue ?? [] {
      let known = (variable["dimensions"]?.arrayValue ?? [])
        .compactMap { $0["placeholder"]?.stringValue }
      for style in variable["styles"]?.arrayValue ?? [] {
        for set in style["tileMatrixSets"]?.arrayValue ?? [] {
          let template = try #require(set["template"]?.stringValue)
          let names = template.matches(of: /\{([^}]+)\}/).map { String($0.output.1) }
          #expect(Set(names) == Set(known + ["z", "y", "x"]))
          #expect(names.count == Set(names).count)
        }
      }
    }
  }
}
