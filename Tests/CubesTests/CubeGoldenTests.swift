import Grids
import JSON
import TestKit
import Testing

@testable import Cubes

/// Compares a cube with what Python read in the same files.
struct Expectation {
  let sources: [String]
  let golden: JSONValue

  func check() throws {
    var options = CubeOptions()
    options.crs = golden["options"]?["crs"]?.stringValue
    options.joinDimension = golden["options"]?["join"]?.stringValue
    let cube = try Cube.open(sources, options: options)
    for (name, expected) in try #require(golden["variables"]?.objectValue) {
      let variable = try #require(cube.variable(named: name), "\(name); skipped: \(cube.skipped)")
      try checkAxes(of: variable)
      try checkValues(of: variable, expected)
    }
    for id in golden["notes"]?.arrayValue ?? [] {
      #expect(cube.notes.contains { $0.id == id.stringValue }, "\(id): \(cube.notes)")
    }
    for name in golden["skipped"]?.arrayValue ?? [] {
      #expect(cube.skipped.contains { $0.name == name.stringValue }, "\(name): \(cube.skipped)")
    }
  }

  private func checkAxes(of variable: Variable) throws {
    if let times = golden["times"]?.arrayValue {
      #expect(variable.time?.times.map(\.iso) == times.compactMap(\.stringValue))
    }
    if case .rectilinear(let x, let y) = variable.grid.geometry {
      for (axis, key) in [(x, "columns"), (y, "rows")] {
        guard let expected = golden[key] else { continue }
        #expect(axis.count == expected["count"]?.intValue)
        #expect(axis.values.first == expected["first"]?.doubleValue)
        #expect(axis.values.last == expected["last"]?.doubleValue)
      }
    }
    for (name, labels) in golden["extras"]?.objectValue ?? JSONObject() {
      let axis = variable.extras.first { $0.name == name }
      #expect(axis?.labels == labels.arrayValue?.compactMap(\.stringValue))
    }
  }

  private func checkValues(of variable: Variable, _ expected: JSONValue) throws {
    let statistics = try variable.statistics()
    #expect(statistics.count == expected["count"]?.intValue, "\(variable.name) count")
    #expect(statistics.missing == expected["missing"]?.intValue, "\(variable.name) missing")
    for (key, value) in [
      ("minimum", statistics.minimum), ("maximum", statistics.maximum), ("mean", statistics.mean),
    ] {
      let wanted = try #require(expected[key]?.doubleValue)
      #expect(Self.near(value, wanted), "\(variable.name) \(key): \(value), not \(wanted)")
    }
    let hasTime = (variable.time?.count ?? 0) > 0
    for sample in expected["samples"]?.arrayValue ?? [] {
      var index = try #require(sample["index"]?.arrayValue).compactMap(\.intValue)
      let column = index.removeLast()
      let row = index.removeLast()
      let time = hasTime && index.count > variable.extras.count ? index.removeFirst() : nil
      let extras = Array(index.suffix(variable.extras.count))
      let values = try variable.readFloats(
        time: time, extras: extras, rows: row..<row + 1, columns: column..<column + 1)
      let value = Double(values[0])
      if let wanted = sample["value"]?.doubleValue {
        #expect(Self.near(value, wanted), "\(variable.name) \(sample): \(value)")
      } else {
        #expect(value.isNaN, "\(variable.name) \(sample): \(value)")
      }
      let series = try variable.series(row: row, column: column, extras: extras)
      #expect(Float(series[time ?? 0]).isNaN == values[0].isNaN)
      if !value.isNaN { #expect(Float(series[time ?? 0]) == values[0]) }
    }
  }

  /// Python decodes some files in single precision; a few units in its last place are allowed.
  private static func near(_ value: Double, _ wanted: Double) -> Bool {
    abs(value - wanted) <= 2e-6 * max(abs(wanted), 1e-3)
  }
}

