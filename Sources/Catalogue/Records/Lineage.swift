import Foundation
import Grids
import Images
import Pyramids

/// What happened to the values on their way from the source to the reader, and what that cost.
struct Lineage {
  /// One step.
  struct Step {
    let title: String
    let text: String
  }

  /// How exact the values of one variable are.
  struct Accuracy {
    let variable: BuiltVariable
    /// How level 0 is stored.
    let stored: String
    /// How far off it is at most.
    let values: String
    /// What one step of the colours of its first style stands for.
    let colours: String
  }

  let entry: Entry

  private var dataset: BuiltDataset { entry.dataset }

  /// The steps in order.
  var steps: [Step] {
    var steps = entry.processing.enumerated().map { number, text in
      Step(title: number == 0 ? "Before" : "then", text: text)
    }
    if !dataset.sources.isEmpty { steps.append(Step(title: "Read", text: reading)) }
    if dataset.arrays != nil {
      steps.append(Step(title: "Stored", text: storing))
      steps.append(Step(title: "Made coarser", text: Self.coarsening))
    }
    if let drawing { steps.append(Step(title: "Drawn", text: drawing)) }
    return steps
  }

  /// All steps as one text.
  var text: String { steps.map { "\($0.title): \($0.text)" }.joined(separator: "\n") }

  private var reading: String {
    let count = dataset.sources.count
    let names = dataset.sources.prefix(3).joined(separator: ", ")
    let files = count > 3 ? "\(names) and \(count - 3) more" : names
    return "From \(files), by the CF conventions"
      + (dataset.notes.isEmpty ? "." : ". What was odd is listed under “How the source was read”.")
  }

  private var storing: String {
    let rounded = dataset.variables.filter { ($0.arrays?.maximumError ?? 0) > 0 }
    if rounded.isEmpty {
      return "Level 0 of the cube holds the values of the source exactly, compressed without loss."
    }
    let parts = rounded.map { variable in
      "\(variable.name) by at most \(Self.error(variable))"
    }
    let others = rounded.count < dataset.variables.count ? "; all others are exact" : ""
    return "Level 0 of the cube is rounded to whole numbers: \(parts.joined(separator: ", ")) "
      + "(measured on all values)\(others)."
  }

  private static let coarsening =
    "Each coarser level has half as many rows and columns. A cell is the mean of the source cells in "
    + "it that have a value, weighted by area; of classes, the most frequent one. Missing cells never "
    + "enter a mean."

  private var drawing: String? {
    let styles = dataset.variables.flatMap(\.styles)
    let sets = styles.flatMap(\.layers).map(\.tileMatrixSet.id)
    guard !sets.isEmpty else { return nil }
    let names = sets.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let smooth = styles.contains { $0.style.interpolation == .bilinear }
    let exact = styles.contains { $0.style.interpolation == .nearest }
    let how =
      smooth && exact
      ? "between cell centres by bilinear interpolation or as the nearest cell, as the style says"
      : smooth ? "between cell centres by bilinear interpolation" : "as the cell that lies there"
    return
      "Tiles are projected to \(names.joined(separator: ", ")); a pixel shows the value \(how). "
      + "They are pictures: take numbers from the cube."
  }

  /// One row for each variable that is published as an array.
  var accuracy: [Accuracy] {
    dataset.variables.compactMap { variable in
      guard let arrays = variable.arrays else { return nil }
      return Accuracy(
        variable: variable, stored: arrays.type,
        values: arrays.maximumError > 0 ? "off by at most \(Self.error(variable))" : "exact",
        colours: Self.colourStep(variable))
    }
  }

  private static func error(_ variable: BuiltVariable) -> String {
    let unit = variable.shownUnits.map { " \($0)" } ?? ""
    return Words.value(variable.arrays?.maximumError ?? 0) + unit
  }

  private static func colourStep(_ variable: BuiltVariable) -> String {
    guard let style = variable.styles.first?.style else { return "–" }
    let unit = variable.shownUnits.map { " \($0)" } ?? ""
    let (low, high) = (style.range.lowerBound, style.range.upperBound)
    switch style.scale {
    case .categorical: return "one colour for each class"
    case .linear: return Words.value((high - low) / 256) + unit
    case .logarithmic where low > 0:
      let ratio = (exp(log(high / low) / 256) - 1) * 100
      return "\(Words.rounded(ratio, digits: 1)) % of the value"
    default: return "256 steps from \(Words.value(low)) to \(Words.value(high))\(unit)"
    }
  }
}
