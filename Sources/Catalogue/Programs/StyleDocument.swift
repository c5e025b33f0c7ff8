import Grids
import Images
import JSON
import Pyramids

/// One style of a variable in the document of its dataset: all that a program needs to draw values
/// in the same colours, and where the prebuilt tiles are.
struct StyleDocument {
  let dataset: String
  let variable: BuiltVariable
  let built: BuiltStyle

  var value: JSONValue {
    let style = built.style
    var document: JSONObject = [
      "id": .string(style.id), "title": .string(style.title),
      "interpolation": .string(style.interpolation.rawValue),
      "missing": .string(style.missing.hex), "legend": .string(built.legendSVG),
    ]
    switch style.scale {
    case .categorical(let categories):
      document["scale"] = "categorical"
      document["categories"] = .array(
        categories.map { category in
          [
            "value": .number(category.value), "label": .string(category.label),
            "colour": .string(category.colour.hex),
          ]
        })
    case .linear: document["scale"] = "linear"
    case .logarithmic: document["scale"] = "log"
    case .symmetric(let threshold):
      document["scale"] = "symmetric"
      document["linearWithin"] = .number(threshold)
    }
    if document["categories"] == nil {
      document["range"] = [.number(style.range.lowerBound), .number(style.range.upperBound)]
      document["colours"] = ColourDocument.reference(to: style.colourMap)
      document["below"] = style.below.map { .string($0.hex) }
      document["above"] = style.above.map { .string($0.hex) }
    }
    document["tiles"] = .array(built.layers.map(tiles))
    return .object(document)
  }

  private func tiles(_ layer: TileLayer) -> JSONValue {
    let template = built.tileTemplate(
      dataset: dataset, variable: variable, tileMatrixSet: layer.tileMatrixSet)
    return [
      "tileMatrixSet": .string(layer.tileMatrixSet.id), "template": .string(template),
      "minzoom": .integer(Int64(layer.minZoom)), "maxzoom": .integer(Int64(layer.maxZoom)),
    ]
  }
}
