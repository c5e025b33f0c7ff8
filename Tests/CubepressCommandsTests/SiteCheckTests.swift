import JSON
import Stores
import TestKit
import Testing

@testable import CubepressCommands

/// A small site with everything that is checked, that can be damaged.
struct SampleSite {
  let folder: TemporaryFolder
  let site: SiteFolder

  init() throws {
    folder = try TemporaryFolder()
    site = try SiteFolder(path: folder.path + "/site")
    for (key, text) in Self.files { try site.write(Array(text.utf8), to: key) }
    try release()
  }

  var path: String { site.path }

  func write(_ text: String, to key: String) throws { try site.write(Array(text.utf8), to: key) }

  /// Writes the manifest of what is there.
  func release(_ change: (inout [JSONValue]) -> Void = { _ in }) throws {
    var objects: [JSONValue] = []
    try site.forEachFile { file throws(StoreError) in
      guard !file.key.hasPrefix("_release/"), let digest = try site.digest(of: file.key) else {
        return
      }
      objects.append([
        "key": .string(file.key), "size": .integer(Int64(digest.size)),
        "sha256": .string(hexadecimal(digest.sha256)),
        "type": .string(ContentType.of(key: file.key)),
      ])
    }
    change(&objects)
    let manifest: JSONValue = ["release": 3, "objects": .array(objects)]
    try write(manifest.serialized(), to: "_release/3.json")
    try write("{\"release\": 3, \"manifest\": \"_release/3.json\"}", to: "_release/current.json")
  }

  func ids(release again: Bool = true) throws -> [String] {
    if again { try release() }
    return try SiteCheck.run(path: path).problems.map(\.id)
  }

  static let base = "https://example.org/my%20site/"

  static let files: [String: String] = [
    "index.html": """
    <!DOCTYPE html><html><head><link rel=stylesheet href="assets/a.css"/></head><body>
    <a href='datasets/sst/'>SST</a> <a href="datasets/sst/index.html#top">again</a>
    <a href="https://other.org/x">out</a> <a href="mailto:a@b.c">mail</a> <a href="#here">here</a>
    <img src=assets/x%20y.png srcset="assets/x%20y.png 1x, assets/x%20y.png 2x">
    <!-- <a href="commented.html"> --><script>var a = '<a href="scripted.html">'</script>
    <a href="datasets/sst/?a=1&amp;b=2">query</a> <code data-x="{z}/{y}">no</code></body></html>
    """,
    "assets/a.css": "p { color: red }", "assets/x y.png": "png",
    "datasets/sst/index.html": "<a href=\"../../index.html\">up</a> <img src=\"/assets/a.css\">",
    "datasets/sst/legends/v/d.png": "png",
    "datasets/sst/legends/v/d.svg": "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    "datasets/sst/collection.json": """
    {"links": [{"rel": "self", "href": "\(base)datasets/sst/collection.json"},
    {"href": "../../index.html"}, {"href": "https://other.org/"}], "note": "href",
    "tiles": ["\(base)datasets/sst/tiles/v/d/WebMercatorQuad/{z}/{y}/{x}.png"]}
    """,
    "datasets/sst/tiles/v/d/WebMercatorQuad/2017-01-16T10:09:21Z/1/0/1.png": "tile",
    "datasets/sst/tiles/v/d/WebMercatorQuad/2017-01-17T10:09:21Z/0/0/0.png": "tile",
    "datasets/sst/wmts/1.0.0/WMTSCapabilities.xml": capabilities,
  ]

  static let capabilities = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Capabilities xmlns="http://www.opengis.net/wmts/1.0"
      xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink">
    <Contents><Layer><ows:Title>t</ows:Title><ows:Identifier>sst.v</ows:Identifier>
    <Style isDefault="true"><ows:Identifier>d</ows:Identifier>
    <LegendURL format="image/png" xlink:href="\(base)datasets/sst/legends/v/d.png"/></Style>
    <Dimension><ows:Identifier>Time</ows:Identifier><Default>2017-01-17T10:09:21Z</Default>
    <Value>2017-01-16T10:09:21Z</Value><Value>2017-01-17T10:09:21Z</Value></Dimension>
    <TileMatrixSetLink><TileMatrixSet>WebMercatorQuad</TileMatrixSet><TileMatrixSetLimits>
    <TileMatrixLimits><TileMatrix>0</TileMatrix><MinTileRow>0</MinTileRow>
    <MaxTileRow>0</MaxTileRow><MinTileCol>0</MinTileCol><MaxTileCol>0</MaxTileCol>
    </TileMatrixLimits>
    <TileMatrixLimits><TileMatrix>1</TileMatrix><MinTileRow>0</MinTileRow>
    <MaxTileRow>1</MaxTileRow><MinTileCol>0</MinTileCol><MaxTileCol>1</MaxTileCol>
    </TileMatrixLimits></TileMatrixSetLimits></TileMatrixSetLink>
    <ResourceURL format="image/png" resourceType="tile" template="\
    \(base)datasets/sst/tiles/v/{Style}/{TileMatrixSet}/{Time}/{TileMatrix}/{TileRow}/{TileCol}.png"/>
    </Layer></Contents>
    <ServiceMetadataURL xlink:href="\(base)datasets/sst/wmts/1.0.0/WMTSCapabilities.xml"/>
    </Capabilities>
    """
}

@Suite struct SiteCheckTests {
  let sample: SampleSite

  init() throws { sample = try SampleSite() }

