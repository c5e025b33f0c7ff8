import Cubes
import Foundation
import Images
import JSON
import Jobs
import Multiscales
import Stores
import TestKit
import Testing

@testable import PaperCubes

/// Cubes of paper: that faces meet at their edges, as those of any cube do, and what the sheet says.
struct PaperCubesTests {
  private static let counts = (slices: 3, rows: 4, columns: 5)

  /// Colours that tell slice, row and column.
  private static func colour(_ slice: Int, _ row: Int, _ column: Int) -> UInt8 {
    UInt8(slice * 20 + row * 5 + column)
  }

  private static func slice(_ number: Int) -> SliceColours {
    let (_, rows, columns) = counts
    let map = (0..<rows).flatMap { row in (0..<columns).map { colour(number, row, $0) } }
    let edges =
      (0..<columns).map { colour(number, 0, $0) }
      + (0..<columns).map { colour(number, rows - 1, $0) }
      + (0..<rows).map { colour(number, $0, 0) }
      + (0..<rows).map { colour(number, $0, columns - 1) }
    return SliceColours(rows: rows, columns: columns, edges: edges, map: map)
  }

  private static func faces(_ standing: PaperCube.Standing) throws -> CubeFaces {
    try #require(
      CubeFaces(first: slice(0), last: slice(2), slices: (0..<3).map(slice), standing: standing))
  }

  private static let standings = [
    PaperCube.Standing(world: [2, 1, 0], rises: [true, false, true]),
    PaperCube.Standing(world: [2, 1, 0], rises: [true, true, false]),
    PaperCube.Standing(world: [1, 2, 0], rises: [false, true, true]),
  ]

  private func cell(_ faces: CubeFaces, _ side: CubeFaces.Side, _ x: Int, _ y: Int) throws -> UInt8
  {
    let picture = try #require(faces.pictures[side])
    let column = x < 0 ? picture.width - 1 : x
    let row = y < 0 ? picture.height - 1 : y
    return picture.cells[row * picture.width + column]
  }

  @Test func placesOfProjectionsAreLengths() {
    #expect(PaperCubeSheet.length("x", metres: -1_999_600) == "x −2000 km")
    #expect(PaperCubeSheet.length("y", metres: 250.4) == "y 250 m")
    #expect(PaperCubeSheet.length("y", metres: 0) == "y 0 m")
  }

  /// In the corner of a cube three faces show the same cell, whatever way it stands.
  @Test(arguments: standings) func facesMeetInTheCorners(_ standing: PaperCube.Standing) throws {
    let faces = try Self.faces(standing)
    // Left, right: -1 is the last column or row. Corners of the net that are folded together.
    let corners: [[(CubeFaces.Side, Int, Int)]] = [
      [(.front, 0, 0), (.left, -1, 0), (.top, 0, -1)],
      [(.front, -1, 0), (.right, 0, 0), (.top, -1, -1)],
      [(.front, 0, -1), (.left, -1, -1), (.bottom, 0, 0)],
      [(.front, -1, -1), (.right, 0, -1), (.bottom, -1, 0)],
      [(.back, 0, 0), (.right, -1, 0), (.top, -1, 0)],
      [(.back, -1, 0), (.left, 0, 0), (.top, 0, 0)],
      [(.back, 0, -1), (.right, -1, -1), (.bottom, -1, -1)],
      [(.back, -1, -1), (.left, 0, -1), (.bottom, 0, -1)],
    ]
    var seen: Set<UInt8> = []
    for corner in corners {
      let cells = try corner.map { try cell(faces, $0.0, $0.1, $0.2) }
      #expect(Set(cells).count == 1, "\(corner)")
      seen.formUnion(cells)
    }
    #expect(seen.count == 8)
  }

  /// With north up and time towards the viewer the front is the last map as it is stored.
  @Test func theFrontIsTheLastMap() throws {
    let faces = try Self.faces(Self.standings[0])
    #expect(faces.pictures[.front]?.cells == Self.slice(2).map)
    let top = try #require(faces.pictures[.top])
    #expect((top.width, top.height) == (5, 3))
    #expect(top.cells.suffix(5) == Self.slice(2).map?.prefix(5))
    // A cube of depths has the map of the surface on top.
    let deep = try Self.faces(Self.standings[2])
    #expect(deep.pictures[.top]?.cells.count == 20)
    #expect(Set(deep.pictures[.top]?.cells ?? []) == Set(Self.slice(0).map ?? []))
  }

  @Test func whatTheJournalKeepsReadsBack() throws {
    let slice = Self.slice(1)
    #expect(SliceColours(try JSONValue(parsing: Array(slice.json.serialized().utf8))) == slice)
    for damaged in [
      "{}", #"{"rows":4,"columns":5,"edges":"AAAA","map":null}"#, "null",
      #"{"rows":-1,"columns":9999999}"#,
    ] {
      let read = SliceColours(try JSONValue(parsing: Array(damaged.utf8)))
      #expect(read?.edges == nil && read?.map == nil)
    }
  }

  private func variable(_ folder: TemporaryFolder) throws -> Variable {
    var cube = TestCube(
      x: TestCube.centres(from: 5, step: 0.25, count: 12),
      y: TestCube.centres(from: 40, step: -0.25, count: 8))
    cube.days = [0, 1, 2, 3, 4]
    let path = try cube.write(to: folder) { time, row, column in
      Double(100 * time + 10 * row + column)
    }
    return try #require(try Cube.open([path]).variable(named: "v"))
  }

  private func sheet(_ variable: Variable, title: String = "V", _ folder: TemporaryFolder) throws
    -> String
  {
    let fields = (0..<5).map { FieldSelection(time: $0, extras: []) }
    let cube = try PaperCube(
      dataset: "d", datasetTitle: "D", attribution: "A & B", key: "v", title: title,
      variable: variable,
      style: try Style(
        id: "s", title: "S", colourMap: try #require(ColourMap.named("viridis")), range: 0...600),
      fields: fields)
    let site = try SiteFolder(path: folder.path + "/site")
    let builder = PaperCubeBuilder(cube, folder: site, journal: Journal(site))
    let memory = FieldMemory(budget: 64 << 20, scratchFolder: folder.path)
    let records = try fields.map { field in
      let levels = try Levels(
        of: variable, field: field, memory: memory, pool: WorkerPool(workers: 1))
      let record = UnitRecord(
        fingerprint: builder.fingerprint(of: field, source: "s"), objects: [],
        summary: try builder.build(field, levels: levels).summary)
      return FinishedUnit(record, of: builder.unit(of: field))
    }
    let objects = try builder.seal(records, of: fields)
    #expect(objects.map(\.key) == ["datasets/d/paper-cube/v.svg", "datasets/d/paper-cube/v.pdf"])
    // One A4 page in points of 1/72 inch, the same bytes again, no date.
    let pdf = String(decoding: try site.read("datasets/d/paper-cube/v.pdf") ?? [], as: UTF8.self)
    #expect(pdf.hasPrefix("%PDF-1."))
    #expect(pdf.contains(#/MediaBox \[ 0 0 841\.88\d* 595\.27\d* \]/#))
    #expect(!pdf.contains("CreationDate"))
    #expect(try builder.seal(records, of: fields) == objects)
    return String(decoding: try site.read("datasets/d/paper-cube/v.svg") ?? [], as: UTF8.self)
  }

  @Test func theSheetHasSixFacesSevenTabsAndLabels() throws {
    let folder = try TemporaryFolder()
    let svg = try sheet(try variable(folder), title: "<Heat> & more", folder)
    #expect(svg.matches(of: #/<image /#).count == 6)
    #expect(svg.matches(of: #/<polygon /#).count == 7)
    for words in ["width=\"297mm\"", "&lt;Heat&gt; &amp; more", "A &amp; B", "5° E", "40° N"] {
      #expect(svg.contains(words), "\(words)")
    }
    #expect(try sheet(try variable(folder), title: "<Heat> & more", folder) == svg)
  }

  @Test func oneSliceIsNoCube() throws {
    let folder = try TemporaryFolder()
    let variable = try variable(folder)
    #expect(throws: PaperCubeError.self) {
      try PaperCube(
        dataset: "d", datasetTitle: "D", attribution: nil, key: "v", title: "V",
        variable: variable,
        style: try Style(
          id: "s", title: "S", colourMap: try #require(ColourMap.named("viridis")), range: 0...1),
        fields: [FieldSelection(time: 2, extras: [])])
    }
  }
}
