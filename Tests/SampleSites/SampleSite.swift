import Cubes
import Grids
import Images
import JSON
public import Pyramids
public import Recipes

/// Descriptions of datasets as a build would give them, for pages without data.
public enum SampleSite {
  /// What the site says of itself.
  public static let site = SiteRecipe(
    title: "Ocean and ice",
    description: "Four **open** data cubes as maps. Use them in your browser, in QGIS or from "
      + "[Python](https://docs.xarray.dev).",
    baseURL: "https://cubes.example.org/open/",
    provider: ProviderRecipe(
      name: "Institute of Seas & Ice", url: "https://example.org/", email: "data@example.org"))

  /// A regional cube, a global one with a depth, a polar one without time or pictures.
  public static func datasets() throws -> [BuiltDataset] {
    [try chlorophyll(), try temperature(), try bed()]
  }

  /// Who made the chlorophyll and how it changed.
  public static var publication: PublicationRecipe {
    var publication = PublicationRecipe()
    publication.authors = [
      PersonRecipe(
        name: "Carberry, Josiah", orcid: "0000-0002-1825-0097", affiliation: "Brown & Co"),
      PersonRecipe(name: "Müller, Änne"),
    ]
    publication.funding = [
      FundingRecipe(
        funder: "Agency of Space", award: "4000123", title: "Seas {seen}",
        url: "https://example.org/award")
    ]
    publication.changes = [
      VersionRecipe(version: "1.1", date: "2026-11-24", text: "Rounded to **16 bits**."),
      VersionRecipe(version: "1.0", date: "2026-03-01", text: "First version."),
    ]
    publication.papers = [
      PaperRecipe(citation: "Doerffer, R. (2007). The MERIS case 2 algorithm.", doi: "10.1080/1")
    ]
    publication.processing = ["Corrected for the atmosphere by *C2RCC*."]
    publication.limits = ["Clouds hide 86 % of it."]
    publication.related = ["sst"]
    publication.project = ProjectRecipe(
      name: "open-seas", status: .ongoing, region: "North Sea", missions: ["sentinel-3"],
      themes: ["oceans"])
    return publication
  }