@Suite("Cubes agree with Python")
struct CubeGoldenTests {
  @Test(
    "own fixtures, one trap each",
    arguments: [
      "packing", "types", "order", "wrap", "groups", "labels", "curvilinear", "rotated", "unnamed",
      "join", "filter", "chunks", "members",
    ])
  func fixtures(name: String) throws {
    let golden = try #require(try Golden.json("cubes_fixtures.json")[name])
    let files = golden["sources"]?.arrayValue?.compactMap(\.stringValue) ?? ["\(name).nc"]
    try Expectation(sources: files.map(Golden.fixture), golden: golden).check()
  }

  @Test("shared data", .enabled(if: Golden.shared != nil), arguments: 0..<14)
  func shared(number: Int) throws {
    let root = try #require(Golden.shared)
    let cases = try #require(try Golden.json("cubes_shared.json").arrayValue)
    #expect(cases.count == 14)
    let golden = try #require(cases.indices.contains(number) ? cases[number] : nil)
    let sources = try #require(golden["sources"]?.arrayValue).compactMap(\.stringValue)
    try Expectation(sources: sources.map { "\(root)/\($0)" }, golden: golden).check()
  }
}

@Suite("Opening cubes")
struct CubeOpeningTests {
  @Test("axes of an unnamed projection are an error that says what to do")
  func unnamedProjection() throws {
    let error = #expect(throws: CubeError.self) { try Cube.open([Golden.fixture("unnamed.nc")]) }
    #expect(error?.description.contains("crs: EPSG:3031") == true)
  }

  @Test("files of different grids do not join")
  func differentGrids() throws {
    let files = ["join0.nc", "wrap.nc"].map(Golden.fixture)
    #expect(throws: Never.self) { try Cube.open([files[0]]) }
    let error = #expect(throws: CubeError.self) { try Cube.open(files) }
    #expect(error?.reason.hasPrefix("its grid differs from that of") == true)
    #expect(throws: CubeError.self) { try Cube.open(["/nowhere/*.nc"]) }
    #expect(throws: CubeError.self) { try Cube.open([]) }
  }

  @Test(
    "dimensions beyond counting are refused before memory is taken for them",
    arguments: [[1 << 40, 2, 2], [1 << 10, 1 << 10, 1 << 10, 1 << 10, 1 << 10, 1 << 10, 2, 2]])
  func huge(shape: [Int]) throws {
    let folder = try TemporaryFolder()
    let path = try TestCube(x: [0, 1], y: [0, 1]).write(to: folder) { _, _, _ in 0 }
    let names = (0..<shape.count - 2).map { "\"d\($0)\"" } + ["\"lat\"", "\"lon\""]
    let head = """
      {"zarr_format":2,"shape":\(shape),"chunks":\(shape.map { min($0, 2) }),"dtype":"<f4",
      "compressor":null,"fill_value":0,"order":"C","filters":null}
      """
    try folder.write(head.utf8, to: "cube.zarr/v/.zarray")
    let attributes = #"{"_ARRAY_DIMENSIONS":[\#(names.joined(separator: ","))]}"#
    try folder.write(attributes.utf8, to: "cube.zarr/v/.zattrs")
    let error = #expect(throws: CubeError.self) { try Cube.open([path]) }
    #expect(error?.description.contains("more than") == true)
  }

  @Test("blocks are disjoint, cover the window and keep to chunks")
  func blocks() throws {
    let cube = try Cube.open([Golden.fixture("groups.nc")])
    let variable = try #require(cube.variables.first)
    let blocks = variable.blocks(rows: 1..<4, columns: 0..<5)
    #expect(blocks.reduce(0) { $0 + $1.count } == 15)
    #expect(blocks.allSatisfy { $0.rows.lowerBound >= 1 && $0.rows.upperBound <= 4 })
  }

