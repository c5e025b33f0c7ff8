import Grids
import Images
import Pyramids

/// One layer of a WMTS: a variable, with those of its styles that have one image format.
///
/// QGIS keeps one format for each layer, so styles of another format make a layer of their own.
struct WMTSLayer: Sendable {
  /// The tiles of a layer in one tile matrix set.
  struct Link: Sendable {
    /// The set as the document declares it.
    let set: DeclaredSet
    /// By zoom, the tiles that exist in any of the styles.
    let limits: [Int: TileLimits]
  }

  private(set) var identifier: String
  let dataset: BuiltDataset
  let variable: BuiltVariable
  let format: ImageFormat
  let styles: [BuiltStyle]
  /// In the order in which sets are offered.
  private(set) var links: [Link]
  /// What tells the layer from others of its variable, for people.
  private var remark = ""

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

  private init(
    identifier: String, dataset: BuiltDataset, variable: BuiltVariable, format: ImageFormat,
    styles: [BuiltStyle]
  ) {
    self.identifier = identifier
    self.dataset = dataset
    self.variable = variable
    self.format = format
    self.styles = styles
    let limits = Self.limits(of: styles)
    links = TileMatrixSet.all.compactMap { set in
      guard let limits = limits[set], let finest = limits.keys.max() else { return nil }
      return Link(set: DeclaredSet(set: set, maxZoom: finest, isDeepest: true), limits: limits)
    }
  }

  /// The layer for a document in which other layers may go deeper: as one that links to the sets in
  /// which none does, and one for each other set.
  ///
  /// QGIS chooses the zoom from the tile matrix set, not from the limits of a layer, and shows nothing
  /// where that zoom has no tiles. So a layer links to sets that end where its tiles end. Such a set
  /// has an id of its own and cannot stand for a folder in the template: the folder is written there
  /// as it is, and a layer has but one template. `deepest` is the finest zoom of any layer, by set.
  func divided(deepest: [TileMatrixSet: Int]) -> [WMTSLayer] {
    func isDeepest(_ link: Link) -> Bool { link.set.maxZoom == deepest[link.set.set] }
    var layers: [WMTSLayer] = []
    let whole = links.filter(isDeepest)
    if !whole.isEmpty {
      var layer = self
      layer.links = whole
      layers.append(layer)
    }
    for link in links where !isDeepest(link) {
      var layer = self
      let set = DeclaredSet(set: link.set.set, maxZoom: link.set.maxZoom, isDeepest: false)
      layer.links = [Link(set: set, limits: link.limits)]
      if !layers.isEmpty {
        layer.identifier += ".\(set.set.id)"
        layer.remark = " (\(set.set.title))"
      }
      layers.append(layer)
    }
    return layers
  }

  private static func limits(of styles: [BuiltStyle]) -> [TileMatrixSet: [Int: TileLimits]] {
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
    writer.element("Layer") { writer in
      writer.element("ows:Title", text: "\(dataset.title): \(variable.title)\(remark)")
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
      for link in links { writeBounds(of: link.limits, in: link.set.set, to: &writer) }
      for style in styles {
        write(style, isDefault: style.style.id == styles.first?.style.id, to: &writer, address)
      }
      writer.element("Format", text: format.mediaType)
      for dimension in variable.dimensions { write(dimension, to: &writer) }
      for link in links { write(link.limits, of: link.set, to: &writer) }
      writer.element(
        "ResourceURL",
        [
          ("format", format.mediaType), ("resourceType", "tile"),
          ("template", address.template(template)),
        ])
    }
  }

  /// The path of a tile with the place-holders of WMTS (07-057r7, section 10.2.1).
  var template: String {
    let cut = links.first.flatMap { $0.set.isDeepest ? nil : $0.set.set.id }
    let fixed = [
      "datasets", dataset.id, "tiles", variable.key, "{Style}", cut ?? "{TileMatrixSet}",
    ]
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
    _ limits: [Int: TileLimits], of set: DeclaredSet, to writer: inout XMLWriter
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
