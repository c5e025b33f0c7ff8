import Buckets
import Cubes
import Foundation
import Grids
import Images
import JSON
import Recipes
import Testing

@Suite("Recipes")
struct RecipeTests {
  @Test func oneLineIsEnough() throws {
    let recipe = try Recipe.parse("datasets: [data/Sea Surface.nc]", path: "sites/demo/r.yaml")
    #expect(recipe.datasets.map(\.id) == ["sea-surface"])
    #expect(recipe.datasets.map(\.sources) == [["sites/demo/data/Sea Surface.nc"]])
    #expect(recipe.site.serviceBaseURL == "http://localhost:8000/")
    #expect(recipe.datasets[0].tileMatrixSets == nil)
  }

  @Test func recipesOfAnIncludedFolderBringDatasets() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/recipes-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/publish", withIntermediateDirectories: true)
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    try write("datasets: [a.nc]\ninclude: [publish, none]", "site.yaml")
    let alone = try Recipe.load(path: folder + "/site.yaml")
    #expect(alone.datasets.map(\.id) == ["a"])
    try write("datasets: [{id: c, source: /data/c.nc}]", "publish/2.yaml")
    try write("datasets: [b.nc]", "publish/1.yaml")
    try write("no recipe", "publish/notes.txt")
    let recipe = try Recipe.load(path: folder + "/site.yaml")
    #expect(recipe.datasets.map(\.id) == ["a", "b", "c"])
    #expect(recipe.datasets.map(\.sources)[1] == ["\(folder)/publish/b.nc"])
    for (text, id) in [
      ("datasets: [a.nc]", "duplicate-id"),
      ("datasets: [b.nc]\ninclude: [x]", "more-than-datasets"),
    ] {
      try write(text, "publish/1.yaml")
      let error = #expect(throws: RecipeProblems.self) {
        try Recipe.load(path: folder + "/site.yaml")
      }
      #expect(error?.problems.map(\.id) == [id])
      #expect(error?.path.hasSuffix("publish/1.yaml") == true)
    }
  }

  @Test func everyKeyIsRead() throws {
    let recipe = try Recipe.parse(
      """
      site:
        title: Sea
        description: About the sea.
        base-url: https://example.org/sea
        provider: {name: Institute, url: https://example.org, email: a@example.org}
        language: de
      datasets:
        - id: sst
          source: ["../sst_*.nc", https://example.org/x.zarr, /data/y.nc]
          title: Temperature
          description: |
            Monthly.
          licence: CC-BY-4.0
          attribution: Institute
          doi: https://doi.org/10.5285/abc
          keywords: [ocean, 2017]
          links: [{title: More, url: https://example.org/more}]
          places: [towns.geojson, /data/areas.geojson]
          composites:
            - title: Two things
              red: {variable: sst, range: [271, 305]}
              green: {variable: anomaly, range: [5, -5]}
              blue: {variable: sst, range: [280, 290.5]}
          join: time
          crs: EPSG:4326
          time-variable: t
          levels: use
          variables:
            - anomaly
            - name: sst
              title: Temperature
              group: Surface
              styles:
                - colours: thermal_r
                  range: [271.15, 305]
                  below: "#000000"
                  missing: transparent
                  interpolation: nearest
                - {id: log, colours: ["#000000", "#ff0000"], scale: log, range: {percentiles: [1, 99]}}
                - {id: sym, scale: {symmetric: 0.5}, centre: 1, range: valid}
                - {id: classes, categories: [{value: 1, label: ice, colour: "#ffffff"}, {value: 2, label: sea}]}
          times: {from: 2015-01, every: 2}
          extras: {depth: [0, 10.5, top]}
          tile-matrix-sets: [WorldCRS84Quad]
          max-zoom: 4
          format: webp
          effort: small
      """, path: "/sites/demo/recipe.yaml")
    #expect(recipe.site.baseURL == "https://example.org/sea/")
    #expect(recipe.site.provider?.email == "a@example.org")
    let dataset = try #require(recipe.datasets.first)
    #expect(
      dataset.sources == ["/sites/sst_*.nc", "https://example.org/x.zarr", "/data/y.nc"])
    #expect(dataset.doi == "10.5285/abc")
    #expect(dataset.keywords == ["ocean", "2017"])
    #expect(dataset.places == ["/sites/demo/towns.geojson", "/data/areas.geojson"])
    let composite = try #require(dataset.composites.first)
    #expect(composite.id == "rgb" && composite.title == "Two things")
    #expect(composite.green == .init(variable: "anomaly", dark: 5, bright: -5))
    #expect(dataset.variables.map(\.group) == [nil, "Surface"])
    #expect(dataset.options.levels == .useExisting)
    #expect(dataset.times == .range(from: "2015-01", to: nil, every: 2))
    #expect(dataset.extras == ["depth": ["0", "10.5", "top"]])
    #expect(dataset.tileMatrixSets?.map(\.id) == ["WorldCRS84Quad"])
    #expect(dataset.format == .webp)
    #expect(dataset.effort == .small)
    #expect(dataset.variables.map(\.name) == ["anomaly", "sst"])
    let styles = dataset.variables[1].styles
    #expect(styles.map(\.id) == ["default", "log", "sym", "classes"])
    #expect(styles[0].range == .explicit(271.15...305))
    #expect(styles[0].colourMap?.name == "thermal_r")
    #expect(styles[0].missing == .transparent)
    #expect(styles[1].range == .percentiles(lower: 1, upper: 99))
    #expect(styles[1].colourMap?.colours.last == RGBA(r: 255, g: 0, b: 0))
    #expect(styles[2].scale == .symmetric(linearWithin: 0.5))
    #expect(styles[3].scale == .categorical)
    #expect(styles[3].categories.map(\.label) == ["ice", "sea"])
  }

  @Test(arguments: [
    (["a/sst.nc", "b/sst.nc"], ["sst", "sst-2"]),
    (["https://x.org/data/Cube 1.zarr/"], ["cube-1"]),
    (["data/2017/*.nc"], ["2017"]),
    (["ostia_*.nc"], ["ostia"]),
    (["*.nc"], ["dataset"]),
    (["demo.levels", "demo.zarr.zip"], ["demo", "demo-2"]),
    (["Größe.nc"], ["gr-e"]),
  ])
  func idsFollowFromSources(sources: [String], ids: [String]) {
    #expect(Recipe.automatic(sources: sources).datasets.map(\.id) == ids)
  }

  @Test func publishingAndBucketsAreRead() throws {
    let recipe = try Recipe.parse(
      """
      publish: {to: "s3://cubes/ocean", endpoint: "https://s3.example.org", grace: 12h, keep: 3,
        addressing: virtual}
      datasets:
        - source: s3://archive/sst.zarr
          s3: {endpoint: "https://archive.example.org", region: eu, profile: reader, anonymous: true}
        - source: a.nc
      """, path: "r.yaml")
    let publish = try #require(recipe.publish)
    #expect(publish.target == "s3://cubes/ocean" && publish.keep == 3)
    #expect(publish.grace?.seconds == 43_200)
    #expect(publish.bucket.endpoint == "https://s3.example.org")
    #expect(publish.bucket.style == .virtual)
    let bucket = recipe.datasets[0].options.bucket
    #expect(recipe.datasets[0].sources == ["s3://archive/sst.zarr"])
    #expect(bucket.endpoint == "https://archive.example.org" && bucket.region == "eu")
    #expect(bucket.profile == "reader" && bucket.isAnonymous)
    #expect(recipe.datasets[1].options.bucket.endpoint == nil)
    #expect(throws: RecipeProblems.self) {
      try Recipe.parse("publish: {to: a, grace: soon}\ndatasets: [a.nc]", path: "r.yaml")
    }
    #expect(throws: RecipeProblems.self) {
      try Recipe.parse("publish: {to: 'https://a'}\ndatasets: [a.nc]", path: "r.yaml")
    }
  }

  @Test func terrainIsRead() throws {
    let text = """
      datasets:
        - source: a.nc
          terrain:
            variable: z
            heights-above: ellipsoid
            units: ft
            error: 5
            missing: -10
            water: {variable: lsm, values: [0]}
            rgb: false
      """
    let terrain = try #require(try Recipe.parse(text, path: "r.yaml").datasets.first?.terrain)
    #expect(
      terrain
        == TerrainRecipe(
          variable: "z", heightsAbove: "ellipsoid", units: "ft", error: 5, missing: -10,
          water: .values([0], variable: "lsm"), hasPictures: false))
    // From where heights are counted is never guessed.
    #expect(throws: RecipeProblems.self) {
      try Recipe.parse("datasets: [{source: a.nc, terrain: {variable: z}}]", path: "r.yaml")
    }
  }

  /// The schema is kept for editors; `RECORD=1 swift test` writes it anew.
  @Test func theSchemaIsCurrent() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Recipes/schema.json")
    let schema = RecipeSchema.document.serialized(pretty: true)
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try schema.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == schema)
  }
}

