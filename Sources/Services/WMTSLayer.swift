import Grids
import Images
import Pyramids

/// One layer of a WMTS: a variable, with those of its styles that have one image format.
///
/// QGIS keeps one format for each layer, so styles of another format make a layer of their own.
struct WMTSLayer: Sendable {
  let identifier: String
  let dataset: BuiltDataset
  let variable: BuiltVariable
  let format: ImageFormat
  let styles: [BuiltStyle]

  static func layers(of variable: BuiltVariable, in dataset: BuiltDataset) -> [WMTSLayer] {
    let main = variable.styles.first?.format
    return ImageFormat.allCases.sorted { one, _ in one == main }.compactMap { format in
      let styles = variable.styles.filter { $0.format == format }
      let name = "\(dataset.id).\(variable.key)"
      return styles.isEmpty
        ? nil
        : WMTSLayer(
          identifier: format == main ? name : "\(name).\(format.rawValue)", dataset: dataset,
          variable: variable, format: format, styles: styles)
    }
  }

  /// By set and zoom, the tiles that exist in any of the styles.
  var links: [TileMatrixSet: [Int: TileLimits]] {
    var links: [TileMatrixSet: [Int: TileLimits]] = [:]
    for layer in styles.flatMap(\.layers) {
      links[layer.tileMatrixSet, default: [:]].merge(layer.limits) { one, other in
        TileLimits(
          minX: min(one.minX, other.minX), maxX: max(one.maxX, other.maxX),
          minY: min(one.minY, other.minY), maxY: max(one.maxY, other.maxY))
      }
    }
    return links
  }

  func write(to writer: inout XMLWriter, address: ServiceAddress) {
    let links = links.sorted { order($0.key) < order($1.key) }
    writer.element("Layer") { writer in
      writer.element("ows:Title", text: "\(dataset.title): \(variable.title)")
      if let text = variable.description ?? dataset.description {
        writer.element("ows:Abstract", text: text)
      }
      if !dataset.keywords.isEmpty {
        writer.element("ows:Keywords") { writer in
          for word in dataset.keywords { writer.element("ows:Keyword", text: word) }
        }
      }
      writeGeographicBounds(to: &writer)
      writer.element("ows:Identifier", text: identifier)
      for (set, limits) in links { writeBounds(of: limits, in: set, to: &writer) }
      for style in styles {
        write(style, isDefault: style.style.id == styles.first?.style.id, to: &writer, address)
      }
      writer.element("Format", text: format.mediaType)
      for dimension in variable.dimensions { write(dimension, to: &writer) }
      for (set, limits) in links { write(limits, of: set, to: &writer) }
      writer.element(
        "ResourceURL",
        [
          ("format", format.mediaType), ("resourceType", "tile"),
          ("template", address.template(template)),
        ])
    }
  }

  private func order(_ set: TileMatrixSet) -> Int {
    TileMatrixSet.all.firstIndex(of: set) ?? TileMatrixSet.all.count
  }

  /// The path of a tile with the place-holders of WMTS (07-057r7, section 10.2.1).
  var template: String {
    let fixed = ["datasets", dataset.id, "tiles", variable.key, "{Style}", "{TileMatrixSet}"]
    let varying = variable.dimensions.map { "{\(Self.identifier(of: $0))}" }
    let tile = ["{TileMatrix}", "{TileRow}", "{TileCol}.\(format.fileExtension)"]
    return (fixed + varying + tile).joined(separator: "/")
  }

  /// QGIS takes a dimension for the time by this name, and fills it in case-sensitively.
  private static func identifier(of dimension: TileDimension) -> String {
    dimension.isTime ? "Time" : dimension.placeholder
  }

  private func writeGeographicBounds(to writer: inout XMLWriter) {
    let bounds = dataset.bounds
    // A box across the antimeridian would have its corners the wrong way round.
    let (west, east) = bounds.crossesAntimeridian ? (-180, 180) : (bounds.west, bounds.east)
    writer.element("ows:WGS84BoundingBox") { writer in
      writer.element("ows:LowerCorner", text: corner(west, bounds.south))
      writer.element("ows:UpperCorner", text: corner(east, bounds.north))
    }
  }

  private func corner(_ x: Double, _ y: Double) -> String {
    "\(WMTSCapabilities.decimal(x)) \(WMTSCapabilities.decimal(y))"
  }

  /// The box of the tiles of the finest zoom, which needs no projecting to be known.
  private func writeBounds(
    of limits: [Int: TileLimits], in set: TileMatrixSet, to writer: inout XMLWriter
  ) {
    guard let (zoom, limits) = limits.max(by: { $0.key < $1.key }) else { return }
    let topLeft = set.bounds(z: zoom, x: limits.minX, y: limits.minY)
    let bottomRight = set.bounds(z: zoom, x: limits.maxX, y: limits.maxY)
    writer.element("ows:BoundingBox", [("crs", set.urn)]) { writer in
      writer.element(
        "ows:LowerCorner", text: WMTSCapabilities.pair(topLeft.minX, bottomRight.minY, in: set))
      writer.element(
        "ows:UpperCorner", text: WMTSCapabilities.pair(bottomRight.maxX, topLeft.maxY, in: set))
    }
  }

  private func write(
    _ style: BuiltStyle, isDefault: Bool, to writer: inout XMLWriter, _ address: ServiceAddress
  ) {
    writer.element("Style", isDefault ? [("isDefault", "true")] : []) { writer in
      writer.element("ows:Title", text: style.style.title)
      writer.element("ows:Identifier", text: style.style.id)
      // The PNG first: clients that take only one can draw it.
      for (key, type) in [(style.legendPNG, "image/png"), (style.legendSVG, "image/svg+xml")] {
        writer.element(
          "LegendURL",
          [
            ("format", type), ("xlink:href", address.url(key)),
            ("width", "\(style.legendWidth)"), ("height", "\(style.legendHeight)"),
          ])
      }
    }
  }

  private func write(_ dimension: TileDimension, to writer: inout XMLWriter) {
    writer.element("Dimension") { writer in
      writer.element("ows:Title", text: dimension.isTime ? "Time" : dimension.title)
      writer.element("ows:Identifier", text: Self.identifier(of: dimension))
      if let unit = dimension.isTime ? "ISO8601" : dimension.units {
        writer.element("ows:UOM", text: unit)
      }
      writer.element("Default", text: dimension.defaultValue)
      for value in dimension.values { writer.element("Value", text: value) }
    }
  }

  private func write(
    _ limits: [Int: TileLimits], of set: TileMatrixSet, to writer: inout XMLWriter
  ) {
    writer.element("TileMatrixSetLink") { writer in
      writer.element("TileMatrixSet", text: set.id)
      // The schema wants row and column of the last tile to be above 0 (a known slip of WMTS 1.0.0):
      // such a coarse zoom has no limits, which means all of its few tiles.
      let written = limits.filter { $0.value.maxX > 0 && $0.value.maxY > 0 }
      guard !written.isEmpty else { return }
      writer.element("TileMatrixSetLimits") { writer in
        for (zoom, limits) in written.sorted(by: { $0.key < $1.key }) {
          writer.element("TileMatrixLimits") { writer in
            writer.element("TileMatrix", text: "\(zoom)")
            writer.element("MinTileRow", text: "\(limits.minY)")
            writer.element("MaxTileRow", text: "\(limits.maxY)")
            writer.element("MinTileCol", text: "\(limits.minX)")
            writer.element("MaxTileCol", text: "\(limits.maxX)")
          }
        }
      }
    }
  }
}
