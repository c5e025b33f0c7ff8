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
    _ variable: String, heights: ClosedRange<Double>, smallest: Double
  ) -> TerrainError {
    TerrainError(
      description:
        "variable \(variable): the terrain cannot be as exact as its recipe wants, because "
        + "its heights from \(heights.lowerBound) to \(heights.upperBound) m are stored in "
        + "\(HeightStep.parts) parts. State 'error: \(smallest)' or more")
  }

  /// Why a variable is no water mask for another.
  enum MaskFault: String {
    case grid = "it lies on another grid"
    case dimensions = "it has further dimensions"
    case times = "it has other times"
  }

  static func mask(_ mask: String, of variable: String, _ fault: MaskFault) -> TerrainError {
    TerrainError(
      description: "variable \(mask) cannot be the water mask of \(variable): \(fault.rawValue). "
        + "Use one with the same rows and columns and the same times, one time, or none")
  }

  static func notFinite(_ variable: String) -> TerrainError {
    TerrainError(
      description: "variable \(variable) cannot become terrain: it has heights beyond "
        + "\(Int(HeightStep.furthest)) m. Check its unit and its missing values")
  }
}
