public import Cubes
public import Grids
public import Images
public import JSON

// What a build made, described in values. The build fills these in; services and pages are made
// from them alone, so that they can be made and tested without any data.

/// One dimension by which the tiles of a variable differ: time, or a level, band or member.
public struct TileDimension: Sendable, Hashable, Codable {
  /// The name in lower case, as it stands in tile templates, such as `time` or `depth`.
  public let name: String
  /// What people call it.
  public let title: String
  /// The unit of the values, where they are numbers that have one.
  public let units: String?
  /// The values in order; the same text is the path segment and the value in services.
  public let values: [String]
  /// The value shown when none is chosen; one of `values`.
  public let defaultValue: String
  /// Whether this is the time.
  public let isTime: Bool

  /// Makes a dimension.
  public init(
    name: String, title: String, units: String? = nil, values: [String], defaultValue: String,
    isTime: Bool = false
  ) {
    self.name = name
    self.title = title
    self.units = units
    self.values = values
    self.defaultValue = defaultValue
    self.isTime = isTime
  }

  /// What stands for the value in tile templates, without braces.
  ///
  /// The name; but a dimension called `z` must not be taken for the zoom.
  public var placeholder: String {
    let reserved = ["x", "y", "z", "style", "tilematrixset", "tilematrix", "tilerow", "tilecol"]
    return reserved.contains(name.lowercased()) ? "\(name)_value" : name
  }
}

/// The tiles of one style in one tile matrix set.
public struct TileLayer: Sendable, Hashable, Codable {
  /// The tile matrix set.
  public let tileMatrixSet: TileMatrixSet
  /// The coarsest zoom that has tiles.
  public let minZoom: Int
  /// The finest zoom that has tiles.
  public let maxZoom: Int
  /// By zoom, the rectangle outside which no tile exists for any time.
  public let limits: [Int: TileLimits]
  /// How many tiles there are.
  public let tileCount: Int
  /// How many bytes they take together.
  public let byteCount: Int

  /// Makes the description of a layer.
  public init(
    tileMatrixSet: TileMatrixSet, minZoom: Int, maxZoom: Int, limits: [Int: TileLimits],
    tileCount: Int, byteCount: Int
  ) {
    self.tileMatrixSet = tileMatrixSet
    self.minZoom = minZoom
    self.maxZoom = maxZoom
    self.limits = limits
    self.tileCount = tileCount
    self.byteCount = byteCount
  }
}

/// One style of a variable with the tiles and pictures made in it.
public struct BuiltStyle: Sendable, Hashable, Codable {
  /// The style as it was applied.
  public let style: Style
  /// The image format of its tiles.
  public let format: ImageFormat
  /// Its tiles, one layer for each tile matrix set.
  public let layers: [TileLayer]
  /// The key of the legend as PNG.
  public let legendPNG: String
  /// The key of the legend as SVG.
  public let legendSVG: String
  /// The width of the legend in pixels.
  public let legendWidth: Int
  /// The height of the legend in pixels.
  public let legendHeight: Int
  /// The key of a small picture of the default time.
  public let thumbnail: String?

  /// Makes the description of a style.
  public init(
    style: Style, format: ImageFormat, layers: [TileLayer], legendPNG: String, legendSVG: String,
    legendWidth: Int, legendHeight: Int, thumbnail: String? = nil
  ) {
    self.style = style
    self.format = format
    self.layers = layers
    self.legendPNG = legendPNG
    self.legendSVG = legendSVG
    self.legendWidth = legendWidth
    self.legendHeight = legendHeight
    self.thumbnail = thumbnail
  }

  /// The key of a tile with place-holders: `{z}`, `{y}`, `{x}` and one for each dimension.
  ///
  /// For example `datasets/sst/tiles/analysed_sst/default/WebMercatorQuad/{time}/{z}/{y}/{x}.png`.
  public func tileTemplate(
    dataset: String, variable: BuiltVariable, tileMatrixSet: TileMatrixSet
  ) -> String {
    let fixed = [
      "datasets", dataset, "tiles", variable.key, style.id, tileMatrixSet.id,
    ]
    let varying = variable.dimensions.map { "{\($0.placeholder)}" }
    return (fixed + varying + ["{z}", "{y}", "{x}.\(format.rawValue)"]).joined(separator: "/")
  }
}

