public import Cubes
import Foundation
import Grids
import Images
import JSON
public import Jobs
public import Multiscales
public import Stores

/// Makes the sheet of a paper cube from the fields of a variable.
///
/// A field leaves behind the colours of its four edges, and the first and last one those of all of
/// their cells, in the journal: some kilobytes each. The sheet is put together from them after the
/// pass.
public final class PaperCubeBuilder: FieldProduct {
  /// Changes whenever the same input would give another sheet.
  private static let productVersion = 3

  /// The cube.
  public let cube: PaperCube
  private let folder: SiteFolder
  private let journal: Journal
  private let numbers: [FieldSelection: Int]

  /// Prepares a cube.
  ///
  /// - Parameters:
  ///   - cube: what it is of.
  ///   - folder: where the site is written.
  ///   - journal: remembers what fields left behind.
  public init(_ cube: PaperCube, folder: SiteFolder, journal: Journal) {
    self.cube = cube
    self.folder = folder
    self.journal = journal
    numbers = Dictionary(
      cube.slices.enumerated().map { ($0.element, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The name of the unit of work that a field is.
  public func unit(of field: FieldSelection) -> String {
    (["paper-cube", cube.dataset, cube.key] + cube.variable.labels(of: field))
      .joined(separator: "/")
  }

  /// Says from what and how the colours of a field are taken; those that the cube does not show are
  /// always up to date.
  public func fingerprint(of field: FieldSelection, source: String) -> String {
    guard numbers[field] != nil else { return "not shown" }
    let grid = cube.variable.grid
    let text =
      "paper-cube \(Self.productVersion) \(cube.style)\n\(grid.rows) \(grid.columns) "
      + "\(cube.halvings)\n\(source)\n"
    return sha256Hex(Array(text.utf8))
  }

  /// What of a field the cube shows.
  private func wanted(_ field: FieldSelection) -> (edges: Bool, map: Bool) {
    guard let number = numbers[field] else { return (false, false) }
    return (number % cube.stride == 0, number == 0 || number == cube.slices.count - 1)
  }

  /// Also those that were up to date, and of which more is shown now.
  ///
  /// - Throws: `StoreError` where the journal cannot be read.
  public func fieldsToMake(
    stale: Set<FieldSelection>, of fields: [FieldSelection]
  ) throws -> Set<FieldSelection> {
    var made = stale
    for field in fields where !stale.contains(field) {
      let (edges, map) = wanted(field)
      guard edges || map else { continue }
      let record = try journal.record(of: unit(of: field))
      let colours = record.flatMap { SliceColours($0.summary) }
      if colours == nil || edges && colours?.edges == nil || map && colours?.map == nil {
        made.insert(field)
      }
    }
    return made
  }

  /// Takes the colours of a field.
  public func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult {
    let (edges, map) = wanted(field)
    guard edges || map, let level = levels.levels.prefix(cube.halvings + 1).last else {
      return FieldResult(objects: [], summary: .null)
    }
    let colours = SliceColours(level, style: cube.style, edges: edges, map: map)
    return FieldResult(objects: [], summary: colours.json)
  }

  /// Draws the sheet.
  ///
  /// - Parameters:
  ///   - records: what the fields left behind, in the order of `fields`.
  ///   - fields: the fields.
  /// - Returns: the sheet as SVG and as PDF; nothing where colours are missing.
  /// - Throws: `StoreError` where it cannot be written, `ImageError` where it cannot be drawn.
  public func seal(_ records: [FinishedUnit], of fields: [FieldSelection]) throws -> [BuiltObject] {
    var colours: [Int: SliceColours] = [:]
    for (field, record) in zip(fields, records) {
      if let number = numbers[field] { colours[number] = SliceColours(record.summary) }
    }
    let shown = Swift.stride(from: 0, to: cube.slices.count, by: cube.stride)
      .compactMap { colours[$0] }
    guard let first = colours[0], let last = colours[cube.slices.count - 1],
      let faces = CubeFaces(first: first, last: last, slices: shown, standing: cube.standing)
    else { return [] }
    let sheet = PaperCubeSheet(cube, faces: faces)
    let svg = try sheet.svg()
    return try [(cube.path, Array(svg.utf8)), (cube.pdfPath, try sheet.pdf(of: svg))].map {
      key, bytes in
      try folder.write(bytes, to: key)
      return BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes))
    }
  }

  /// The units whose records are needed as long as there is the cube, given the fields.
  public func units(_ fields: [FieldSelection]) -> [String] { fields.map { unit(of: $0) } }
}

/// The colours of one slice, as places in the palette of its style.
struct SliceColours: Equatable {
  let rows: Int
  let columns: Int
  /// First and last row, first and last column, one after the other.
  let edges: [UInt8]?
  /// All cells, row by row.
  let map: [UInt8]?

  init(rows: Int, columns: Int, edges: [UInt8]?, map: [UInt8]?) {
    self.rows = rows
    self.columns = columns
    self.edges = edges
    self.map = map
  }

  /// Takes them from the cells of a level.
  init(_ level: Levels.Level, style: Style, edges: Bool, map: Bool) {
    rows = level.rows
    columns = level.columns
    let colouriser = Colouriser(style)
    func indices(_ values: [Float]) -> [UInt8] {
      var result = [UInt8](repeating: 0, count: values.count)
      _ = values.withUnsafeBufferPointer { values in
        result.withUnsafeMutableBufferPointer { colouriser.indices(of: values, into: $0) }
      }
      return result
    }
    func row(_ number: Int) -> [Float] {
      Array(UnsafeBufferPointer(start: level.row(number), count: level.columns))
    }
    self.map = map ? indices((0..<level.rows).flatMap(row)) : nil
    guard edges else {
      self.edges = nil
      return
    }
    let sides = [0, level.columns - 1].flatMap { column in
      (0..<level.rows).map { level.row($0)[column] }
    }
    self.edges = indices(row(0) + row(level.rows - 1) + sides)
  }

  /// As the journal keeps them.
  var json: JSONValue {
    func text(_ bytes: [UInt8]?) -> JSONValue {
      bytes.map { .string(Data($0).base64EncodedString()) } ?? .null
    }
    return [
      "rows": .integer(Int64(rows)), "columns": .integer(Int64(columns)), "edges": text(edges),
      "map": text(map),
    ]
  }

  /// Reads what the journal keeps; `nil` where it is something else.
  init?(_ json: JSONValue) {
    guard let rows = json["rows"]?.intValue, let columns = json["columns"]?.intValue,
      (1...4096).contains(rows), (1...4096).contains(columns)
    else { return nil }
    func bytes(_ name: String, count: Int) -> [UInt8]? {
      guard let text = json[name]?.stringValue, let data = Data(base64Encoded: text),
        data.count == count
      else { return nil }
      return Array(data)
    }
    self.rows = rows
    self.columns = columns
    edges = bytes("edges", count: 2 * (rows + columns))
    map = bytes("map", count: rows * columns)
  }

  /// The cells of an edge: axis 1 is the first or last row, 2 the first or last column.
  func edge(axis: Int, last: Bool) -> ArraySlice<UInt8> {
    guard let edges else { return [] }
    if axis == 1 {
      let start = last ? columns : 0
      return edges[start..<start + columns]
    }
    let start = 2 * columns + (last ? rows : 0)
    return edges[start..<start + rows]
  }
}
