public import Pyramids
public import Recipes

/// The documents by which clients find the tiles: WMTS, TileJSON, XYZ templates.
///
/// All of them follow from what a build made; nothing is read.
public enum Services {
  /// The documents of a site, by key.
  ///
  /// - `wmts/1.0.0/WMTSCapabilities.xml`: all datasets.
  /// - `datasets/<id>/wmts/1.0.0/WMTSCapabilities.xml`: one.
  /// - `datasets/<id>/tiles.json`: the templates of all its tiles.
  /// - `datasets/<id>/tiles/<variable>/<style>/tilejson.json`: TileJSON 3.0, for tiles in Web
  ///   Mercator.
  ///
  /// - Throws: `ServiceError` when something cannot be said in the format of a service.
  public static func documents(
    site: SiteRecipe, datasets: [BuiltDataset]
  ) throws(ServiceError) -> [String: [UInt8]] {
    var documents: [String: [UInt8]] = [:]
    let whole = try WMTSCapabilities(site: site, datasets: datasets)
    documents[WMTSCapabilities.siteKey] = whole.bytes
    for dataset in datasets {
      let own = try WMTSCapabilities(site: site, dataset: dataset)
      documents[WMTSCapabilities.key(dataset: dataset.id)] = own.bytes
      let tiles = TileDocuments(site: site, dataset: dataset)
      documents.merge(tiles.bytesByKey) { first, _ in first }
    }
    return documents
  }
}
