import Grids
import Images
import JSON
import Pyramids

/// What belongs to a dataset, as assets of its STAC collection.
struct STACAssets {
  let entry: Entry

  var assets: JSONObject {
    let dataset = entry.dataset
    var assets = JSONObject()
    if let arrays = dataset.arrays {
      if arrays.cube != nil {
        assets["cube"] = zarr(
          "./cube.zarr", "The values at all resolutions (Zarr, level 0 is the source's)",
          roles: ["data"], bytes: arrays.cubeBytes)
      }
      if arrays.series != nil {
        assets["series"] = zarr(
          "./series.zarr", "The same values, cut for time series", roles: ["data"],
          bytes: arrays.seriesBytes)
      }
    }
    assets["wmts"] = asset(
      "./wmts/1.0.0/WMTSCapabilities.xml", "application/xml", "Map service (WMTS)",
      roles: ["visual", "service"])
    assets["tiles"] = asset(
      "./tiles.json", "application/json", "Addresses of image tiles (XYZ)", roles: ["visual"])
    for variable in dataset.variables {
      for built in variable.styles {
        let name = "\(variable.key)-\(built.style.id)"
        assets["legend-\(name)"] = asset(
          local(built.legendPNG), "image/png", "Legend: \(variable.title), \(built.style.title)",
          roles: ["legend"])
        guard let thumbnail = built.thumbnail else { continue }
        let isFirst = thumbnail == dataset.thumbnail
        assets[isFirst ? "thumbnail" : "thumbnail-\(name)"] = asset(
          local(thumbnail), "image/png", "\(variable.title), \(built.style.title)",
          roles: isFirst ? ["thumbnail", "overview"] : ["overview"])
      }
    }
    for (name, asset) in terrain { assets[name] = asset }
    if let places = dataset.places {
      assets["places"] = asset(
        local(places), "application/geo+json", "Named places", roles: ["metadata"])
    }
    assets["croissant"] = asset(
      "./croissant.json", "application/ld+json", "schema.org and Croissant", roles: ["metadata"])
    assets["datacite"] = asset(
      "./datacite.json", "application/json", "DataCite", roles: ["metadata"])
    assets["description"] = asset(
      "../../api/datasets/\(dataset.id).json", "application/json",
      "Everything about the dataset for programs", roles: ["metadata"])
    return assets
  }

  /// The heights as meshes and as pictures; those that change in time at the time shown first.
  private var terrain: [(String, JSONValue)] {
    guard let terrain = dataset.terrain,
      let variable = dataset.variables.first(where: { $0.key == terrain.variable })
    else { return [] }
    var layer = terrain.layerTemplate(dataset: dataset.id, variable)
    for dimension in variable.dimensions {
      layer = layer.replacing("{\(dimension.placeholder)}", with: dimension.defaultValue)
    }
    let chosen = variable.dimensions.map(\.defaultValue).joined(separator: ", ")
    let title =
      "Heights above the \(terrain.heightsAbove) as terrain for globes (quantized-mesh)"
      + (chosen.isEmpty ? "" : ", \(chosen)")
    var assets = [
      ("terrain", asset(local(layer), "application/json", title, roles: ["data"]))
    ]
    if terrain.pictureZooms != nil {
      assets.append(
        (
          "terrain-rgb",
          asset(
            local(terrain.pictureDocument(dataset: dataset.id)), "application/json",
            "The same heights as pictures (Terrain-RGB, TileJSON)", roles: ["data"])
        ))
    }
    return assets
  }

  /// A key of the dataset's folder as seen from there.
  private func local(_ key: String) -> String {
    key.hasPrefix(entry.folder) ? "./" + key.dropFirst(entry.folder.count) : "../../" + key
  }

  private func asset(
    _ href: String, _ type: String, _ title: String, roles: [String]
  ) -> JSONValue {
    [
      "href": .string(href), "type": .string(type), "title": .string(title),
      "roles": .array(roles.map { .string($0) }),
    ]
  }

  private func zarr(_ href: String, _ title: String, roles: [String], bytes: Int) -> JSONValue {
    let dataset = entry.dataset
    let format = dataset.arrays?.format ?? 3
    var members =
      asset(
        href, "application/vnd.zarr; version=\(format)", title, roles: roles
      ).objectValue ?? JSONObject()
    members["file:size"] = bytes > 0 ? .integer(Int64(bytes)) : nil
    members["xarray:open_kwargs"] = ["engine": "zarr", "group": "0"]
    members["proj:code"] = dataset.crs.code.map { .string($0) }
    if dataset.crs.code == nil { members["proj:wkt2"] = dataset.crs.wkt2.map { .string($0) } }
    members["proj:shape"] = [
      .integer(Int64(dataset.rows)), .integer(Int64(dataset.columns)),
    ]
    members["proj:transform"] = transform.map { .array($0.map { .number($0) }) }
    members["bands"] = .array(dataset.variables.compactMap(band))
    return .object(members)
  }

  /// The six numbers from column and row to coordinates (projection extension), where cells are even.
  private var transform: [Double]? {
    guard let axes = dataset.variables.lazy.compactMap(\.arrays?.axes).first, axes.count == 2,
      let y = axes[0].first, let yStep = axes[0].step, let x = axes[1].first,
      let xStep = axes[1].step
    else { return nil }
    return [xStep, 0, x - xStep / 2, 0, yStep, y - yStep / 2]
  }

  private var dataset: BuiltDataset { entry.dataset }

  /// A variable as a band: the common fields of STAC 1.1 and those of the raster extension.
  private func band(_ variable: BuiltVariable) -> JSONValue? {
    guard let arrays = variable.arrays else { return nil }
    var band: JSONObject = ["name": .string(variable.key), "data_type": .string(arrays.type)]
    band["description"] = .string(variable.title)
    band["unit"] = variable.units.map { .string($0) }
    if let measured = variable.measured {
      band["statistics"] = [
        "minimum": .number(measured.minimum), "maximum": .number(measured.maximum),
        "valid_percent": .number((1 - measured.missingShare) * 100),
      ]
    }
    if let histogram = variable.histogram, let style = variable.styles.first?.style,
      style.scale == .linear, let low = histogram.edges.first, let high = histogram.edges.last
    {
      band["raster:histogram"] = [
        "count": .integer(Int64(histogram.counts.count)), "min": .number(low), "max": .number(high),
        "buckets": .array(histogram.counts.map { .integer(Int64($0)) }),
      ]
    }
    band["raster:sampling"] = "area"
    return .object(band)
  }
}
