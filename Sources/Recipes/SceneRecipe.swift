/// A scene of the globe: a surface, what is draped over it, the light, and how to look at it.
///
/// Datasets are named by the ids of the recipe, variables by their names in the source.
public struct SceneRecipe: Sendable, Hashable {
  /// A variable of a dataset; `nil` means the first one.
  public struct Source: Sendable, Hashable {
    /// The id of the dataset.
    public var dataset: String
    /// The name of the variable.
    public var variable: String?
    /// By name of another dimension than time, the value that is shown.
    public var extras: [String: String]

    /// Names a variable.
    public init(dataset: String, variable: String? = nil, extras: [String: String] = [:]) {
      self.dataset = dataset
      self.variable = variable
      self.extras = extras
    }
  }

  /// What the earth's surface is made of.
  public struct Surface: Sendable, Hashable {
    /// Where heights come from.
    public enum Heights: Sendable, Hashable {
      /// The values of a variable: (value × `scale` + `offset`) metres above the ellipsoid, those of
      /// missing values as if the value were `missing`.
      case field(Source, scale: Double, offset: Double, missing: Double)
      /// The terrain tiles of a dataset.
      case terrain(dataset: String)
    }

    /// Where heights come from.
    public var heights: Heights
    /// By how much they are exaggerated in all; `nil` for what tiles have already, or not at all.
    public var exaggeration: Double?

    /// Makes a surface.
    public init(heights: Heights, exaggeration: Double? = nil) {
      self.heights = heights
      self.exaggeration = exaggeration
    }
  }

  /// How the places of a dimension become sheets one above the other.
  public struct Stack: Sendable, Hashable {
    /// How far apart sheets lie.
    public enum Spacing: String, Sendable, CaseIterable {
      /// As far as their values.
      case values
      /// Evenly, in the order of their values.
      case even
    }

    /// The name of the dimension.
    public var dimension: String
    /// Metres for each unit of it, or for each sheet where they lie evenly; below zero where values
    /// count downwards.
    public var scale: Double
    /// The height of the value 0, or of the first sheet, in metres above the ellipsoid.
    public var base: Double
    /// How far apart sheets lie.
    public var spacing: Spacing

    /// Makes a stack.
    public init(dimension: String, scale: Double, base: Double = 0, spacing: Spacing = .values) {
      self.dimension = dimension
      self.scale = scale
      self.base = base
      self.spacing = spacing
    }
  }

  /// What is drawn on or above the surface.
  public struct Layer: Sendable, Hashable {
    /// What it shows.
    public var source: Source
    /// The id of the style; the first one without.
    public var style: String?
    /// The name of another colour map than that of the style.
    public var colours: String?
    /// Another range than that of the style.
    public var range: [Double]?
    /// 0 to 1.
    public var opacity: Double
    /// A time that it keeps; without, it follows the time that is shown.
    public var time: String?
    /// Whether the published pictures are shown instead of values.
    public var pictures: Bool
    /// The sheets of a further dimension; without, it is draped over the surface.
    public var stack: Stack?
  }

  /// Where light comes from.
  public struct Light: Sendable, Hashable {
    /// The kinds of light.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
      /// Every colour as in the legend.
      case none
      /// A lamp that comes along with the camera.
      case camera
      /// A lamp that stands over a place.
      case fixed
      /// The sun of a date.
      case sun
    }

    /// The kind.
    public var kind: Kind
    /// From where a lamp shines, in degrees from north over east.
    public var azimuth: Double?
    /// How high a lamp stands above the horizon, in degrees.
    public var elevation: Double?
    /// How bright the shade is, 0 to 1.
    public var ambient: Double?
    /// The place of a fixed lamp: longitude and latitude.
    public var place: [Double]?
    /// The date of the sun in ISO 8601; without, the sun follows the time that is shown.
    public var date: String?
  }

  /// How the camera stands: it looks at a place from a distance.
  public struct View: Sendable, Hashable {
    /// The longitude of the place, in degrees.
    public var lon: Double
    /// The latitude of the place, in degrees.
    public var lat: Double
    /// Metres from the place.
    public var distance: Double
    /// Into which direction it looks, in degrees from north over east.
    public var heading: Double
    /// How far up from the horizon; -90 is straight down.
    public var pitch: Double
  }

  /// One stop of a tour.
  public struct Stop: Sendable, Hashable {
    /// How the camera stands there.
    public var view: View
    /// Seconds that it takes to get there.
    public var seconds: Double
    /// Seconds to stay.
    public var hold: Double
    /// What is told there.
    public var caption: String?
    /// The time that is shown there.
    public var time: String?
  }

  /// What is below everything else.
  public enum Base: String, Sendable, Hashable, CaseIterable {
    /// A natural picture of land and sea.
    case natural
    /// One colour.
    case plain
  }

  /// The id, part of its address.
  public var id: String
  /// What people call it.
  public var title: String
  /// What it shows, in Markdown.
  public var description: String?
  /// The surface; without, the ellipsoid.
  public var surface: Surface?
  /// What is below everything else.
  public var base: Base
  /// West, south, east, north of the part of the earth that is drawn; all of it without.
  public var area: [Double]?
  /// The layers, the first on top.
  public var layers: [Layer]
  /// The light.
  public var light: Light?
  /// The time that is shown first.
  public var time: String?
  /// How the camera stands first.
  public var view: View?
  /// The stops of its tour.
  public var tour: [Stop]

  /// All variables that it shows.
  public var sources: [Source] {
    let surface: Source? =
      if case .field(let source, _, _, _) = surface?.heights { source } else { nil }
    return [surface].compactMap { $0 } + layers.map(\.source)
  }

  /// The ids of the datasets that it shows, each once.
  public var datasets: [String] {
    var ids = sources.map(\.dataset)
    if case .terrain(let dataset) = surface?.heights { ids.append(dataset) }
    return ids.reduce(into: []) { all, id in if !all.contains(id) { all.append(id) } }
  }
}
