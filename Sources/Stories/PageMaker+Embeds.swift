import Foundation
import Images
import JSON
import Pyramids
import Recipes
import Sanitising

/// What an embedded map, globe, cube or series shows.
struct Embed {
  /// What it is.
  enum Kind: String, CaseIterable {
    case map, globe, cube, series
  }

  var kind = Kind.map
  var dataset = ""
  var variable: String?
  var style: String?
  var time: String?
  var longitude: Double?
  var latitude: Double?
  var zoom: Double?
  var caption: String?
  var height: Int?

  static let keys = [
    "dataset", "variable", "style", "time", "kind", "lon", "lat", "zoom", "caption", "height",
  ]

  /// Takes a value by its key; the reason where it is not one.
  mutating func set(_ key: String, _ text: String) -> String? {
    func number(_ range: ClosedRange<Double>) -> Double? {
      Double(text).flatMap { range.contains($0) ? $0 : nil }
    }
    switch key {
    case "dataset": dataset = text
    case "variable": variable = text
    case "style": style = text
    case "time": time = text
    case "caption": caption = text
    case "kind":
      guard let kind = Kind(rawValue: text) else {
        return "'kind' is one of " + Kind.allCases.map(\.rawValue).joined(separator: ", ")
      }
      self.kind = kind
    case "lon": longitude = number(-180...360)
    case "lat": latitude = number(-90...90)
    case "zoom": zoom = number(0...24)
    case "height": height = number(120...2000).map { Int($0) }
    default: return "there is no key '\(key)'; the keys are \(Self.keys.joined(separator: ", "))"
    }
    let isMissing =
      key == "lon" && longitude == nil || key == "lat" && latitude == nil
      || key == "zoom" && zoom == nil || key == "height" && height == nil
    return isMissing ? "'\(key)' is not a number in range: '\(text)'" : nil
  }
}

extension PageMaker {
  /// Writes what a block ```` ```cubepress ```` names.
  mutating func embed(_ block: ProseParts.Directive) {
    let tree: YAMLTree
    var options = block.options
    if block.body.allSatisfy(\.isWhitespace) {
      return embed(options.mapValues { ($0, block.line) }, line: block.line)
    }
    do {
      tree = try YAMLTree(parsing: block.body, path: page.path)
    } catch {
      let first = error.problems.first
      let line = block.bodyLine + max(0, (first?.line ?? 1) - 1)
      book.problems.add(place.words(line: line), first?.summary ?? "this is not YAML")
      return
    }
    guard case .table(let members) = tree.content else {
      book.problems.add(currentPlace, "the block names no dataset: write 'dataset: ID'")
      return
    }
    var values = options.mapValues { ($0, block.line) }
    options = [:]
    for (key, value) in members {
      values[key] = (value.text ?? "", block.bodyLine + value.line - 1)
    }
    embed(values, line: block.line)
  }

  /// Writes what a cell's metadata names.
  mutating func embed(_ metadata: JSONValue?) {
    for value in metadata?.arrayValue ?? [metadata].compactMap(\.self) {
      guard let object = value.objectValue else { continue }
      var values: [String: (String, Int)] = [:]
      for (key, value) in object {
        values[key] = (value.stringValue ?? value.doubleValue.map { "\($0)" } ?? "", 1)
      }
      embed(values, line: 1)
    }
  }

