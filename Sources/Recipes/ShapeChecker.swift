import Images
import Yams

/// Compares the nodes of a recipe with the shapes that its key tables allow.
struct ShapeChecker {
  let problems: ProblemList

  /// The node as a value of that shape, or `nil` with the cause in the list.
  func check(_ node: Node, _ shape: Shape, key: String) -> Checked? {
    if YAMLText.isEmpty(node) {
      problems.add(
        "no-value", at: Place(node.mark), "'\(key)' has no value",
        because: "Allowed: \(shape.allowed).", fix: "give it a value or remove it")
      return nil
    }
    switch shape {
    case .either(let shapes): return checkEither(node, shapes, shape, key: key)
    case .list(let element, let count):
      guard case .sequence(let sequence) = node else { return refuse(node, shape, key: key) }
      return checkList(sequence, element, count, shape, node: node, key: key)
    case .table(let id):
      guard case .mapping(let mapping) = node, let table = RecipeKeys.table(id) else {
        return refuse(node, shape, key: key)
      }
      return .table(check(mapping, table, place: Place(node.mark)))
    case .named(let element):
      guard case .mapping(let mapping) = node else { return refuse(node, shape, key: key) }
      return checkNamed(mapping, element, place: Place(node.mark))
    default:
      guard case .scalar(let scalar) = node, let value = self.scalar(scalar, shape) else {
        return refuse(node, shape, key: key)
      }
      return value
    }
  }

  /// The mapping with those keys that the table has; every other one is told.
  func check(_ mapping: Node.Mapping, _ table: KeyTable, place: Place) -> CheckedTable {
    var values: [String: Checked] = [:]
    var broken: Set<String> = []
    for (keyNode, node) in mapping {
      let name = keyNode.scalar?.string ?? "?"
      guard let key = table[name] else {
        let names = table.keys.map(\.name)
        problems.add(
          "unknown-key", at: Place(keyNode.mark), "'\(name)' is not a key of \(table.name)",
          because: "Allowed: \(names.joined(separator: ", ")).",
          fix: (Spelling.synonyms[name] ?? Spelling.nearest(to: name, among: names))
            .flatMap { names.contains($0) ? "write '\($0)'" : nil })
        continue
      }
      values[name] = check(node, key.shape, key: name)
      if values[name] == nil { broken.insert(name) }
    }
    for key in table.keys
    where key.isRequired && values[key.name] == nil && !broken.contains(key.name) {
      problems.add(
        "missing-key", at: place, "\(table.name) needs '\(key.name)'",
        because: key.summary, fix: "add '\(key.name): …'")
    }
    return CheckedTable(place: place, id: table.id, values: values, broken: broken)
  }

  private func checkEither(
    _ node: Node, _ shapes: [Shape], _ whole: Shape, key: String
  ) -> Checked? {
    switch node {
    case .scalar(let scalar):
      for shape in shapes {
        if let value = self.scalar(scalar, shape) { return value }
      }
    case .sequence:
      for case .list(let element, let count) in shapes {
        return check(node, .list(element, count: count), key: key)
      }
    case .mapping:
      for case .table(let id) in shapes { return check(node, .table(id), key: key) }
    case .alias: break
    }
    return refuse(node, whole, key: key)
  }

  private func checkList(
    _ sequence: Node.Sequence, _ element: Shape, _ count: Int?, _ shape: Shape, node: Node,
    key: String
  ) -> Checked? {
    guard !sequence.isEmpty, count.map({ $0 == sequence.count }) ?? true else {
      problems.add(
        "wrong-length", at: Place(node.mark), "'\(key)' cannot have \(sequence.count) elements",
        because: "Allowed: \(shape.allowed).")
      return nil
    }
    let values = sequence.map { check($0, element, key: key) }
    let right = values.compactMap { $0 }
    // A pair with one wrong half is no pair; longer lists go on without the wrong ones.
    return count != nil && right.count < values.count ? nil : .list(right, Place(node.mark))
  }

  private func checkNamed(_ mapping: Node.Mapping, _ element: Shape, place: Place) -> Checked {
    var values: [(name: String, value: Checked)] = []
    for (keyNode, node) in mapping {
      let name = keyNode.scalar?.string ?? "?"
      if let value = check(node, element, key: name) { values.append((name, value)) }
    }
    return .named(values, place)
  }

  private func scalar(_ scalar: Node.Scalar, _ shape: Shape) -> Checked? {
    let place = Place(scalar.mark)
    let text = scalar.string.trimmed
    switch shape {
    // A path would end at a zero byte for the system, but not for us.
    case .text: return text.isEmpty || text.utf8.contains(0) ? nil : .text(text, place)
    case .identifier: return Identifier.isValid(text) ? .text(text, place) : nil
    case .address: return Address.isValid(text) ? .text(text, place) : nil
    case .number: return number(scalar).map { .number($0, place) }
    case .positiveNumber:
      return number(scalar).flatMap { $0 > 0 ? .number($0, place) : nil }
    case .wholeNumber(let least):
      return number(scalar).flatMap { value in
        Int(exactly: value).flatMap { $0 >= least ? .number(value, place) : nil }
      }
    case .truth: return ["true", "false"].contains(text) ? .text(text, place) : nil
    case .word(let words): return words.contains(text) ? .text(text, place) : nil
    case .colour:
      return text == "transparent" || (try? RGBA(hex: text)) != nil ? .text(text, place) : nil
    case .colourMap: return ColourMap.named(text) != nil ? .text(text, place) : nil
    case .list, .table, .named, .either: return nil
    }
  }

  private func number(_ scalar: Node.Scalar) -> Double? {
    guard scalar.style == .plain, let value = Double(scalar.string), value.isFinite else {
      return nil
    }
    return value
  }

  private func refuse(_ node: Node, _ shape: Shape, key: String) -> Checked? {
    let place = Place(node.mark)
    let allowed = "Allowed: \(shape.allowed)."
    guard case .scalar(let scalar) = node else {
      let what = if case .sequence = node { "a list" } else { "a mapping" }
      problems.add("wrong-type", at: place, "'\(key)' cannot be \(what)", because: allowed)
      return nil
    }
    // A long text would bury what the message is about.
    let shown = scalar.string.count > 60 ? scalar.string.prefix(60) + "…" : scalar.string[...]
    problems.add(
      shape.problemID, at: place, "'\(key)' cannot be '\(shown)'", because: allowed,
      fix: shape.proposal(for: scalar.string).map { "write '\($0)'" })
    return nil
  }
}

extension Spelling {
  /// Other words for true and false.
  static let truths = [
    "yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false",
  ]

  /// Words of related tools for keys of ours.
  static let synonyms = [
    "colors": "colours", "colormap": "colours", "cmap": "colours", "colour-map": "colours",
    "license": "licence", "center": "centre", "url": "base-url", "sources": "source",
    "path": "source", "file": "source", "files": "source", "vmin": "range", "vmax": "range",
    "min": "range", "max": "range", "norm": "scale", "palette": "colours", "nodata": "missing",
    "nan": "missing", "credit": "attribution", "summary": "description",
    "creators": "authors", "author": "authors", "changelog": "changes", "versions": "changes",
    "limitations": "limits", "funders": "funding", "publications": "papers",
    "lineage": "processing",
    "color": "colour", "under": "below", "over": "above", "resampling": "interpolation",
    "crs-override": "crs", "tiles": "tile-matrix-sets", "zoom": "max-zoom",
  ]
}
