import Grids
import Images
public import Pyramids
public import Recipes

/// The capabilities document of a Web Map Tile Service 1.0.0 (OGC 07-057r7).
///
/// RESTful; a folder cannot answer key-value requests, so operations are advertised only where a server
/// answers them. The
/// order of elements is that of the schemas. Some choices are for QGIS, which matches tag names
/// literally: no prefix on the elements of WMTS itself, times listed one by one, one format for
/// each layer, `{Time}` written exactly as the dimension's identifier.
public struct WMTSCapabilities: Sendable {
  /// The key of the document of a whole site; QGIS wants exactly this file name.
  public static let siteKey = "wmts/1.0.0/WMTSCapabilities.xml"

  /// The key of the document of one dataset.
  public static func key(dataset: String) -> String { "datasets/\(dataset)/\(siteKey)" }

  /// The document.
  public var xml: String {
    var writer = XMLWriter()
    write(to: &writer)
    return writer.text
  }

  /// The document in UTF-8.
  public var bytes: [UInt8] { Array(xml.utf8) }

  private let title: String
  private let abstract: String?
  private let accessConstraints: String?
  private let provider: ProviderRecipe?
  private let key: String
  private let keyValues: String?
  private let address: ServiceAddress
  private let layers: [WMTSLayer]

  /// Describes all datasets of a site.
  ///
  /// - Parameters:
  ///   - site: its titles and its address.
  ///   - datasets: what it has.
  ///   - key: where the document lies.
  ///   - keyValues: the key that answers key-value requests; `nil` where nothing does.
  /// - Throws: `ServiceError` when two layers would have the same identifier.
  public init(
    site: SiteRecipe, datasets: [BuiltDataset], key: String = Self.siteKey, keyValues: String? = nil
  ) throws(ServiceError) {
    try self.init(
      title: site.title, abstract: site.description, accessConstraints: nil, site: site,
      datasets: datasets, key: key, keyValues: keyValues)
  }

  /// Describes one dataset.
  ///
  /// - Parameters:
  ///   - site: the address of its site.
  ///   - dataset: the dataset.
  ///   - keyValues: the key that answers key-value requests; `nil` where nothing does.
  /// - Throws: `ServiceError` when two layers would have the same identifier.
  public init(
    site: SiteRecipe, dataset: BuiltDataset, keyValues: String? = nil
  ) throws(ServiceError) {
    try self.init(
      title: dataset.title, abstract: dataset.description, accessConstraints: dataset.licence,
      site: site, datasets: [dataset], key: Self.key(dataset: dataset.id), keyValues: keyValues)
  }

  private init(
    title: String, abstract: String?, accessConstraints: String?, site: SiteRecipe,
    datasets: [BuiltDataset], key: String, keyValues: String?
  ) throws(ServiceError) {
    self.title = title
    self.abstract = abstract
    self.accessConstraints = accessConstraints
    self.provider = site.provider
    self.key = key
    self.keyValues = keyValues
    self.address = ServiceAddress(base: site.serviceBaseURL)
    let layers = datasets.flatMap { dataset in
      dataset.variables.flatMap { WMTSLayer.layers(of: $0, in: dataset) }
    }
    let deepest = layers.flatMap(\.links).reduce(into: [TileMatrixSet: Int]()) {
      $0[$1.set.set] = max($0[$1.set.set] ?? 0, $1.set.maxZoom)
    }
    self.layers = layers.flatMap { $0.divided(deepest: deepest) }
    var seen: Set<String> = []
    for layer in self.layers where !seen.insert(layer.identifier).inserted {
      throw ServiceError(
        "write \(key)", because: "two layers are called '\(layer.identifier)'",
        remedy: "give one of the datasets another id")
    }
  }

  private func write(to writer: inout XMLWriter) {
    let attributes: [(StaticString, String)] = [
      ("xmlns", "http://www.opengis.net/wmts/1.0"),
      ("xmlns:ows", "http://www.opengis.net/ows/1.1"),
      ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
      ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
      (
        "xsi:schemaLocation",
        "http://www.opengis.net/wmts/1.0 "
          + "http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd"
      ),
      ("version", "1.0.0"),
    ]
    writer.element("Capabilities", attributes) { writer in
      identification(&writer)
      if let provider { Self.write(provider, to: &writer) }
      if let keyValues { operations(at: address.url(keyValues) + "?", &writer) }
      writer.element("Contents") { writer in
        for layer in layers { layer.write(to: &writer, address: address) }
        for set in tileMatrixSets { set.write(to: &writer) }
      }
      writer.element("ServiceMetadataURL", [("xlink:href", address.url(key))])
    }
  }

  private func identification(_ writer: inout XMLWriter) {
    writer.element("ows:ServiceIdentification") { writer in
      writer.element("ows:Title", text: title)
      if let abstract { writer.element("ows:Abstract", text: abstract) }
      writer.element("ows:ServiceType", text: "OGC WMTS")
      writer.element("ows:ServiceTypeVersion", text: "1.0.0")
      writer.element("ows:Fees", text: "none")
      writer.element("ows:AccessConstraints", text: accessConstraints ?? "none")
    }
  }

  /// The operations that are asked for by keys and values (07-057r7, section 8).
  private func operations(at url: String, _ writer: inout XMLWriter) {
    writer.element("ows:OperationsMetadata") { writer in
      for name in ["GetCapabilities", "GetTile"] {
        writer.element("ows:Operation", [("name", name)]) { writer in
          writer.element("ows:DCP") { writer in
            writer.element("ows:HTTP") { writer in
              writer.element("ows:Get", [("xlink:href", url)]) { writer in
                writer.element("ows:Constraint", [("name", "GetEncoding")]) { writer in
                  writer.element("ows:AllowedValues") { writer in
                    writer.element("ows:Value", text: "KVP")
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private static func write(_ provider: ProviderRecipe, to writer: inout XMLWriter) {
    writer.element("ows:ServiceProvider") { writer in
      writer.element("ows:ProviderName", text: provider.name)
      if let url = provider.url { writer.element("ows:ProviderSite", [("xlink:href", url)]) }
      writer.element("ows:ServiceContact") { writer in
        guard let email = provider.email else { return }
        writer.element("ows:ContactInfo") { writer in
          writer.element("ows:Address") { writer in
            writer.element("ows:ElectronicMailAddress", text: email)
          }
        }
      }
    }
  }

  /// The sets that layers link to, those of one matrix together, the deepest first.
  private var tileMatrixSets: [DeclaredSet] {
    let sets = Set(layers.flatMap { $0.links.map(\.set) })
    return TileMatrixSet.all.flatMap { set in
      sets.filter { $0.set == set }.sorted { $0.maxZoom > $1.maxZoom }
    }
  }

  /// Two coordinates in the axis order of the set's CRS; exactly one blank between, for QGIS.
  static func pair(_ x: Double, _ y: Double, in set: TileMatrixSet) -> String {
    set.swapsAxesInCapabilities ? "\(decimal(y)) \(decimal(x))" : "\(decimal(x)) \(decimal(y))"
  }

  /// The shortest text that reads back as the number, without `.0`.
  static func decimal(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
