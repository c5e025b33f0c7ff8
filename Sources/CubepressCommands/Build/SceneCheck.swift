import Cubes
import Images
import Pyramids
import Recipes

/// What is wrong with a scene in view of the cubes that it shows; looked for before any work.
struct SceneCheck {
  let scene: SceneRecipe
  let datasets: [PreparedDataset]

  /// Everything that is wrong, each in one line.
  var problems: [String] {
    // Pictures need no cube.
    let pictures = scene.layers.filter(\.pictures).map(\.source)
    let shown = scene.sources.flatMap { source in
      variableProblems(source, needsCube: !pictures.contains(source))
    }
    return (terrainProblems + shown + scene.layers.flatMap(layerProblems)).map {
      "scene \(scene.id): \($0)"
    }
  }

  private var terrainProblems: [String] {
    guard case .terrain(let id) = scene.surface?.heights, let dataset = dataset(id),
      dataset.recipe.terrain == nil
    else { return [] }
    return [
      "\(id) has no terrain: give it the key terrain, or take a variable as the surface "
        + "(variable instead of terrain: true)"
    ]
  }

  private func dataset(_ id: String) -> PreparedDataset? { datasets.first { $0.recipe.id == id } }

  private func variable(_ source: SceneRecipe.Source) -> PreparedDataset.PreparedVariable? {
    dataset(source.dataset)?.variables.first {
      $0.variable.name == source.variable ?? $0.variable.name
    }
  }

  private func variableProblems(
    _ source: SceneRecipe.Source, needsCube: Bool
  ) -> [String] {
    guard let dataset = dataset(source.dataset) else { return [] }
    guard let variable = variable(source) else {
      let known = dataset.variables.map(\.variable.name).joined(separator: ", ")
      return ["\(source.dataset) shows no \(source.variable ?? "variable"); it shows \(known)"]
    }
    guard dataset.recipe.cube != nil || !needsCube else {
      return ["\(source.dataset) has no cube to draw values from: remove 'cube: none'"]
    }
    return source.extras.sorted { $0.key < $1.key }.compactMap { name, value in
      guard let axis = variable.variable.extras.first(where: { $0.name == name }) else {
        return "\(variable.variable.name) of \(source.dataset) has no dimension \(name)"
      }
      guard !axis.labels.contains(value) else { return nil }
      let known = axis.labels.prefix(20).joined(separator: ", ")
      return "there is no \(name) \(value); there are \(known)"
    }
  }

  private func layerProblems(_ layer: SceneRecipe.Layer) -> [String] {
    guard let variable = variable(layer.source) else { return [] }
    let name = "\(variable.variable.name) of \(layer.source.dataset)"
    var problems: [String] = []
    let styles = variable.builder.plan.styles.map(\.style.id)
    if let style = layer.style, !styles.contains(style) {
      problems.append("\(name) has no style \(style); it has \(styles.joined(separator: ", "))")
    }
    if let stack = layer.stack,
      !variable.variable.extras.contains(where: { $0.name == stack.dimension })
    {
      let others = variable.variable.extras.map(\.name)
      problems.append(
        "\(name) has no dimension \(stack.dimension) to stack"
          + (others.isEmpty ? "" : "; it has \(others.joined(separator: ", "))"))
    }
    return problems
  }
}