  private mutating func embed(_ values: [String: (text: String, line: Int)], line: Int) {
    var embed = Embed()
    var isRight = true
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      if let reason = embed.set(key, value.text) {
        book.problems.add(place.words(line: value.line), reason)
        isRight = false
      }
    }
    if let reason = lack(of: embed) {
      book.problems.add(place.words(line: values["kind"]?.line ?? line), reason)
      isRight = false
    }
    guard isRight else { return }
    guard let known = book.site.datasets else {
      paragraph(
        class: "absent",
        "A build of the site shows a \(embed.kind.rawValue) of \(embed.dataset) here.")
      return
    }
    func tell(_ key: String, _ text: String) {
      book.problems.add(place.words(line: values[key]?.line ?? line), text)
    }
    guard let dataset = known.first(where: { $0.id == embed.dataset }) else {
      return tell(
        "dataset", "there is no dataset '\(embed.dataset)'; there are \(book.site.datasetNames)")
    }
    let wanted = embed.variable
    let variable = dataset.variables.first {
      wanted == nil || $0.name == wanted || $0.key == wanted
    }
    guard let variable else {
      return tell(
        "variable",
        "the dataset '\(dataset.id)' has no variable '\(wanted ?? "")'; it has "
          + dataset.variables.map(\.name).joined(separator: ", "))
    }
    guard
      embed.kind != .cube || book.site.isSample
        || dataset.cubes.contains(where: { $0.key == variable.key })
    else {
      return tell(
        "kind",
        "'\(variable.name)' has neither several times nor several levels, so it is no cube; "
          + "'map' shows it")
    }
    guard
      let style = variable.styles.first(where: { embed.style == nil || $0.style.id == embed.style })
    else {
      return tell(
        "style",
        "the variable '\(variable.name)' has no style '\(embed.style ?? "")'; it has "
          + variable.styles.map(\.style.id).joined(separator: ", "))
    }
    let axis = variable.dimensions.first(where: \.isTime)
    var time = axis?.defaultValue
    if let text = embed.time, !book.site.isSample {
      // A day or a year stands for the first time in it.
      guard let found = axis?.values.first(where: { $0.hasPrefix(text) }) else {
        let range = axis.map { "\($0.values.first ?? "") to \($0.values.last ?? "")" } ?? "none"
        return tell(
          "time",
          "'\(variable.name)' has no time '\(text)'; there are \(axis?.values.count ?? 0): \(range)"
        )
      }
      time = found
    }
    datasets.insert(dataset.id)
    if embed.kind == .series {
      if let problem = series(embed, dataset, variable, style) { tell(problem.key, problem.text) }
      return
    }
    let shown = EmbedPicture(
      embed: embed, dataset: dataset, variable: variable, style: style, time: time, root: root,
      exists: book.site.exists)
    if firstPicture == nil { firstPicture = style.thumbnail }
    write(shown)
  }

  /// What an embed of its kind needs and has not.
  private func lack(of embed: Embed) -> String? {
    switch embed.kind {
    case .cube where !book.site.hasCubePage:
      "this site has no page for cubes; 'map' shows one time of it"
    case .series where embed.longitude == nil || embed.latitude == nil:
      "a series is that of a place: write 'lon' and 'lat'"
    default: nil
    }
  }

  private mutating func write(_ shown: EmbedPicture) {
    embedCount += 1
    let kind = shown.embed.kind
    open("figure", class: "live", [MarkupAttribute("id", unique(kind.rawValue))])
    open(
      "div", class: "live-view",
      [
        MarkupAttribute("data-view", shown.address(isEmbedded: true)),
        MarkupAttribute("data-kind", kind.rawValue), MarkupAttribute("data-title", shown.title),
      ])
    shown.write(to: &writer)
    writer.end("div")
    writer.start(
      "img",
      [
        MarkupAttribute("class", "live-key"), MarkupAttribute("src", root + shown.style.legendPNG),
        MarkupAttribute("width", String(shown.style.legendWidth)),
        MarkupAttribute("height", String(shown.style.legendHeight)),
        MarkupAttribute("alt", "Legend: \(shown.variable.title)"),
        MarkupAttribute("loading", "lazy"),
      ])
    let isWhole = kind == .cube && shown.embed.time == nil
    caption(
      of: shown, about: isWhole ? shown.spanWords : shown.timeWords,
      link: kind == .cube ? "Open the cube" : "Open in the viewer")
    writer.end("figure")
  }

  /// Writes what stands below: the author's words, the dataset, time or place, and where to see more.
  private mutating func caption(of shown: EmbedPicture, about: String?, link: String) {
    writer.start("figcaption")
    if let caption = shown.embed.caption { writer.element("span", text: caption) }
    writer.start("span", [MarkupAttribute("class", "of")])
    writer.element(
      "a", [MarkupAttribute("href", "\(root)datasets/\(shown.dataset.id)/index.html")],
      text: shown.dataset.title)
    if let about { writer.text(" · " + about) }
    writer.text(" · ")
    writer.element("a", [MarkupAttribute("href", shown.address(isEmbedded: false))], text: link)
    writer.end("span")
    writer.end("figcaption")
  }

  /// Writes the series of a place: a picture, which scripts replace by a chart.
  ///
  /// - Returns: what is wrong, and the key that says it.
  private mutating func series(
    _ embed: Embed, _ dataset: BuiltDataset, _ variable: BuiltVariable, _ style: BuiltStyle
  ) -> (key: String, text: String)? {
    guard let longitude = embed.longitude, let latitude = embed.latitude else { return nil }
    guard dataset.arrays?.series != nil, variable.dimensions.contains(where: \.isTime) else {
      return ("variable", "'\(variable.name)' has no series: no times, or 'series: none'")
    }
    let words = PlaceWords.of(longitude: longitude, latitude: latitude)
    let found: PlaceSeries.Search
    do {
      found = try book.site.series(dataset, variable, longitude, latitude)
    } catch {
      return ("variable", "the series of '\(variable.name)' cannot be read: \(error)")
    }
    if case .outside = found {
      return ("lon", "\(words) lies outside of the grid of '\(dataset.id)'")
    }
    embedCount += 1
    hasSeries = true
    let units = variable.units.map(UnitText.pretty).flatMap {
      ["", "1", "-"].contains($0) ? nil : $0
    }
    var settings: JSONObject = [
      "root": .string(root), "dataset": .string(dataset.id), "variable": .string(variable.key),
      "lon": .number(longitude), "lat": .number(latitude), "title": .string(variable.title),
      "place": .string(words),
    ]
    settings["units"] = units.map { .string($0) }
    open("figure", class: "live", [MarkupAttribute("id", unique("series"))])
    if case .found(let series) = found {
      let picture = SeriesPicture(
        series: series, title: variable.title, units: units, scale: style.style.scale, place: words)
      settings["log"] = .bool(picture.isLogarithmic)
      open(
        "div", class: "live-series",
        [MarkupAttribute("data-series", JSONValue.object(settings).serialized())])
      picture.write(to: &writer)
    } else {
      open(
        "div", class: "live-series",
        [MarkupAttribute("data-series", JSONValue.object(settings).serialized())])
      paragraph(
        class: "absent still", "The chart of \(variable.title) at \(words) needs JavaScript.")
    }
    writer.end("div")
    var near = embed
    near.zoom = embed.zoom ?? 4
    caption(
      of: EmbedPicture(
        embed: near, dataset: dataset, variable: variable, style: style, time: nil, root: root,
        exists: book.site.exists),
      about: words, link: "Open on the map")
    writer.end("figure")
    return nil
  }
}

/// A place in words.
enum PlaceWords {
  /// Such as `54.2° N, 7.9° E`.
  static func of(longitude: Double, latitude: Double) -> String {
    func degrees(_ value: Double, _ positive: String, _ negative: String) -> String {
      let rounded = (abs(value) * 1000).rounded() / 1000
      let text = rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
      return "\(text)°" + (value == 0 ? "" : value > 0 ? " \(positive)" : " \(negative)")
    }
    let east = longitude > 180 ? longitude - 360 : longitude
    return degrees(latitude, "N", "S") + ", " + degrees(east, "E", "W")
  }
}