  /// A region in five passes, with two styles and with flags.
  public static func chlorophyll() throws -> BuiltDataset {
    let style = try Style(
      id: "default", title: "Chlorophyll", colourMap: try map("algae"), scale: .logarithmic,
      range: 0.1...50)
    let anomaly = try Style(
      id: "detail", title: "Detail", colourMap: try map("viridis"), range: 0...24)
    let times = TileDimension(
      name: "time", title: "Time",
      values: [
        "2017-01-16T10:09:21Z", "2017-01-25T09:35:51Z", "2017-01-26T10:50:16Z",
        "2017-01-28T09:58:11Z", "2017-01-30T10:46:33Z",
      ], defaultValue: "2017-01-30T10:46:33Z", isTime: true)
    let flags = FlagTable(attributes: [
      "flag_values": [0, 1, 2], "flag_meanings": "water land cloud_or_haze",
    ])
    return BuiltDataset(
      id: "chlorophyll", title: "Chlorophyll in the southern North Sea",
      description: "What Sentinel-3 OLCI saw of the *colour* of the sea off Belgium and the "
        + "Netherlands in January 2017.\n\n- daily passes\n- 300 m",
      bounds: GeographicBounds(west: 0, south: 50, east: 5, north: 52.5), crs: .geographic,
      columns: 2000, rows: 1000, resolution: "0.0025° (280 m)",
      timeRange: TimeRange(
        first: "2017-01-16T10:09:21Z", last: "2017-01-30T10:46:33Z", count: 5),
      calendar: "proleptic_gregorian",
      attributes: ["institution": "Brockmann Consult GmbH"], licence: "CC-BY-4.0",
      attribution: "Contains modified Copernicus Sentinel data 2017", doi: "10.5281/zenodo.1",
      keywords: ["ocean colour", "Sentinel-3"], sources: ["cube-1-250-250.zarr"],
      links: [DatasetLink(title: "About the product", url: "https://example.org/olci?a=1&b=2")],
      places: "datasets/chlorophyll/places.geojson",
      composites: [
        BuiltComposite(
          id: "rgb", title: "Chlorophyll in three ways",
          bands: [(0.1, 50.0), (1, 10), (50, 0)].map {
            BuiltComposite.Band(variable: "conc_chl", dark: $0.0, bright: $0.1)
          })
      ],
      notes: [
        CubeNote(id: "irregular-time", text: "The time steps are not evenly spaced."),
        CubeNote(
          id: "wrong-range", text: "'valid_max' of conc_chl is below values in use; it was kept."),
      ],
      arrays: BuiltArrays(
        cube: "datasets/chlorophyll/cube.zarr", series: "datasets/chlorophyll/series.zarr",
        grids: [:], cubeBytes: 2_600_000, seriesBytes: 2_800_000,
        heads: ["datasets/chlorophyll/cube.zarr/zarr.json": String(repeating: "0a", count: 32)]),
      variables: [
        BuiltVariable(
          name: "conc_chl", key: "conc_chl", title: "Chlorophyll concentration", units: "mg m^-3",
          standardName: "mass_concentration_of_chlorophyll_in_sea_water",
          description: "By the neural network of `C2RCC`.", dimensions: [times],
          measured: MeasuredValues(
            minimum: 0.00023, maximum: 22.4421, missingShare: 0.8623, sampled: false),
          histogram: ValueHistogram(
            summing: [.array([7, 11] + (0..<254).map { .integer(Int64($0 * $0 % 97)) })],
            style: style),
          coverage: TimeCoverage(times: times.values, shares: [0.2, 0.02, 0.01, 0.29, 0.013]),
          arrays: BuiltVariableArrays(
            grid: "g0", dimensions: [times], maximumError: 0.0005, type: "int16",
            axes: [
              CellAxis(name: "lat", count: 1000, first: 52.49875, last: 50.00125, step: -0.0025),
              CellAxis(name: "lon", count: 2000, first: 0.00125, last: 4.99875, step: 0.0025),
            ]),
          styles: [
            try built(style, dataset: "chlorophyll", variable: "conc_chl", deep: 8, time: true),
            try built(anomaly, dataset: "chlorophyll", variable: "conc_chl", deep: 8, time: true),
          ]),
        BuiltVariable(
          name: "quality_flags", key: "quality_flags", title: "Classification of pixels",
          units: "1", kind: .categorical, dimensions: [times],
          measured: MeasuredValues(minimum: 0, maximum: 2, missingShare: 0, sampled: true),
          flags: flags,
          styles: [
            try built(
              try Style(
                id: "default", title: "Classes", colourMap: try map("viridis"),
                scale: .categorical([
                  Images.Category(value: 0, label: "water", colour: RGBA(hex: "#4477aa")),
                  Images.Category(value: 1, label: "land", colour: RGBA(hex: "#228833")),
                ])), dataset: "chlorophyll", variable: "quality_flags", deep: 8, time: true)
          ]),
      ])
  }

  /// Monthly fields of the globe, with a dimension called `z`.
  public static func temperature() throws -> BuiltDataset {
    let depth = TileDimension(
      name: "z", title: "Depth", units: "m", values: ["0", "10", "50"], defaultValue: "0")
    let time = TileDimension(
      name: "time", title: "Time", values: ["2015-11-01", "2015-12-01"],
      defaultValue: "2015-12-01", isTime: true)
    return BuiltDataset(
      id: "sst", title: "Sea surface temperature, monthly",
      description: "Analysed temperature of the ocean's surface.",
      bounds: .world, crs: .geographic, columns: 1440, rows: 720, resolution: "0.25° (28 km)",
      timeRange: TimeRange(first: "2015-11-01", last: "2015-12-01", count: 2),
      calendar: "360_day", licence: "Open Government Licence", sources: ["ostia_monthly.nc"],
      variables: [
        BuiltVariable(
          name: "analysed_sst", key: "analysed_sst", title: "Analysed temperature", units: "K",
          standardName: "sea_surface_temperature", dimensions: [time, depth],
          measured: MeasuredValues(
            minimum: 271.35, maximum: 305.1, missingShare: 0.337, sampled: true),
          viewerLayer: "heatmap",
          styles: [
            try built(
              try Style(
                title: "Thermal", colourMap: try map("thermal"), range: 271...305), dataset: "sst",
              variable: "analysed_sst", deep: 3, time: true, extra: true)
          ])
      ])
  }

