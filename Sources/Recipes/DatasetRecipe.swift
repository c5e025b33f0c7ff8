public import Cubes
public import Grids
public import Images

/// What to make from one cube.
public struct DatasetRecipe: Sendable {
  /// The path segment of everything made from it: `[a-z0-9][a-z0-9._-]*`.
  public var id: String
  /// What people call it; the cube's own title without.
  public var title: String?
  /// What it is, in Markdown; the cube's own summary without.
  public var description: String?
  /// Paths (absolute, globs kept) and addresses of the files that make up the cube.
  public var sources: [String]
  /// How to read them.
  public var options: CubeOptions
  /// The licence: a name, an SPDX id or an address.
  public var licence: String?
  /// Whom to name when using it.
  public var attribution: String?
  /// Its digital object identifier, such as `10.5285/…`, without resolver.
  public var doi: String?
  /// Words to find it by.
  public var keywords: [String]
  /// Links to more about it.
  public var links: [LinkRecipe]
  /// GeoJSON files with named places (absolute paths).
  public var places: [String]
  /// Pictures in which red, green and blue show a variable each.
  public var composites: [CompositeRecipe]
  /// The variables to show, in this order; empty means all that lie on a grid.
  public var variables: [VariableRecipe]
  /// The tile matrix sets; `nil` means those that suit the grid.
  public var tileMatrixSets: [TileMatrixSet]?
  /// The finest zoom to make; `nil` means that of the source's resolution.
  public var maxZoom: Int?
  /// Which times to make.
  public var times: TimeSelection
  /// By name of an extra dimension, which of its values to make; all for one not named.
  public var extras: [String: [String]]
  /// Whether image tiles are made.
  public var hasTiles: Bool
  /// The format of the image tiles.
  public var format: ImageFormat
  /// How hard to try to make them small.
  public var effort: Effort
  /// How the multiscale cube is made; `nil` leaves it out.
  public var cube: CubeRecipe?
  /// How the time series are made; `nil` leaves them out.
  public var series: SeriesRecipe?
  /// The terrain that is made; none without.
  public var terrain: TerrainRecipe?
  /// Who made it, how it changed and what it is not good for.
  public var publication = PublicationRecipe()

  /// Makes the recipe of a dataset.
  public init(
    id: String, title: String? = nil, description: String? = nil, sources: [String],
    options: CubeOptions = CubeOptions(), licence: String? = nil, attribution: String? = nil,
    doi: String? = nil, keywords: [String] = [], links: [LinkRecipe] = [], places: [String] = [],
    composites: [CompositeRecipe] = [],
    variables: [VariableRecipe] = [], tileMatrixSets: [TileMatrixSet]? = nil, maxZoom: Int? = nil,
    times: TimeSelection = .all, extras: [String: [String]] = [:], hasTiles: Bool = true,
    format: ImageFormat = .png, effort: Effort = .standard, cube: CubeRecipe? = CubeRecipe(),
    series: SeriesRecipe? = SeriesRecipe(), terrain: TerrainRecipe? = nil
  ) {
    self.id = id
    self.title = title
    self.description = description
    self.sources = sources
    self.options = options
    self.licence = licence
    self.attribution = attribution
    self.doi = doi
    self.keywords = keywords
    self.links = links
    self.places = places
    self.composites = composites
    self.variables = variables
    self.tileMatrixSets = tileMatrixSets
    self.maxZoom = maxZoom
    self.times = times
    self.extras = extras
    self.hasTiles = hasTiles
    self.format = format
    self.effort = effort
    self.cube = cube
    self.series = series
    self.terrain = terrain
  }
}

/// A link to something said or kept elsewhere about a dataset.
public struct LinkRecipe: Sendable, Hashable {
  /// What it leads to.
  public var title: String
  /// The address.
  public var url: String

  /// Makes a link.
  public init(title: String, url: String) {
    self.title = title
    self.url = url
  }
}

/// A picture in which red, green and blue show a variable each.
public struct CompositeRecipe: Sendable, Hashable {
  /// What one colour shows.
  public struct Band: Sendable, Hashable {
    /// The name of the variable in the source.
    public var variable: String
    /// The value that is dark.
    public var dark: Double
    /// The value that is bright; it may be the lower one.
    public var bright: Double

    /// Makes a band.
    public init(variable: String, dark: Double, bright: Double) {
      self.variable = variable
      self.dark = dark
      self.bright = bright
    }
  }

  /// What it is called in addresses.
  public var id: String
  /// What people call it.
  public var title: String
  /// What red shows.
  public var red: Band
  /// What green shows.
  public var green: Band
  /// What blue shows.
  public var blue: Band

  /// Makes a composite.
  public init(id: String = "rgb", title: String, red: Band, green: Band, blue: Band) {
    self.id = id
    self.title = title
    self.red = red
    self.green = green
    self.blue = blue
  }
}

/// Which time steps to make.
public enum TimeSelection: Sendable, Hashable {
  /// Every one.
  case all
  /// The first alone.
  case first
  /// The last alone.
  case last
  /// Every n-th one of those from one time to another, both included; `nil` is an open end.
  case range(from: String?, to: String?, every: Int)
  /// Those named, as ISO 8601 text or the beginning of one: `2017` means all of that year.
  case listed([String])
}

/// How to show one variable.
public struct VariableRecipe: Sendable, Hashable {
  /// The name in the source.
  public var name: String
  /// What people call it; its `long_name` without.
  public var title: String?
  /// What it is, in Markdown.
  public var description: String?
  /// The heading under which lists show it together with others.
  public var group: String?
  /// How its values are made smaller; `nil` means as the cube says.
  public var quantisation: QuantisationRecipe?
  /// How it becomes a layer of the 4D viewer; `nil` means as its attribute `4d_viewer_layer_type` says.
  public var viewerLayer: ViewerLayerRecipe?
  /// Whether a cube of it is drawn to print and fold.
  public var hasPaperCube: Bool
  /// The ways to draw it; empty means one default style.
  public var styles: [StyleRecipe]

  /// Makes the recipe of a variable.
  public init(
    name: String, title: String? = nil, description: String? = nil, group: String? = nil,
    quantisation: QuantisationRecipe? = nil, viewerLayer: ViewerLayerRecipe? = nil,
    hasPaperCube: Bool = false, styles: [StyleRecipe] = []
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.group = group
    self.quantisation = quantisation
    self.viewerLayer = viewerLayer
    self.hasPaperCube = hasPaperCube
    self.styles = styles
  }
}
