import Foundation
import JSON
import Pages
import Pyramids
import Recipes
import SampleSites
import Testing

@testable import Catalogue

@Suite("Records of the catalogue")
struct RecordTests {
  private func entry(_ publication: PublicationRecipe = SampleSite.publication) throws -> Entry {
    Entry(
      site: SampleSite.site, dataset: try SampleSite.chlorophyll(), publication: publication)
  }

  @Test func aCitationHasWhatDataCiteAsksFor() throws {
    #expect(
      Citation(entry: try entry()).text
        == "Carberry, Josiah; Müller, Änne (2026): Chlorophyll in the southern North Sea. Version 1.1. "
        + "Institute of Seas & Ice. https://doi.org/10.5281/zenodo.1")
    var stated = SampleSite.publication
    stated.citation = "As\n  I say."
    #expect(Citation(entry: try entry(stated)).text == "As I say.")
    // Without authors the publisher stands for them; the attribute of the source goes before.
    #expect(
      Citation(entry: try entry(PublicationRecipe())).text.hasPrefix(
        "Brockmann Consult GmbH: Chlorophyll"))
  }

  @Test func bibTeXHidesWhatItWouldObey() throws {
    var hostile = SampleSite.publication
    hostile.authors = [PersonRecipe(name: #"{\input x} & 100 % ~_$#"#)]
    let text = Citation(entry: try entry(hostile)).bibTeX
    #expect(
      text.contains(
        ##"author = {{\{\textbackslash{}input x\} \& 100 \% \textasciitilde{}\_\$\#}}"##))
    #expect(text.hasPrefix("@misc{chlorophyll-2026,\n"))
  }

  @Test(arguments: [
    ("2017-01-16T10:09:21Z", "2017-01-16T10:09:21Z"), ("2015-11", "2015-11-01T00:00:00Z"),
    // A day of a calendar with months of 30 days.
    ("1861-02-30", "1861-02-28T00:00:00Z"), ("2000-02-30", "2000-02-29T00:00:00Z"),
    ("0007-01-01", "0007-01-01T00:00:00Z"),
  ])
  func timesOfAnyCalendarBecomeDates(_ text: String, _ expected: String) {
    #expect(Stamp(text)?.rfc3339 == expected)
  }

  @Test func timesOutsideOfRFC3339HaveNone() throws {
    #expect(try #require(Stamp("-0044-03-15")).rfc3339 == nil)
    #expect(try #require(Stamp("12000-01-01")).rfc3339 == nil)
    #expect(Stamp("soon") == nil)
    #expect(Stamp("2017-13-01") == nil)
  }

  /// Days are counted as Foundation's calendar does.
  @Test(arguments: ["1970-01-01", "2000-02-29", "1900-03-01", "2026-11-24"])
  func daysAreThoseOfTheCalendar(_ text: String) throws {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    let parts = text.split(separator: "-").compactMap { Int($0) }
    let date = try #require(
      calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])))
    let stamp = try #require(Stamp(text))
    let epoch = try #require(Stamp("1970-01-01"))
    #expect(
      stamp.days(monthsOf30: false) - epoch.days(monthsOf30: false)
        == date.timeIntervalSince1970 / 86_400)
  }

  private func line(_ times: [String], calendar: String? = nil) -> TimeLine? {
    TimeLine(TimeCoverage(times: times, shares: times.map { _ in 1 }), calendar: calendar)
  }

  @Test func theRhythmOfTimesIsSeen() throws {
    let months = (1...12).map { "2015-\($0 < 10 ? "0" : "")\($0)-16T00:00:00Z" }
    #expect(line(months)?.duration == "P1M")
    #expect(line((1860...1900).map { "\($0)-06-01" }, calendar: "360_day")?.duration == "P1Y")
    #expect(line(["2006-01-01T06:00:00Z", "2006-01-01T12:00:00Z"])?.duration == "PT6H")
    #expect(line(["2017-06-05", "2017-06-06", "2017-06-07"])?.duration == "P1D")
    #expect(line(["2017-06-05"])?.duration == nil)
    // 28 and 29 February, then 1 March: no gap.
    #expect(line(["2016-02-28", "2016-02-29", "2016-03-01"])?.gaps.isEmpty == true)
  }

  @Test func gapsAreFound() throws {
    let daily = line(["2017-06-01", "2017-06-02", "2017-06-03", "2017-06-08", "2017-06-09"])
    let gaps = try #require(daily).gaps
    #expect(gaps.map(\.after) == ["2017-06-03"])
    #expect(gaps.map(\.days) == [5])
    #expect(daily?.duration == nil)
    let yearly = line(["2001-06-01", "2002-06-01", "2003-06-01", "2006-06-01"])
    #expect(yearly?.gaps.map(\.before) == ["2006-06-01"])
  }

  @Test func textInAScriptCannotEndIt() throws {
    let attack: JSONValue = ["a": #"</script><!-- "x" \" ' & \\."#, "\u{301}b": "\"\u{301}"]
    let text = attack.scriptText
    for part in ["<", ">", "&", "'", "\\\""] { #expect(!text.contains(part), "\(part)") }
    #expect(try JSONValue(parsing: Array(text.utf8)) == attack)
  }

  @Test func anAssessmentSaysWhatIsMissing() throws {
    let full = FAIRAssessment(try entry())
    #expect(
      full.missing.map(\.text) == [
        "no CF standard name: quality_flags",
        "the source states no 'Conventions', such as CF-1.11",
      ])
    let bare = FAIRAssessment(
      Entry(
        site: SiteRecipe(), dataset: try SampleSite.bed(), publication: PublicationRecipe()))
    #expect(bare.missing.count > 8)
    #expect(bare.criteria.count == full.criteria.count)
  }

  /// A terrain of the sample's first variable, which has times or not.
  private func withTerrain(
    _ dataset: BuiltDataset, pictures: Bool, exaggeration: Double = 1
  ) -> Entry {
    Entry(
      site: SampleSite.site,
      dataset: BuiltDataset(
        id: dataset.id, title: dataset.title, bounds: dataset.bounds, crs: dataset.crs,
        columns: dataset.columns, rows: dataset.rows, resolution: dataset.resolution,
        terrain: BuiltTerrain(
          variable: dataset.variables[0].key, heightsAbove: "geoid", exaggeration: exaggeration,
          pictureZooms: pictures ? 0...4 : nil),
        variables: dataset.variables),
      publication: PublicationRecipe())
  }

  @Test func thePageSaysHowHighTerrainIsAndWhere() throws {
    func section(_ entry: Entry) -> String {
      let page = DatasetPage(entry: entry, related: [], scenes: [], stories: [])
      return page.context["terrain"].map { "\($0)" } ?? ""
    }
    let bed = section(withTerrain(try SampleSite.bed(), pictures: true, exaggeration: 20))
    #expect(bed.contains("above the geoid"))
    #expect(bed.contains("20 times as high"))
    #expect(bed.contains("/terrain\""))
    #expect(bed.contains("/terrain-rgb/tilejson.json"))
    let sea = section(withTerrain(try SampleSite.chlorophyll(), pictures: false))
    #expect(!sea.contains("times as high") && !sea.contains("terrain-rgb"))
    #expect(sea.contains("words in braces"))
    let none = Entry(
      site: SampleSite.site, dataset: try SampleSite.bed(), publication: PublicationRecipe())
    #expect(section(none).isEmpty)
  }

  /// Tiles that are 20 times as high already are said to be, and a scene says what it wants in all.
  @Test func scenesOfTerrainSayHowHighTilesAre() throws {
    let entry = withTerrain(try SampleSite.bed(), pictures: false, exaggeration: 20)
    let id = entry.dataset.id
    for (wanted, said) in [("", 20.0), (", exaggeration: 60", 60)] {
      let scene = try #require(
        try Recipe.parse(
          """
          datasets: [{id: \(id), source: a.nc}]
          scenes: [{id: bed, title: Bed, surface: {dataset: \(id), terrain: true\(wanted)}}]
          """, path: "r.yaml"
        ).scenes.first)
      let surface = try SceneDocument(scene: scene, datasets: [entry.dataset]).document()["surface"]
      #expect(surface?["exaggeration"]?.doubleValue == said)
      #expect(surface?["built"]?.doubleValue == 20)
    }
  }

  @Test func terrainIsAnAssetAndOnlyWhatIsUsedIsDeclared() throws {
    let bed = STACCollection(
      entry: withTerrain(try SampleSite.bed(), pictures: true), related: []
    ).document
    let assets = bed["assets"]
    #expect(assets?["terrain"]?["href"] == "./terrain/layer.json")
    #expect(assets?["terrain-rgb"]?["href"] == "./terrain-rgb/tilejson.json")
    let declared = bed["stac_extensions"]?.arrayValue?.compactMap(\.stringValue) ?? []
    #expect(!declared.contains { $0.contains("/raster/") || $0.contains("/datacube/") })
    #expect(declared.contains { $0.contains("/web-map-links/") })
    // Heights that change in time: those of the time that is shown first.
    let sea = withTerrain(try SampleSite.chlorophyll(), pictures: false)
    let time = try #require(sea.dataset.variables[0].dimensions.first?.defaultValue)
    let changing = STACCollection(entry: sea, related: []).document["assets"]
    #expect(changing?["terrain"]?["href"]?.stringValue == "./terrain/\(time)/layer.json")
    #expect(changing?["terrain-rgb"] == nil)
  }

  @Test func storiesAreNews() throws {
    let story = StoryLink(
      title: "A bloom", page: "stories/seas/bloom.html", summary: "Five passes.",
      date: "2026-12-01", authors: ["Josiah Carberry"])
    let undated = StoryLink(title: "Notes", page: "stories/seas/notes.html", date: "soon")
    let feeds = SiteFeeds(
      site: SampleSite.site, entries: [try entry()], stories: [undated, story])
    let feed = try #require(feeds.feed)
    #expect(feed["feedUpdated"] == .text("2026-12-01T00:00:00Z"))
    guard case .list(let news)? = feed["feedEntries"],
      case .list(let pages)? = feeds.sitemap["pages"]
    else {
      Issue.record("no lists")
      return
    }
    let versions = try entry().publication.changes.count
    #expect(news.count == versions + 1)
    // The index, map, cube and list of stories; the dataset; the stories.
    #expect(pages.count == 7)
    #expect(SiteFeeds(site: SampleSite.site, entries: [], stories: [undated]).feed == nil)
  }

  /// STAC wants longitudes in order except across the antimeridian, and relative links.
  @Test func linksOfTheCatalogueAreRelative() throws {
    let entries = [try entry()]
    let root = STACCatalogue(site: SampleSite.site, entries: entries).document
    let links = root["links"]?.arrayValue ?? []
    let own = links.filter { $0["rel"]?.stringValue == "self" }
    #expect(
      own.compactMap { $0["href"]?.stringValue } == ["https://cubes.example.org/open/catalog.json"])
    for link in links where link["rel"]?.stringValue != "self" {
      #expect(link["href"]?.stringValue?.hasPrefix("./") == true)
    }
    let unplaced = STACCatalogue(site: SiteRecipe(), entries: []).document
    #expect(unplaced["links"]?.arrayValue?.contains { $0["rel"] == "self" } == false)
  }
}