  /// One field around the South Pole.
  public static func bed() throws -> BuiltDataset {
    let style = try Style(title: "Topography", colourMap: try map("topo"), range: -4000...4000)
    let sets: [TileMatrixSet] = [.upsAntarctic, .webMercatorQuad]
    return BuiltDataset(
      id: "antarctic-bed", title: "Bed topography of Antarctica",
      bounds: GeographicBounds(west: -180, south: -90, east: 180, north: -60),
      crs: TileMatrixSet.upsAntarctic.crs, columns: 667, rows: 667, resolution: "10 km",
      licence: "CC0-1.0", sources: (1...6).map { "bed_\($0).nc" },
      variables: [
        BuiltVariable(
          name: "bed", key: "bed", title: "Height of the bed", units: "m",
          standardName: "bedrock_altitude",
          styles: [
            BuiltStyle(
              style: style, format: .webp,
              layers: sets.map {
                TileLayer(
                  tileMatrixSet: $0, minZoom: 0, maxZoom: 2,
                  limits: [
                    0: TileLimits(minX: 0, maxX: 0, minY: 0, maxY: 0),
                    1: TileLimits(minX: 0, maxX: 1, minY: 0, maxY: 1),
                    2: TileLimits(minX: 0, maxX: 3, minY: 0, maxY: 3),
                  ], tileCount: 21, byteCount: 120_000)
              }, legendPNG: "datasets/antarctic-bed/legends/bed/default.png",
              legendSVG: "datasets/antarctic-bed/legends/bed/default.svg", legendWidth: 320,
              legendHeight: 64)
          ])
      ])
  }

  private static func map(_ name: String) throws -> ColourMap {
    guard let map = ColourMap.named(name) else { throw SampleError.noColourMap(name) }
    return map
  }

  private static func built(
    _ style: Style, dataset: String, variable: String, deep: Int, time: Bool, extra: Bool = false
  ) throws -> BuiltStyle {
    let legend = "datasets/\(dataset)/legends/\(variable)/\(style.id)"
    let layers = [TileMatrixSet.webMercatorQuad, .worldCRS84Quad].map { set in
      let limits = (0...deep).map { zoom -> (Int, TileLimits) in
        let wide = set.matrices[zoom].width
        let high = set.matrices[zoom].height
        // A region right of the middle of the set, or the whole of it.
        return dataset == "sst"
          ? (zoom, TileLimits(minX: 0, maxX: wide - 1, minY: 0, maxY: high - 1))
          : (
            zoom,
            TileLimits(
              minX: wide / 2, maxX: wide / 2 + wide / 72, minY: high * 5 / 24,
              maxY: high * 5 / 24 + high / 72)
          )
      }
      return TileLayer(
        tileMatrixSet: set, minZoom: 0, maxZoom: deep,
        limits: Dictionary(uniqueKeysWithValues: limits), tileCount: 1300, byteCount: 9_400_000)
    }
    return BuiltStyle(
      style: style, format: .png, layers: layers, legendPNG: legend + ".png",
      legendSVG: legend + ".svg", legendWidth: 320, legendHeight: 64,
      thumbnail: style.id == "default"
        ? "datasets/\(dataset)/thumbnails/\(variable)/default.png" : nil)
  }

  private enum SampleError: Error { case noColourMap(String) }
}