/// How the values of a variable are to be understood.
public enum VariableKind: String, Sendable, Hashable, CaseIterable, Codable {
  /// Numbers on a scale: they can be averaged.
  case continuous
  /// Classes or flags: they can be counted, never averaged.
  case categorical
}

/// What the values of a variable were found to be.
public struct MeasuredValues: Sendable, Hashable, Codable {
  /// The smallest value, in the variable's unit.
  public let minimum: Double
  /// The largest value, in the variable's unit.
  public let maximum: Double
  /// The share of missing values, 0…1.
  public let missingShare: Double
  /// Whether only a sample was looked at.
  public let sampled: Bool

  /// Makes the result of a measurement.
  public init(minimum: Double, maximum: Double, missingShare: Double, sampled: Bool) {
    self.minimum = minimum
    self.maximum = maximum
    self.missingShare = missingShare
    self.sampled = sampled
  }
}

/// One variable of a dataset with everything made from it.
public struct BuiltVariable: Sendable, Codable {
  /// The name in the source, such as `analysed_sst` or `group/sub/var`.
  public let name: String
  /// The name as a path segment of keys.
  public let key: String
  /// What people call it.
  public let title: String
  /// The unit as the source writes it.
  public let units: String?
  /// The CF standard name.
  public let standardName: String?
  /// What it is, in Markdown.
  public let description: String?
  /// The heading under which lists show it together with others.
  public let group: String?
  /// The attributes of the source.
  public let attributes: JSONObject
  /// How the values are to be understood.
  public let kind: VariableKind
  /// By what its tiles differ: time first, then the others; only those that exist.
  public let dimensions: [TileDimension]
  /// What the values were found to be, where they were measured.
  public let measured: MeasuredValues?
  /// How often they occur along the scale of its first style.
  public let histogram: ValueHistogram?
  /// How much of it there is at each time, where it has times.
  public let coverage: TimeCoverage?
  /// The meanings of its flags, where it has such.
  public let flags: FlagTable?
  /// Its arrays in the cube and the series, where there are such.
  public let arrays: BuiltVariableArrays?
  /// The key of its cube to print, cut out and glue, as SVG.
  public let paperCube: String?
  /// The key of the same as PDF.
  public let paperCubePDF: String?
  /// What the 4D viewer draws of it, such as `heatmap`; `nil` where it is no layer there.
  public let viewerLayer: String?
  /// The styles, the default one first.
  public let styles: [BuiltStyle]

  /// Makes the description of a variable.
  public init(
    name: String, key: String, title: String, units: String? = nil, standardName: String? = nil,
    description: String? = nil, group: String? = nil, attributes: JSONObject = [:],
    kind: VariableKind = .continuous,
    dimensions: [TileDimension] = [], measured: MeasuredValues? = nil,
    histogram: ValueHistogram? = nil, coverage: TimeCoverage? = nil, flags: FlagTable? = nil,
    arrays: BuiltVariableArrays? = nil, paperCube: String? = nil, paperCubePDF: String? = nil,
    viewerLayer: String? = nil, styles: [BuiltStyle]
  ) {
    self.name = name
    self.key = key
    self.title = title
    self.units = units
    self.standardName = standardName
    self.description = description
    self.group = group
    self.attributes = attributes
    self.kind = kind
    self.dimensions = dimensions
    self.measured = measured
    self.histogram = histogram
    self.coverage = coverage
    self.flags = flags
    self.arrays = arrays
    self.paperCube = paperCube
    self.paperCubePDF = paperCubePDF
    self.viewerLayer = viewerLayer
    self.styles = styles
  }
}

/// From when to when a dataset reaches.
public struct TimeRange: Sendable, Hashable, Codable {
  /// The first time, as ISO 8601 text.
  public let first: String
  /// The last time, as ISO 8601 text.
  public let last: String
  /// How many times there are.
  public let count: Int

  /// Makes a range of times.
  public init(first: String, last: String, count: Int) {
    self.first = first
    self.last = last
    self.count = count
  }
}

/// A link to something said or kept elsewhere about a dataset.
public struct DatasetLink: Sendable, Hashable, Codable {
  /// What it leads to.
  public let title: String
  /// The address.
  public let url: String

