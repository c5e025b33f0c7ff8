import Cubes
import Foundation
import Grids
import Images
import JSON
import Jobs
import Multiscales
import PublishedArrays
import Pyramids
import Recipes
import Stores
import Vectors
import ViewerLayers

/// Turns what the units of a dataset left behind into the description that services and pages are
/// made from, and makes the pictures that belong to it.
struct DatasetSummary {
  private let build: DatasetBuild
  private let workshop: Workshop
  private var objects: [BuiltObject] = []
  /// What readers of the report should know.
  private(set) var notes: [String] = []
  /// The units whose records are still needed.
  private(set) var units: Set<String> = []

  init(_ build: DatasetBuild, workshop: Workshop) {
    self.build = build
    self.workshop = workshop
  }

  /// Legends, thumbnails and what else was made for the description.
  var files: ProductFiles { ProductFiles(others: objects) }

  /// Describes the dataset.
  ///
  /// - Throws: where a picture cannot be made or written.
  mutating func describe() throws -> BuiltDataset {
    let recipe = build.prepared.recipe
    let cube = build.prepared.cube
    var variables: [BuiltVariable] = []
    for (number, variable) in build.prepared.variables.enumerated() {
      if let built = try describe(variable, number: number) { variables.append(built) }
    }
    let first = build.prepared.variables[0].variable
    let times = build.prepared.variables.compactMap { variable in
      variable.variable.time.map { axis in
        let chosen = variable.fields.compactMap(\.time).map { axis.labels[$0] }
        return (first: chosen.first ?? "", last: chosen.last ?? "", count: Set(chosen).count)
      }
    }.max { $0.count < $1.count }
    return BuiltDataset(
      id: recipe.id, title: recipe.title ?? cube.title ?? recipe.id,
      description: recipe.description ?? cube.summary, bounds: first.grid.geographicBounds,
      crs: first.grid.crs, columns: first.grid.columns, rows: first.grid.rows,
      resolution: Self.resolution(of: first.grid),
      timeRange: times.map { TimeRange(first: $0.first, last: $0.last, count: $0.count) },
      calendar: build.prepared.variables.compactMap(\.variable.time?.calendar.rawValue).first,
      attributes: cube.attributes, licence: recipe.licence ?? cube.licence,
      attribution: recipe.attribution ?? cube.institution, doi: recipe.doi,
      keywords: recipe.keywords, sources: cube.sources.map(Self.publicName),
      links: recipe.links.map { DatasetLink(title: $0.title, url: $0.url) },
      places: try writePlaces(),
      composites: try recipe.composites.map { try composite($0, among: variables) },
      notes: cube.notes,
      arrays: build.prepared.arrays.built(cube: build.cube, series: build.series),
      terrain: build.prepared.terrain?.built(build.terrain),
      variables: variables)
  }

  /// Joins the recipe's files of places into one; its key.
  private mutating func writePlaces() throws -> String? {
    let recipe = build.prepared.recipe
    guard !recipe.places.isEmpty else { return nil }
    var places = Places()
    for path in recipe.places {
      let file = URL(fileURLWithPath: path)
      guard let bytes = try? Data(contentsOf: file) else {
        throw CommandError(description: "dataset \(recipe.id): cannot read the places in \(path)")
      }
      try places.add(Array(bytes), source: file.lastPathComponent)
    }
    let key = "datasets/\(recipe.id)/places.geojson"
    try write(Array(places.document.serialized().utf8), to: key)
    return key
  }

  private func composite(
    _ composite: CompositeRecipe, among variables: [BuiltVariable]
  ) throws -> BuiltComposite {
    let bands = try [composite.red, composite.green, composite.blue].map { band in
      guard let variable = variables.first(where: { $0.name == band.variable }) else {
        throw CommandError.unknownVariable(
          band.variable, source: "the composite \(composite.id)", known: variables.map(\.name))
      }
      return BuiltComposite.Band(variable: variable.key, dark: band.dark, bright: band.bright)
    }
    return BuiltComposite(id: composite.id, title: composite.title, bands: bands)
  }

