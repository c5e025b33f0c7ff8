import Testing

@testable import Recipes

@Suite("Scenes and layers of the 4D viewer in recipes")
struct SceneRecipeTests {
  private static let datasets = """
    datasets:
      - {id: relief, source: relief.nc}
      - id: ocean
        source: ocean.nc
        variables:
          - {name: sst, 4d-layer: heatmap}
          - {name: depth, 4d-layer: {type: heightmap, range: [-100, 20]}}
          - {name: ice, 4d-layer: none}

    """

  private func scenes(_ text: String) throws -> [SceneRecipe] {
    try Recipe.parse(Self.datasets + text, path: "r.yaml").scenes
  }

  private func problems(_ text: String) -> [String] {
    do {
      _ = try scenes(text)
      return []
    } catch {
      return (error as? RecipeProblems)?.problems.map(\.id) ?? ["\(error)"]
    }
  }

  @Test func aSceneIsReadWhole() throws {
    let scene = try #require(
      try scenes(
        """
        scenes:
          - id: warm
            title: Warm water
            surface: {dataset: relief, exaggeration: 20, missing: -3000}
            base: plain
            area: [-180, -90, 180, -60]
            layers:
              - {dataset: ocean, variable: sst, opacity: 0.5, colours: thermal, range: [270, 300]}
              - {dataset: ocean, extras: {depth: 10}, stack: {dimension: depth, scale: -200, spacing: even}}
            light: {kind: fixed, place: [10, -80], azimuth: 300, elevation: 30, ambient: 0.2}
            view: {lon: 1, lat: 2, distance: 3000}
            tour: [{lon: 5, lat: 6, distance: 7, caption: There}]
        """
      ).first)
    #expect(
      scene.surface
        == SceneRecipe.Surface(
          heights: .field(
            SceneRecipe.Source(dataset: "relief"), scale: 1, offset: 0, missing: -3000),
          exaggeration: 20))
    #expect(scene.base == .plain)
    #expect(scene.area == [-180, -90, 180, -60])
    #expect(scene.layers[0].range == [270, 300])
    #expect(scene.layers[0].colours == "thermal")
    #expect(scene.layers[1].source.extras == ["depth": "10"])
    #expect(
      scene.layers[1].stack
        == SceneRecipe.Stack(dimension: "depth", scale: -200, spacing: .even))
    #expect(scene.light?.place == [10, -80])
    #expect(scene.view?.pitch == -90)
    #expect(scene.tour[0].seconds == 4)
    #expect(scene.datasets == ["relief", "ocean"])
  }

  @Test func terrainTilesAreASurfaceToo() throws {
    let text = "scenes: [{id: s, title: S, surface: {dataset: relief, terrain: true}}]"
    #expect(try scenes(text)[0].surface?.heights == .terrain(dataset: "relief"))
  }

  @Test(arguments: [
    ("scenes: [{id: s, title: S, layers: [{dataset: oceans}]}]", ["unknown-dataset"]),
    ("scenes: [{id: s, title: S}, {id: s, title: T}]", ["duplicate-id"]),
    ("scenes: [{id: s, title: S, area: [10, 0, -10, 5]}]", ["bad-area"]),
    ("scenes: [{id: s, title: S, light: {kind: moon}}]", ["unknown-word"]),
    ("scenes: [{id: s, title: S, view: {lon: 0, lat: 95, distance: 1}}]", ["out-of-range"]),
    (
      "scenes: [{id: s, title: S, surface: {dataset: relief, terrain: true, scale: 2}}]",
      ["useless-key"]
    ),
    (
      "scenes: [{id: s, title: S, layers: [{dataset: ocean, stack: {dimension: d, scale: 0}}]}]",
      ["bad-scale"]
    ),
    (
      "scenes: [{id: s, title: S, layers: [{dataset: ocean, "
        + "stack: {dimension: d, scale: 1, spacing: wide}}]}]", ["unknown-word"]
    ),
    ("scenes: [{id: s, title: S, layers: [{dataset: ocean, opacity: 2}]}]", ["out-of-range"]),
    ("scenes: [{id: s}]", ["missing-key"]),
  ])
  func mistakesAreTold(text: String, ids: [String]) {
    #expect(problems(text) == ids)
  }

  @Test func variablesSayWhatTheyAreInTheViewer() throws {
    let recipe = try Recipe.parse(Self.datasets, path: "r.yaml")
    let layers = recipe.datasets[1].variables.map(\.viewerLayer)
    #expect(
      layers == [
        ViewerLayerRecipe(kind: .heatmap), ViewerLayerRecipe(kind: .heightmap, range: -100...20),
        ViewerLayerRecipe(kind: nil),
      ])
  }
}
