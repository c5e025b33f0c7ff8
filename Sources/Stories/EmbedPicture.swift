import Foundation
import Grids
import Images
import Pyramids
import Sanitising

/// The picture that stands where a live map is: the map's tiles of that time, cut to the view, or
/// the variable's thumbnail where there are none.
struct EmbedPicture {
  let embed: Embed
  let dataset: BuiltDataset
  let variable: BuiltVariable
  let style: BuiltStyle
  let time: String?
  let root: String
  /// Whether the site has a file of a key.
  let exists: (String) -> Bool

  var title: String {
    [variable.title, timeWords].compactMap(\.self).joined(separator: ", ")
  }

  /// The time for people.
  var timeWords: String? { time.map(Self.words) }

  /// From when to when the variable reaches, for people.
  var spanWords: String? {
    guard let times = variable.dimensions.first(where: \.isTime)?.values, let first = times.first,
      let last = times.last
    else { return nil }
    return "\(Self.words(first)) to \(Self.words(last))"
  }

  /// A time for people: a day, or a day and an hour.
  static func words(_ time: String) -> String {
    time.hasSuffix("T00:00:00Z")
      ? String(time.dropLast(10))
      : time.replacing("T", with: " ").replacing(":00Z", with: " UTC")
  }

  /// The address of the viewer with this view, in plain words (`Site/viewer/address.js`).
  func address(isEmbedded: Bool) -> String {
    var words = ["dataset=\(dataset.id)", "variable=\(Self.escaped(variable.key))"]
    if embed.style != nil { words.append("style=\(Self.escaped(style.style.id))") }
    if embed.time != nil, let time { words.append("time=\(Self.escaped(time))") }
    if embed.kind == .globe { words.append("globe=1") }
    if embed.zoom != nil || embed.longitude != nil || embed.latitude != nil || embed.kind == .globe
    {
      let centre = self.centre
      words += ["lon=\(centre.longitude)", "lat=\(centre.latitude)"]
      words.append("zoom=\(embed.zoom ?? (embed.kind == .globe ? 1.2 : 2))")
    }
    let page = embed.kind == .cube ? "cube" : "viewer"
    let query = isEmbedded ? "?embed" : ""
    return "\(root)\(page)/index.html\(query)#\(words.joined(separator: "&"))"
  }

  private static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(
      withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._")))
      ?? text
  }

  private var centre: (longitude: Double, latitude: Double) {
    let bounds = dataset.bounds
    return (
      embed.longitude ?? (bounds.west + bounds.east) / 2,
      embed.latitude ?? (bounds.south + bounds.north) / 2
    )
  }

  // MARK: Tiles

  /// A tile and its place on the map, in tiles of its zoom.
  private struct Tile {
    let key: String
    let x: Int
    let y: Int
  }

  /// A part of the map, in tiles of a zoom.
  private struct Window {
    let zoom: Int
    let x: ClosedRange<Double>
    let y: ClosedRange<Double>
  }

  /// Mercator's map of the earth as a square of side 1 (OGC 17-083r4, WebMercatorQuad).
  private static func place(_ longitude: Double, _ latitude: Double) -> (x: Double, y: Double) {
    let limited = min(max(latitude, -85.05), 85.05) * Double.pi / 180
    return (
      (longitude + 180) / 360, (1 - asinh(tan(limited)) / Double.pi) / 2
    )
  }