  private mutating func describe(
    _ prepared: PreparedDataset.PreparedVariable, number: Int
  ) throws -> BuiltVariable? {
    let plan = prepared.builder.plan
    let records = build.records[number]
    for field in prepared.fields { units.insert(prepared.builder.unit(of: field)) }
    for style in plan.styles {
      units.insert("measure/\(plan.dataset)/\(plan.key)/\(style.style.id)")
    }
    let summaries = records.compactMap { UnitSummary($0.summary) }
    let shown = zip(prepared.fields, summaries)
      .filter { $0.1.showsSomething }
    noteEmptyFields(prepared, shown: shown.count)
    guard let best = shown.max(by: { $0.1.statistics.valid <= $1.1.statistics.valid }) else {
      return nil
    }
    let title = prepared.recipe.title ?? prepared.variable.longName ?? prepared.variable.name
    let place = prepared.fields.firstIndex(of: best.0) ?? 0
    let thumbnails = try thumbnails(
      of: prepared, field: best.0, fingerprint: records[place].fingerprint)
    let styles = try plan.styles.enumerated().map { index, style in
      try describe(
        style, title: title, plan: plan, summaries: summaries, thumbnail: thumbnails[index])
    }
    let variable = prepared.variable
    let shownFirst = Self.shownFirst(of: shown)
    return BuiltVariable(
      name: variable.name, key: plan.key, title: title, units: variable.units,
      standardName: variable.standardName, description: prepared.recipe.description,
      group: prepared.recipe.group,
      attributes: variable.attributes, kind: variable.isCategorical ? .categorical : .continuous,
      dimensions: TileDimension.dimensions(
        of: variable, fields: shown.map(\.0), shownFirst: shownFirst),
      measured: Self.measured(summaries),
      histogram: plan.styles.first.flatMap { first in
        ValueHistogram(summing: summaries.map(\.histogram), style: first.style)
      },
      coverage: Self.coverage(of: variable, fields: prepared.fields, summaries),
      flags: variable.flags,
      arrays: build.prepared.arrays.isEmpty
        ? nil
        : BuiltVariableArrays(
          build.prepared.arrays.published.variables[number],
          dimensions: TileDimension.dimensions(
            of: variable, fields: prepared.fields, shownFirst: shownFirst),
          maximumError: build.maximumErrors[number]),
      paperCube: build.paperCubes[number].map(\.key).first { $0.hasSuffix(".svg") },
      paperCubePDF: build.paperCubes[number].map(\.key).first { $0.hasSuffix(".pdf") },
      viewerLayer: prepared.viewerLayer?.layer.kind.rawValue, styles: styles)
  }

  private mutating func noteEmptyFields(
    _ prepared: PreparedDataset.PreparedVariable, shown: Int
  ) {
    let empty = prepared.fields.count - shown
    guard empty > 0 else { return }
    notes.append(
      shown == 0
        ? "\(prepared.variable.name) holds no value at all and is left out"
        : "\(prepared.variable.name): \(empty) of \(prepared.fields.count) fields hold no value "
          + "and have no tiles")
  }

  /// The latest field that shows at least half as much as the one that shows most: of a sea seen
  /// through clouds, the last day need not be the one to see first.
  private static func shownFirst(
    of shown: [(FieldSelection, UnitSummary)]
  ) -> FieldSelection? {
    let most = shown.map(\.1.statistics.valid).max() ?? 0
    return shown.last { $0.1.statistics.valid * 2 >= most }?.0
  }

  /// The share of valid cells at each time, over all positions of further dimensions.
  private static func coverage(
    of variable: Variable, fields: [FieldSelection], _ summaries: [UnitSummary]
  ) -> TimeCoverage? {
    guard let axis = variable.time else { return nil }
    var counted: [Int: FieldStatistics] = [:]
    for (field, summary) in zip(fields, summaries) {
      if let time = field.time { counted[time, default: FieldStatistics()].add(summary.statistics) }
    }
    let steps = counted.sorted { $0.key < $1.key }
    return TimeCoverage(
      times: steps.map { axis.labels[$0.key] },
      shares: steps.map {
        Double($0.value.valid) / Double(max(1, $0.value.valid + $0.value.missing))
      })
  }