  @Test func aWholeSiteHasNoProblems() throws {
    let report = try SiteCheck.run(path: sample.path)
    #expect(report.problems == [])
    #expect(report.notes == [])
    #expect(report.fileCount == SampleSite.files.count)
    #expect(report.release == 3)
    #expect(report.documentCount == 5)
    #expect(report.referenceCount == 18)
    #expect(report.text(folder: "x").hasPrefix("x is whole: 10 files of release 3 and 18"))
    #expect(report.json["problems"]?.arrayValue?.isEmpty == true)
  }

  @Test func findsFilesThatAreNotAsListed() throws {
    try sample.write("other", to: "assets/a.css")
    try sample.write("pmg", to: "assets/x y.png")
    try sample.write("new", to: "stray.txt")
    try sample.site.remove("datasets/sst/legends/v/d.svg")
    let report = try SiteCheck.run(path: sample.path)
    #expect(report.problems.map(\.id) == ["size", "content", "missing", "unlisted"])
    #expect(
      report.problems.map(\.key) == [
        "assets/a.css", "assets/x y.png", "datasets/sst/legends/v/d.svg", "stray.txt",
      ])
  }

  @Test func findsWhatIsWrongWithTheManifest() throws {
    try sample.release { $0.swapAt(0, 1) }
    #expect(try sample.ids(release: false) == ["manifest"])
    try sample.release { $0.append("nothing") }
    #expect(try sample.ids(release: false) == ["manifest"])
    try sample.write("{\"release\": 3, \"objects\": 5}", to: "_release/3.json")
    #expect(try sample.ids(release: false) == ["manifest"])
    try sample.write("{", to: "_release/current.json")
    #expect(try sample.ids(release: false) == ["json"])
    try sample.site.remove("_release/current.json")
    #expect(try sample.ids(release: false) == ["missing"])
    #expect(throws: StoreError.self) { try SiteCheck.run(path: sample.path + "/absent") }
  }

  @Test(arguments: [
    "<a href=gone.html>", "<img src='gone.png'>", "<img srcset='index.html 1x, gone.png 2x'>",
    "<a href=\"../index.html\">", "<a href='%zz'>", "<a href='datasets/'>", "<a x=' href=gone>",
    "<a \"href=index.html href=gone>", "<script>x</script><a href=gone>", "<A HREF='gone'>",
    "<a href='https://example.org/my%20site/gone'>", "<a href=index.html/>", "<a href=a&#x2f;b>",
  ])
  func findsDanglingLinksInPages(html: String) throws {
    try sample.write(html, to: "other.html")
    #expect(try sample.ids() == (html.contains("x='") ? [] : ["reference"]))
  }

  @Test func findsDanglingLinksInDocuments() throws {
    try sample.write("{\"a\": [{\"href\": \"./gone.json\"}]}", to: "a.json")
    try sample.write("{\"x\": \"\(SampleSite.base)gone\"}", to: "b.json")
    try sample.write("[1, 2", to: "c.json")
    try sample.write(
      "<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\"><a xlink:href=\"gone\"/></svg>",
      to: "d.svg")
    try sample.write("<a><b></a>", to: "e.xml")
    try sample.write("", to: "f.xml")
    #expect(try sample.ids() == ["reference", "reference", "json", "reference", "xml", "xml"])
  }

  /// A document may say to where its addresses are relative.
  @Test func addressesMayBeRelativeToTheRoot() throws {
    let page = #""page": "datasets/sst/index.html", "legend": "datasets/sst/legends/v/d.png""#
    try sample.write("{\"root\": \"../../\", \(page)}", to: "api/datasets/sst.json")
    #expect(try sample.ids().isEmpty)
    try sample.write("{\(page)}", to: "api/datasets/sst.json")
    #expect(try sample.ids() == ["reference", "reference"])
  }

  @Test func survivesHostileXML() throws {
    try sample.write(String(repeating: "<a>", count: 100_000), to: "deep.xml")
    var laughs = "<!DOCTYPE a [<!ENTITY l0 \"lol\">"
    for level in 1...20 {
      laughs += "<!ENTITY l\(level) \"" + String(repeating: "&l\(level - 1);", count: 10) + "\">"
    }
    try sample.write(laughs + "]><a>&l20;</a>", to: "laughs.xml")
    #expect(try sample.ids() == ["xml", "xml"])
    try sample.site.remove("deep.xml")
    let entity = "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><a href=\"x\">&e;</a>"
    try sample.write(entity, to: "laughs.xml")
    #expect(try sample.ids().allSatisfy { $0 == "reference" || $0 == "xml" })
  }

  @Test func findsLegendsAndTilesThatAreNotThere() throws {
    try sample.site.remove("datasets/sst/legends/v/d.png")
    try sample.site.removeTree("datasets/sst/tiles/v/d/WebMercatorQuad/2017-01-17T10:09:21Z")
    #expect(try sample.ids() == ["wmts", "wmts"])
  }

  @Test func aTimeWithoutDataIsOnlyANote() throws {
    try sample.site.removeTree("datasets/sst/tiles/v/d/WebMercatorQuad/2017-01-16T10:09:21Z")
    try sample.release()
    let report = try SiteCheck.run(path: sample.path)
    #expect(report.problems == [])
    #expect(report.notes.map(\.id) == ["no-tiles"])
  }

  @Test func findsTemplatesThatCannotBeFilled() throws {
    let key = "datasets/sst/wmts/1.0.0/WMTSCapabilities.xml"
    for (old, new) in [
      ("{Time}", "{time}"), ("/{Style}/", "/{Stil}/"), ("<MaxTileCol>0", "<MaxTileCol>x"),
    ] {
      try sample.write(SampleSite.capabilities.replacing(old, with: new), to: key)
      #expect(try sample.ids().contains("wmts"), "\(old)")
    }
    try sample.write(SampleSite.capabilities.replacing("<ResourceURL", with: "<Other"), to: key)
    #expect(try sample.ids() == ["wmts"])
  }
}