  private func window(_ layer: TileLayer) -> Window? {
    if embed.zoom != nil || embed.longitude != nil && embed.latitude != nil {
      // The viewer's zoom counts tiles of 512 pixels; about three tiles of 256 fill the picture.
      let wanted = (embed.zoom ?? 2) + 1
      let zoom = min(max(Int(wanted.rounded()), layer.minZoom), layer.maxZoom)
      let centre = self.centre
      let middle = Self.place(centre.longitude, centre.latitude)
      let scale = exp2(Double(zoom))
      let reach = 1.5 * exp2(Double(zoom) - wanted)
      let x = middle.x * scale
      let y = middle.y * scale
      return Window(
        zoom: zoom, x: (x - reach)...(x + reach), y: (y - reach * 0.6)...(y + reach * 0.6))
    }
    let bounds = dataset.bounds
    let first = Self.place(bounds.west, bounds.north)
    let last = Self.place(bounds.east, bounds.south)
    // The finest zoom at which a few tiles are enough.
    let width = max(last.x - first.x, (last.y - first.y), 1e-6)
    let zoom = min(max(Int(log2(3 / width).rounded(.down)), layer.minZoom), layer.maxZoom)
    let scale = exp2(Double(zoom))
    guard last.x > first.x, last.y > first.y, (last.x - first.x) * scale <= 8,
      (last.y - first.y) * scale <= 8
    else { return nil }
    return Window(
      zoom: zoom, x: (first.x * scale)...(last.x * scale), y: (first.y * scale)...(last.y * scale))
  }

  private func tiles(_ layer: TileLayer, _ window: Window) -> [Tile] {
    let template = style.tileTemplate(
      dataset: dataset.id, variable: variable, tileMatrixSet: layer.tileMatrixSet)
    var fixed = template
    for dimension in variable.dimensions {
      let value = dimension.isTime ? time ?? dimension.defaultValue : dimension.defaultValue
      fixed = fixed.replacing("{\(dimension.placeholder)}", with: value)
    }
    let count = 1 << window.zoom
    var tiles: [Tile] = []
    for y in max(0, Int(window.y.lowerBound))...max(0, min(count - 1, Int(window.y.upperBound))) {
      for x in Int(window.x.lowerBound.rounded(.down))...Int(window.x.upperBound) {
        let column = (x % count + count) % count
        let key = fixed.replacing("{z}", with: "\(window.zoom)")
          .replacing("{y}", with: "\(y)").replacing("{x}", with: "\(column)")
        if tiles.count < 64, exists(key) { tiles.append(Tile(key: key, x: x, y: y)) }
      }
    }
    return tiles
  }

  /// Writes the picture.
  func write(to writer: inout MarkupWriter) {
    let label = "\(variable.title) of \(dataset.title)" + (timeWords.map { ", \($0)" } ?? "")
    // Mercator's map has no poles; the thumbnail is drawn on the dataset's own grid.
    if embed.kind != .globe,
      let layer = style.layers.first(where: { $0.tileMatrixSet == .webMercatorQuad }),
      let window = window(layer)
    {
      let tiles = tiles(layer, window)
      if !tiles.isEmpty {
        let size = (
          window.x.upperBound - window.x.lowerBound, window.y.upperBound - window.y.lowerBound
        )
        func text(_ number: Double) -> String { String((number * 1000).rounded() / 1000) }
        let box = [window.x.lowerBound, window.y.lowerBound, size.0, size.1].map { text($0 * 256) }
        writer.start(
          "svg",
          [
            MarkupAttribute("class", "still"), MarkupAttribute("role", "img"),
            MarkupAttribute("aria-label", label),
            MarkupAttribute("viewBox", box.joined(separator: " ")),
          ])
        for tile in tiles {
          // Written wider by a hair, or seams show between them.
          writer.start(
            "image",
            [
              MarkupAttribute("href", root + Self.address(of: tile.key)),
              MarkupAttribute("x", String(tile.x * 256)),
              MarkupAttribute("y", String(tile.y * 256)),
              MarkupAttribute("width", "256.5"), MarkupAttribute("height", "256.5"),
            ])
          writer.end("image")
        }
        writer.end("svg")
        return
      }
    }
    guard let thumbnail = style.thumbnail else {
      writer.element(
        "p", [MarkupAttribute("class", "absent")], text: "There is no picture of \(label).")
      return
    }
    writer.start(
      "img",
      [
        MarkupAttribute("class", "still"), MarkupAttribute("src", root + thumbnail),
        MarkupAttribute("alt", label), MarkupAttribute("loading", "lazy"),
      ])
  }

  /// A key as it stands in an address: colons are kept, since no scheme can be meant behind `../`.
  private static func address(of key: String) -> String {
    key.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? key
  }
}