  private static func measured(_ summaries: [UnitSummary]) -> MeasuredValues? {
    let all = summaries.reduce(into: FieldStatistics()) { $0.add($1.statistics) }
    guard all.valid > 0 else { return nil }
    return MeasuredValues(
      minimum: Double(all.minimum), maximum: Double(all.maximum),
      missingShare: Double(all.missing) / Double(all.valid + all.missing), sampled: false)
  }

  private mutating func describe(
    _ planned: TilePlan.PlannedStyle, title: String, plan: TilePlan, summaries: [UnitSummary],
    thumbnail: String
  ) throws -> BuiltStyle {
    let layers = plan.matrixSets.compactMap { set -> TileLayer? in
      var all: BuiltTiles?
      for tiles in summaries.flatMap(\.layers)
      where tiles.style == planned.style.id && tiles.tileMatrixSet == set.tileMatrixSet.id {
        all?.add(tiles)
        all = all ?? tiles
      }
      guard let all, let minimum = all.limits.keys.min(), let maximum = all.limits.keys.max() else {
        return nil
      }
      return TileLayer(
        tileMatrixSet: set.tileMatrixSet, minZoom: minimum, maxZoom: maximum, limits: all.limits,
        tileCount: all.count, byteCount: all.bytes)
    }
    let legend = Legend(style: planned.style, title: title, units: plan.variable.units)
    let key = "datasets/\(plan.dataset)/legends/\(plan.key)/\(planned.style.id)"
    let png = try legend.png(scale: 1)
    try write(png, to: key + ".png")
    try write(Array(legend.svg().utf8), to: key + ".svg")
    return BuiltStyle(
      style: planned.style, format: planned.format, layers: layers, legendPNG: key + ".png",
      legendSVG: key + ".svg", legendWidth: legend.size.width, legendHeight: legend.size.height,
      thumbnail: thumbnail)
  }

  /// Small pictures of the field that shows most, one for each style.
  private mutating func thumbnails(
    of prepared: PreparedDataset.PreparedVariable, field: FieldSelection, fingerprint: String
  ) throws -> [String] {
    let plan = prepared.builder.plan
    let unit = "thumbnails/\(plan.dataset)/\(plan.key)"
    units.insert(unit)
    let keys = plan.styles.map {
      "datasets/\(plan.dataset)/thumbnails/\(plan.key)/\($0.style.id).png"
    }
    if let record = try workshop.journal.record(of: unit), record.fingerprint == fingerprint,
      record.objects.map(\.key) == keys
    {
      objects += record.objects
      return keys
    }
    let thumbnail =
      try prepared.builder.thumbnail(of: field)
      ?? Thumbnail(
        try Levels(
          of: prepared.variable, field: field, memory: workshop.memory, pool: workshop.pool),
        of: prepared.variable.grid)
    let start = objects.count
    for (key, style) in zip(keys, plan.styles) {
      try write(try thumbnail.png(style.style), to: key)
    }
    try workshop.journal.save(
      UnitRecord(fingerprint: fingerprint, objects: Array(objects[start...]), summary: [:]),
      of: unit)
    return keys
  }

  private mutating func write(_ bytes: [UInt8], to key: String) throws(StoreError) {
    try workshop.folder.write(bytes, to: key)
    objects.append(BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes)))
  }

  /// The size of a cell in words.
  private static func resolution(of grid: Grid) -> String {
    let metres = grid.resolutionMetres
    let ground =
      metres >= 1000
      ? CubeDescription.short((metres / 100).rounded() / 10) + " km"
      : CubeDescription.short((metres * 10).rounded() / 10) + " m"
    guard grid.crs.isGeographic, case .rectilinear(let x, _) = grid.geometry else { return ground }
    return CubeDescription.short(abs(x.step)) + "° (" + ground + ")"
  }

  /// A source without the folders of this machine, and without what an address should keep secret.
  private static func publicName(_ source: String) -> String {
    if source.hasPrefix("http://") || source.hasPrefix("https://") {
      return String(source.prefix { $0 != "?" && $0 != "#" })
    }
    return source.split(separator: "/").last.map(String.init) ?? source
  }
}
