public import Cubes
public import Grids
public import Images
public import Pyramids
import Recipes

extension LiveCube {
  /// The cube described as a build would describe it, for the documents of services.
  ///
  /// Keys are those of a built site, so that the same paths lead to tiles that are made when they are
  /// asked for. Variables whose style is not given are left out.
  ///
  /// - Parameters:
  ///   - styles: by the name of the variable.
  ///   - sets: the tile matrix sets to describe; variables that suit none of them are left out too.
  /// - Returns: `nil` where no variable can be drawn.
  public func described(
    styles: [String: Style], in sets: [TileMatrixSet] = TileMatrixSet.all
  ) -> BuiltDataset? {
    let id = source.dataset
    let variables = cube.variables.compactMap { variable -> BuiltVariable? in
      let layers = layers(of: variable).filter { sets.contains($0.tileMatrixSet) }
      guard let style = styles[variable.name], !layers.isEmpty else { return nil }
      let key = pathSegment(variable.name)
      let title = variable.longName ?? variable.name
      let legend = Legend(style: style, title: title, units: variable.units)
      let path = "datasets/\(id)/legends/\(key)/\(style.id)"
      return BuiltVariable(
        name: variable.name, key: key, title: title, units: variable.units,
        kind: variable.isCategorical ? .categorical : .continuous,
        dimensions: TileDimension.dimensions(
          of: variable, fields: variable.allFields, shownFirst: variable.allFields.last),
        flags: variable.flags,
        styles: [
          BuiltStyle(
            style: style, format: .png, layers: layers, legendPNG: path + ".png",
            legendSVG: path + ".svg", legendWidth: legend.size.width,
            legendHeight: legend.size.height)
        ])
    }
    guard let first = cube.variables.first, !variables.isEmpty else { return nil }
    return BuiltDataset(
      id: id, title: title, description: cube.summary, bounds: first.grid.geographicBounds,
      crs: first.grid.crs, columns: first.grid.columns, rows: first.grid.rows, resolution: "",
      licence: cube.licence, attribution: cube.institution, variables: variables)
  }

  private func layers(of variable: Variable) -> [TileLayer] {
    TileMatrixSet.suitable(for: variable.grid).compactMap { set in
      let finest = set.finestZoom(for: variable.grid)
      var limits: [Int: TileLimits] = [:]
      for zoom in 0...max(0, min(finest, set.matrices.count - 1)) {
        limits[zoom] = try? set.limits(z: zoom, covering: variable.grid)
      }
      guard let first = limits.keys.min(), let last = limits.keys.max() else { return nil }
      return TileLayer(
        tileMatrixSet: set, minZoom: first, maxZoom: last, limits: limits, tileCount: 0,
        byteCount: 0)
    }
  }

  /// The field that path segments name: a time, where there are such, then a label for each further axis.
  ///
  /// - Returns: `nil` where there is none.
  public func field(_ labels: [String], of variable: Variable) -> FieldSelection? {
    var rest = labels[...]
    var time: Int?
    if let axis = variable.time {
      guard let label = rest.popFirst(), let index = axis.labels.firstIndex(of: label) else {
        return nil
      }
      time = index
    }
    var extras: [Int] = []
    for axis in variable.extras {
      guard let label = rest.popFirst(), let index = axis.labels.firstIndex(of: label) else {
        return nil
      }
      extras.append(index)
    }
    return rest.isEmpty ? FieldSelection(time: time, extras: extras) : nil
  }

  /// The variable whose name is this path segment.
  ///
  /// - Throws: `LiveError` where there is none.
  public func variable(key: String) throws(LiveError) -> Variable {
    guard let variable = cube.variables.first(where: { pathSegment($0.name) == key }) else {
      throw .unknown("variable", key, known: cube.variables.map { pathSegment($0.name) })
    }
    return variable
  }
}
