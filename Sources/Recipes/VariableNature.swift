import Cubes

/// What kind of quantity a variable is, as far as its default look depends on it.
enum VariableNature: String, CaseIterable {
  case classes, anomaly, velocity, temperature, chlorophyll, elevation, salinity, seaIce, oxygen
  case precipitation, vegetation, direction, cloud, wind, other

  /// The nature that follows from names and units; the more certain signs come first.
  init(standardName: String?, units: String?, longName: String?, name: String, isCategorical: Bool)
  {
    // CF standard names are precise; long names and names only hint, so they are asked later.
    let standard = (standardName ?? "").lowercased()
    let text = [standard, longName ?? "", name].joined(separator: " ").lowercased()
      .replacing("-", with: "_").replacing(" ", with: "_")
    let words = Set(text.split { !$0.isLetter && !$0.isNumber }.map(String.init))
    func has(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
    if isCategorical {
      self = .classes
    } else if has("anomaly", "anomalies", "difference", "departure", "deviation_from")
      || !words.isDisjoint(with: ["anom", "diff", "delta", "bias", "trend"])
    {
      self = .anomaly
    } else if has("from_direction", "to_direction", "wind_dir", "aspect")
      || words.contains("azimuth")
    {
      self = .direction
    } else if has(
      "eastward_", "northward_", "upward_", "_x_velocity", "_y_velocity", "vorticity",
      "divergence", "zonal_wind", "meridional_wind", "u_component", "v_component", "u_wind",
      "v_wind")
      || !words.isDisjoint(with: ["uas", "vas", "uo", "vo", "u10", "v10", "ugos", "vgos"])
    {
      self = .velocity
    } else if has("wind_speed", "windspeed") {
      self = .wind
    } else if has("chlorophyll", "chl_a", "kd490", "suspended_matter")
      || !words.isDisjoint(with: ["chl", "chla", "conc_chl", "tsm", "conc_tsm", "kd490"])
    {
      self = .chlorophyll
    } else if has("sea_ice", "ice_concentration") || words.contains("siconc") {
      self = .seaIce
    } else if has(
      "bedrock_altitude", "surface_altitude", "height_above_geopotential_datum",
      "sea_floor_depth", "bathymetry", "topography", "elevation", "bed_topo")
      || !words.isDisjoint(with: ["dem", "bed", "topo", "altitude", "orog", "elevation"])
    {
      self = .elevation
    } else if has("salinity") {
      self = .salinity
    } else if has("oxygen") {
      self = .oxygen
    } else if has(
      "precipitation", "rainfall", "snowfall", "soil_moisture", "total_column_water",
      "humidity", "river_discharge")
    {
      self = .precipitation
    } else if has(
      "ndvi", "vegetation", "leaf_area", "fapar", "fpar", "biomass", "primary_product",
      "gpp")
    {
      self = .vegetation
    } else if has("cloud_area_fraction", "cloud_cover") {
      self = .cloud
    } else if has("temperature") || Self.isTemperature(units: units)
      || !words.isDisjoint(with: ["sst", "tas", "t2m", "lst", "analysed_sst"])
    {
      self = .temperature
    } else {
      self = .other
    }
  }

  /// The nature of a variable of a cube.
  init(_ variable: Variable) {
    self.init(
      standardName: variable.standardName, units: variable.units, longName: variable.longName,
      name: variable.name, isCategorical: variable.isCategorical)
  }

  private static func isTemperature(units: String?) -> Bool {
    let known = [
      "k", "kelvin", "degc", "deg_c", "celsius", "degree_celsius", "degrees_celsius", "°c",
      "degf", "degree_c", "degrees c", "degk", "degree_kelvin",
    ]
    return known.contains((units ?? "").lowercased())
  }

  /// The name of the colour map that suits, chosen so that colour-blind readers can read it.
  var colourMap: String {
    switch self {
    case .anomaly, .velocity: "balance"
    case .temperature: "thermal"
    case .chlorophyll, .vegetation: "algae"
    case .elevation: "topo"
    case .salinity: "haline"
    case .seaIce, .cloud: "ice"
    case .oxygen: "dense"
    case .precipitation: "rain"
    case .direction: "phase"
    case .wind: "speed"
    case .classes, .other: "viridis"
    }
  }

  /// The value that the middle colour stands for, where one is natural: no change, no motion, the
  /// coast.
  var centre: Double? {
    switch self {
    case .anomaly, .velocity, .elevation: 0
    default: nil
    }
  }

  /// Whether values range over magnitudes, so that a logarithm shows them best.
  var isLogarithmic: Bool { self == .chlorophyll }

  /// The range that is natural whatever the data, such as all directions.
  func naturalRange(units: String?) -> ClosedRange<Double>? {
    let isShare = ["1", "", "fraction"].contains((units ?? "").lowercased())
    let isPercent = ["%", "percent"].contains((units ?? "").lowercased())
    switch self {
    case .direction:
      return (units ?? "").lowercased().hasPrefix("rad") ? 0...(2 * Double.pi) : 0...360
    case .seaIce, .cloud: return isShare ? 0...1 : isPercent ? 0...100 : nil
    default: return nil
    }
  }
}