  @Test("flags are words, also as bits in floating point")
  func flags() throws {
    let bits = try #require(
      FlagTable(attributes: [
        "flag_masks": [-2_147_483_648, 1], "flag_meanings": "land cloud",
      ]))
    #expect(bits.kind == .masks)
    #expect(bits.meanings(of: 2_147_483_649) == ["land", "cloud"])
    #expect(bits.meanings(of: -2_147_483_648) == ["land"])
    #expect(bits.meanings(of: .nan).isEmpty)
    let cube = try Cube.open([Golden.fixture("labels.nc")])
    let classes = try #require(cube.variable(named: "classes"))
    #expect(classes.isCategorical)
    #expect(classes.flags?.meanings(of: 1) == ["sea"] || classes.flags?.entries.count == 3)
  }

  @Test("a fingerprint names the step and not the folder")
  func fingerprints() throws {
    let cube = try Cube.open(["join0.nc", "join1.nc"].map(Golden.fixture))
    let field = try #require(cube.variable(named: "field"))
    let prints = try (0..<5).map { try field.fingerprint(time: $0, extras: []) }
    #expect(Set(prints).count == 5)
    #expect(prints.allSatisfy { !$0.contains("/") })
  }

  @Test("fields that are read together are as those read alone")
  func fieldsTogether() throws {
    var largest = 0
    for name in try Golden.fixtureNames() {
      guard let cube = try? Cube.open([Golden.fixture(name)]) else { continue }
      for variable in cube.variables {
        let fields = (0..<(variable.time?.count ?? 1)).flatMap { step in
          variable.extraPositions.map { FieldSelection(time: step, extras: $0) }
        }
        let groups = try variable.storageGroups(of: fields)
        #expect(Set(groups.flatMap(\.self)) == Set(fields))
        largest = max(largest, groups.map(\.count).max() ?? 0)
        // Without the first, the part that is read does not begin where the chunk does.
        for group in groups + groups.map({ Array($0.dropFirst()) }) + [fields] {
          for block in variable.blocks {
            var taken: Set<Int> = []
            try variable.read(group, rows: block.rows, columns: block.columns) {
              (number, window) throws(CubeError) in
              var values = [Double](repeating: 0, count: block.count)
              try window.decode(into: &values, rowStride: block.columns.count)
              let alone = try variable.readDoubles(
                time: group[number].time, extras: group[number].extras, rows: block.rows,
                columns: block.columns)
              #expect(values.map(\.bitPattern) == alone.map(\.bitPattern), "\(name)")
              taken.insert(number)
            }
            #expect(taken == Set(group.indices))
          }
        }
      }
    }
    #expect(largest > 1)
  }

  @Test("a field that no source has is missing, and one that two have is that of the first")
  func joinedMembers() throws {
    let files = ["member_e0.nc", "member_e1.nc", "member_e0.nc", "member_e2.nc"]
    let cube = try Cube.open(
      files.map(Golden.fixture), options: CubeOptions(joinDimension: "member"))
    let field = try #require(cube.variable(named: "field"))
    #expect(field.dimensionNames == ["time", "member", "lat", "lon"])
    #expect(field.shape == [3, 4, 4, 5])
    #expect(field.extras.map(\.values) == [[2, 7, 3, 1]])
    #expect(cube.notes.contains { $0.id == "repeated-times" })
    let gap = try field.readDoubles(time: 2, extras: [1], rows: 0..<4, columns: 0..<5)
    #expect(!gap.contains { !$0.isNaN })
    #expect(try field.series(row: 1, column: 2, extras: [3]).map(\.isNaN) == [true, false, false])
    let prints = try (0..<3).map { try field.fingerprint(time: $0, extras: [1]) }
    #expect(Set(prints).count == 3)
  }

  @Test("a dimension to join along that is not there is refused with those that are")
  func joinAlongNothing() throws {
    let files = ["member_e0.nc", "member_e1.nc"].map(Golden.fixture)
    let error = #expect(throws: CubeError.self) {
      try Cube.open(files, options: CubeOptions(joinDimension: "membr"))
    }
    #expect(error?.description.contains("membr") == true)
    #expect(error?.description.contains("they have member") == true)
    #expect(throws: CubeError.self) { try Cube.open(files) }
  }
}
