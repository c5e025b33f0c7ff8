/// Why no terrain can be made of a variable.
public struct TerrainError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried, on what, why it failed and what to do.
  public let description: String

  static func unit(_ variable: String, units: String?) -> TerrainError {
    let reason =
      units.map { "its unit '\($0)' is not a known unit of length" } ?? "it states no unit"
    return TerrainError(
      description: "variable \(variable) cannot become terrain: \(reason). "
        + "State what its numbers are in the recipe, such as 'terrain: {units: m}'")
  }

  static func categorical(_ variable: String) -> TerrainError {
    TerrainError(
      description: "variable \(variable) cannot become terrain: its values are classes, not heights"
    )
  }

  static func tooFine(
    _ variable: String, error: Double, heights: ClosedRange<Double>
  ) -> TerrainError {
    TerrainError(
      description: "variable \(variable): a terrain that is right to \(error) m cannot be written, "
        + "because heights from \(heights.lowerBound) to \(heights.upperBound) m are stored in "
        + "\(HeightStep.parts) parts. "
        + "State 'error: \(HeightStep.smallestError(heights: heights))' or more")
  }

  static func notFinite(_ variable: String) -> TerrainError {
    TerrainError(
      description: "variable \(variable) cannot become terrain: it has heights beyond "
        + "\(Int(HeightStep.furthest)) m. Check its unit and its missing values")
  }
}
