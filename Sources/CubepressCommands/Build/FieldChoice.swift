import Cubes
import Multiscales
import Recipes

extension TimeSelection {
  /// The steps of an axis that are chosen, in order.
  func indices(of axis: TimeAxis) -> [Int] {
    let all = Array(axis.times.indices)
    switch self {
    case .all: return all
    case .first: return Array(all.prefix(1))
    case .last: return Array(all.suffix(1))
    case .range(let from, let to, let every):
      let within = all.filter { index in
        let label = axis.labels[index]
        return from.map { label >= $0 } ?? true
          && to.map { label <= $0 || label.hasPrefix($0) } ?? true
      }
      return stride(from: 0, to: within.count, by: max(1, every)).map { within[$0] }
    case .listed(let texts):
      return all.filter { index in texts.contains { axis.labels[index].hasPrefix($0) } }
    }
  }
}

/// The fields of a variable that a recipe asks for.
///
/// - Throws: `CommandError` where the recipe names a time or label that does not exist.
func chosenFields(of variable: Variable, recipe: DatasetRecipe) throws -> [FieldSelection] {
  var times: [Int?] = [nil]
  if let axis = variable.time {
    times = recipe.times.indices(of: axis)
    if times.isEmpty {
      throw CommandError(
        description: "dataset \(recipe.id), variable \(variable.name): none of its "
          + "\(axis.count) times is among those that the recipe chooses")
    }
  }
  let extras = try variable.extras.map { axis in
    guard let wanted = recipe.extras[axis.name] else { return Array(axis.labels.indices) }
    return try wanted.map { label in
      guard let index = axis.index(matching: label) else {
        throw CommandError(
          description: "dataset \(recipe.id), variable \(variable.name): there is no "
            + "\(axis.name) \(label); there are \(axis.labels.prefix(20).joined(separator: ", "))")
      }
      return index
    }.sorted()
  }
  return times.flatMap { time in
    combinations(of: extras).map { FieldSelection(time: time, extras: $0) }
  }
}

/// Some fields that stand for all of a variable, to tell from them what all will take.
struct FieldSample: Sendable {
  /// How many times, where there are times.
  let times: Int
  /// How many positions along each further dimension; `nil` for all.
  let positions: Int?

  /// Those of some fields that are in the sample: at even distances, all combinations.
  func fields(of all: [FieldSelection]) -> [FieldSelection] {
    let times = Set(Self.spread(Set(all.compactMap(\.time)).sorted(), count: self.times))
    let extras = (all.first?.extras ?? []).indices.map { axis in
      let known = Set(all.map { $0.extras[axis] }).sorted()
      return Set(Self.spread(known, count: positions ?? known.count))
    }
    return all.filter { field in
      field.time.map(times.contains) ?? true
        && zip(field.extras, extras).allSatisfy { $1.contains($0) }
    }
  }

  private static func spread(_ all: [Int], count: Int) -> [Int] {
    let count = min(count, all.count)
    return (0..<count).map { all[(2 * $0 + 1) * all.count / (2 * count)] }
  }
}
