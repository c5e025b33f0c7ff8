public import Cubes

extension TileDimension {
  /// The dimensions by which the tiles differ, with only those values that have tiles.
  ///
  /// - Parameters:
  ///   - variable: whose tiles.
  ///   - fields: those of which there are tiles.
  ///   - shownFirst: the one whose time is shown where none is chosen.
  /// - Returns: the time first, where there is one.
  public static func dimensions(
    of variable: Variable, fields: [FieldSelection], shownFirst: FieldSelection?
  ) -> [TileDimension] {
    var dimensions: [TileDimension] = []
    if let axis = variable.time {
      let values = Set(fields.compactMap(\.time)).sorted().map { axis.labels[$0] }
      dimensions.append(
        TileDimension(
          name: "time", title: "Time", values: values,
          defaultValue: shownFirst?.time.map { axis.labels[$0] } ?? values.last ?? "",
          isTime: true))
    }
    for (index, axis) in variable.extras.enumerated() {
      let values = Set(fields.map { $0.extras[index] }).sorted().map { axis.labels[$0] }
      dimensions.append(
        TileDimension(
          name: pathSegment(axis.name).lowercased(), title: axis.longName ?? axis.name,
          units: axis.units, values: values, defaultValue: values.first ?? ""))
    }
    return dimensions
  }
}