  /// Makes a link.
  public init(title: String, url: String) {
    self.title = title
    self.url = url
  }
}

/// A picture in which red, green and blue show a variable each.
public struct BuiltComposite: Sendable, Hashable, Codable {
  /// What one colour shows.
  public struct Band: Sendable, Hashable, Codable {
    /// The key of the variable.
    public let variable: String
    /// The value that is dark.
    public let dark: Double
    /// The value that is bright; it may be the lower one.
    public let bright: Double

    /// Makes a band.
    public init(variable: String, dark: Double, bright: Double) {
      self.variable = variable
      self.dark = dark
      self.bright = bright
    }
  }

  /// The id.
  public let id: String
  /// What people call it.
  public let title: String
  /// What red, green and blue show, in this order.
  public let bands: [Band]

  /// Makes the description of a composite.
  public init(id: String, title: String, bands: [Band]) {
    self.id = id
    self.title = title
    self.bands = bands
  }
}

/// One dataset of a site with everything made from it.
public struct BuiltDataset: Sendable, Codable {
  /// The id, the path segment of its keys.
  public let id: String
  /// What people call it.
  public let title: String
  /// What it is, in Markdown.
  public let description: String?
  /// Where it lies.
  public let bounds: GeographicBounds
  /// The coordinate reference system of its own grid.
  public let crs: CRS
  /// The number of columns of its own grid.
  public let columns: Int
  /// The number of rows of its own grid.
  public let rows: Int
  /// The size of a cell in words, such as `0.25° (28 km)`.
  public let resolution: String
  /// From when to when it reaches, where it has a time.
  public let timeRange: TimeRange?
  /// The CF calendar of its times, where it has a time.
  public let calendar: String?
  /// The attributes of the source.
  public let attributes: JSONObject
  /// The licence: a name, an SPDX id or an address.
  public let licence: String?
  /// Whom to name when using it.
  public let attribution: String?
  /// Its digital object identifier, such as `10.5285/…`, without resolver.
  public let doi: String?
  /// Words to find it by.
  public let keywords: [String]
  /// The sources it was made from: file names or addresses, never local paths.
  public let sources: [String]
  /// Links to more about it.
  public let links: [DatasetLink]
  /// The key of the GeoJSON of its named places.
  public let places: String?
  /// Its composites.
  public let composites: [BuiltComposite]
  /// What was odd in the source, and how it was read.
  public let notes: [CubeNote]
  /// Its arrays, where there are such.
  public let arrays: BuiltArrays?
  /// Its terrain, where there is one.
  public let terrain: BuiltTerrain?
  /// Its variables, in the recipe's order.
  public let variables: [BuiltVariable]

  /// Makes the description of a dataset.
  public init(
    id: String, title: String, description: String? = nil, bounds: GeographicBounds, crs: CRS,
    columns: Int, rows: Int, resolution: String, timeRange: TimeRange? = nil,
    calendar: String? = nil, attributes: JSONObject = [:], licence: String? = nil,
    attribution: String? = nil, doi: String? = nil, keywords: [String] = [],
    sources: [String] = [], links: [DatasetLink] = [], places: String? = nil,
    composites: [BuiltComposite] = [], notes: [CubeNote] = [],
    arrays: BuiltArrays? = nil, terrain: BuiltTerrain? = nil, variables: [BuiltVariable]
  ) {
    self.id = id
    self.title = title
    self.description = description
    self.bounds = bounds
    self.crs = crs
    self.columns = columns
    self.rows = rows
    self.resolution = resolution
    self.timeRange = timeRange
    self.calendar = calendar
    self.attributes = attributes
    self.licence = licence
    self.attribution = attribution
    self.doi = doi
    self.keywords = keywords
    self.sources = sources
    self.links = links
    self.places = places
    self.composites = composites
    self.notes = notes
    self.arrays = arrays
    self.terrain = terrain
    self.variables = variables
  }
}

extension BuiltDataset {
  /// The variables that are a cube: with arrays on the map and something to go through, such as times
  /// or levels.
  public var cubes: [BuiltVariable] {
    guard arrays?.cube != nil else { return [] }
    return variables.filter { $0.arrays?.dimensions.contains { $0.values.count > 1 } ?? false }
  }
}