@Suite("Recipes of arrays")
struct ArrayRecipeTests {
  private func dataset(_ keys: String) throws -> DatasetRecipe {
    let text = "datasets:\n  - source: a.nc\n" + keys
    return try #require(try Recipe.parse(text, path: "r.yaml").datasets.first)
  }

  @Test func bothProductsAreMadeWithoutAWord() throws {
    let dataset = try dataset("")
    #expect(dataset.cube == CubeRecipe(zarrFormat: 3, quantisation: .lossless))
    #expect(dataset.series == SeriesRecipe(isGrowing: false))
    #expect(Recipe.automatic(sources: ["a.nc"]).datasets[0].cube == CubeRecipe())
  }

  @Test func everyKeyIsRead() throws {
    let dataset = try dataset(
      """
          cube:
            zarr-format: 2
            quantise: {type: int16, range: [-3, 40]}
          series: {growing: true}
          variables:
            - name: a
              quantise: {type: uint8, maximum-error: 0.5, offset: 100}
            - name: b
              quantise: lossless
            - c
      """)
    #expect(dataset.cube == CubeRecipe(zarrFormat: 2, quantisation: .range(.int16, -3...40)))
    #expect(dataset.series == SeriesRecipe(isGrowing: true))
    #expect(
      dataset.variables.map(\.quantisation) == [
        .maximumError(.uint8, 0.5, offset: 100), .lossless, nil,
      ])
  }

  @Test func productsCanBeLeftOut() throws {
    let dataset = try dataset("    cube: none\n    series: none\n    tiles: none\n")
    #expect(dataset.cube == nil && dataset.series == nil && !dataset.hasTiles)
  }

  @Test(arguments: [
    ("    cube: {zarr-format: 4}\n", "bad-zarr-format"),
    ("    cube: {quantise: {type: int16}}\n", "bad-quantisation"),
    ("    cube: {quantise: {type: int16, range: [5, 1]}}\n", "bad-range"),
    ("    cube: {quantise: {type: int16, range: [1, 5], offset: 3}}\n", "useless-key"),
    ("    cube: {quantise: {range: [1, 5]}}\n", "missing-key"),
    ("    series: {growing: often}\n", "wrong-type"),
  ])
  func mistakesAreTold(keys: String, id: String) {
    #expect(throws: RecipeProblems.self) { try dataset(keys) }
    do {
      _ = try dataset(keys)
    } catch let error as RecipeProblems {
      #expect(error.problems.map(\.id) == [id])
    } catch {}
  }
}
