import Stores

/// Follows what a WMTS capabilities document refers to (OGC 07-057r7): legends, and tiles by the
/// templates that clients fill in.
struct WMTSCheck {
  /// A finding, and whether it is a problem or a note.
  struct Result {
    let isProblem: Bool
    let what: SiteCheck.Finding
  }

  let key: String
  let references: SiteReferences

  /// How many places are looked at for a tile that exists: empty tiles are not written.
  private static let mostProbes = 2000

  /// One matrix of a link: the tiles that may exist.
  private struct Limits {
    let matrix: String
    let rows: ClosedRange<Int>
    let columns: ClosedRange<Int>
  }

  func findings(
    in tree: XMLTree, _ report: inout SiteCheck.Report
  ) throws(StoreError) -> [Result] {
    var results: [Result] = []
    let contents = tree.first("Contents")
    let sets = contents?.all("TileMatrixSet") ?? []
    for layer in contents?.all("Layer") ?? [] {
      let styles = layer.all("Style")
      for legend in styles.flatMap({ $0.all("LegendURL") }) {
        report.referenceCount += 1
        let url = legend.attributes["xlink:href"] ?? ""
        if let fault = try references.fault(in: url, from: key) {
          results.append(problem("the legend “\(url)”: \(fault)"))
        }
      }
      for resource in layer.all("ResourceURL") {
        results += try check(resource.attributes["template"] ?? "", layer, sets, &report)
      }
      if layer.all("ResourceURL").isEmpty {
        results.append(problem("the layer \(name(layer)) has no ResourceURL"))
      }
    }
    return results
  }

  private func check(
    _ template: String, _ layer: XMLTree, _ sets: [XMLTree],
    _ report: inout SiteCheck.Report
  ) throws(StoreError) -> [Result] {
    var results: [Result] = []
    let dimensions = layer.all("Dimension")
    for style in layer.all("Style").compactMap({ $0.text("ows:Identifier") }) {
      for link in layer.all("TileMatrixSetLink") {
        let set = link.text("TileMatrixSet") ?? ""
        let matrices = sets.first { $0.text("ows:Identifier") == set }?.all("TileMatrix") ?? []
        let limits = limits(link, matrices)
        for (isDefault, values) in choices(dimensions) {
          report.referenceCount += 1
          var fixed = template
          for (name, value) in values { fixed = fixed.replacing("{\(name)}", with: value) }
          fixed = fill(fixed, ["style": style, "tilematrixset": set, "layer": name(layer)])
          guard try !hasTile(fixed, limits) else { continue }
          let chosen = values.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
          let text =
            "the layer \(name(layer)) has no tile in style \(style), \(set)"
            + (chosen.isEmpty ? "" : ", " + chosen)
          // A time without any data has no tiles, but clients begin with the default.
          results.append(isDefault ? problem(text) : note(text))
        }
      }
    }
    return results
  }

  /// The default of each dimension, then with the first and the last value of each in turn.
  private func choices(_ dimensions: [XMLTree]) -> [(isDefault: Bool, values: [(String, String)])] {
    let defaults = dimensions.map { dimension in
      (dimension.text("ows:Identifier") ?? "", dimension.text("Default") ?? "")
    }
    var choices = [(isDefault: true, values: defaults)]
    for (index, dimension) in dimensions.enumerated() {
      let values = dimension.all("Value").map(\.text)
      for value in [values.first, values.last] {
        guard let value, value != defaults[index].1 else { continue }
        var changed = defaults
        changed[index].1 = value
        choices.append((false, changed))
      }
    }
    return choices
  }

  /// The limits of a link; a matrix without limits has all of its tiles.
  private func limits(_ link: XMLTree, _ matrices: [XMLTree]) -> [Limits] {
    let stated = link.first("TileMatrixSetLimits")?.all("TileMatrixLimits") ?? []
    let limited: [Limits] = stated.compactMap { limits in
      guard let name = limits.text("TileMatrix"),
        let rows = range(limits, "MinTileRow", "MaxTileRow"),
        let columns = range(limits, "MinTileCol", "MaxTileCol")
      else { return nil }
      return Limits(matrix: name, rows: rows, columns: columns)
    }
    let names = Set(stated.compactMap { $0.text("TileMatrix") })
    return limited
      + matrices.compactMap { matrix in
        guard let name = matrix.text("ows:Identifier"), !names.contains(name),
          let height = matrix.text("MatrixHeight").flatMap({ Int($0) }), height > 0,
          let width = matrix.text("MatrixWidth").flatMap({ Int($0) }), width > 0
        else { return nil }
        return Limits(matrix: name, rows: 0...height - 1, columns: 0...width - 1)
      }
  }

  private func range(_ tree: XMLTree, _ first: String, _ last: String) -> ClosedRange<Int>? {
    guard let first = tree.text(first).flatMap({ Int($0) }),
      let last = tree.text(last).flatMap({ Int($0) }), first <= last
    else { return nil }
    return first...last
  }

  /// Whether one of the tiles within the limits exists.
  private func hasTile(_ template: String, _ limits: [Limits]) throws(StoreError) -> Bool {
    var probes = 0
    for matrix in limits {
      for row in matrix.rows {
        for column in matrix.columns {
          probes += 1
          if probes > Self.mostProbes { return false }
          let url = fill(
            template,
            ["tilematrix": matrix.matrix, "tilerow": "\(row)", "tilecol": "\(column)"])
          guard !url.contains("{"), case .key(let key) = references.target(of: url, from: self.key)
          else { return false }
          if try references.exists(key) { return true }
        }
      }
    }
    return false
  }

  /// The template with some place-holders filled, whose case does not matter.
  private func fill(_ template: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = template[...]
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      let name = rest[rest.index(after: start)..<end].lowercased()
      result += rest[..<start]
      result += values[name] ?? String(rest[start...end])
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private func name(_ layer: XMLTree) -> String { layer.text("ows:Identifier") ?? "without a name" }

  private func problem(_ text: String) -> Result {
    Result(isProblem: true, what: .init(id: "wmts", key: key, text: text))
  }

  private func note(_ text: String) -> Result {
    Result(isProblem: false, what: .init(id: "no-tiles", key: key, text: text))
  }
}
