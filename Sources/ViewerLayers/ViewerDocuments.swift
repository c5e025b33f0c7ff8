import Cubes
import JSON
import Recipes

/// What the 4D viewer asks for first: the list of layers, and how each is made.
public struct ViewerDocuments {
  private let builders: [ViewerLayerBuilder]

  /// Takes the layers of all datasets of a site.
  public init(_ builders: [ViewerLayerBuilder]) { self.builders = builders }

  /// The documents by key; none where there is no layer.
  public func objects() -> [String: [UInt8]] {
    guard !builders.isEmpty else { return [:] }
    var documents = ["4d_viewer/variables": list]
    for builder in builders {
      documents["\(builder.layer.path)/configuration"] = Self.configuration(of: builder)
    }
    return documents.mapValues { Array($0.serialized(pretty: true).utf8) }
  }

  private var list: JSONValue {
    [
      "variables": .array(
        builders.map { builder in
          let layer = builder.layer
          return .object(
            [
              "id": .string(layer.id), "last-modified": .string(Self.lastModified(builder)),
              "name": .string(layer.title), "ui-type": .string(layer.kind.rawValue),
              "ui-path": .string(Self.path(of: layer)),
            ])
        })
    ]
  }

  /// The document of a layer.
  static func configuration(of builder: ViewerLayerBuilder) -> JSONValue {
    let layer = builder.layer
    let times = builder.timeLabels
    return [
      "data-set": [
        "units": .string(layer.variable.units ?? ""),
        "value-range": [
          "min": .number(layer.range.lowerBound), "max": .number(layer.range.upperBound),
        ],
        "times": .array((times.isEmpty ? [timeless] : times).map { .string($0) }),
        "last-modified": .string(lastModified(builder)),
        "ui-type": .string(layer.kind.rawValue), "ui-path": .string(path(of: layer)),
      ],
      "tile-grid": layer.grid.json,
    ]
  }

  /// The viewer needs a time; that of its own server for what has none.
  private static let timeless = "2010-01-01T00:00:00Z"

  /// The last time that the layer holds: the clock of a build would make every build a new release.
  private static func lastModified(_ builder: ViewerLayerBuilder) -> String {
    builder.timeLabels.last ?? timeless
  }

  /// The folders of the viewer's list.
  private static func path(of layer: ViewerLayer) -> String {
    let root = layer.variable.attributes["4d_viewer_ui_path"]?.stringValue ?? "/cubepress/"
    let parts = root.split(separator: "/").map(String.init)
    return "/" + (parts + [layer.datasetTitle]).joined(separator: "/") + "/"
  }
}
