import Grids

/// A tile matrix set as a document declares it: down to the finest zoom of the layers that link to it.
///
/// Nothing finer is declared: clients enlarge the finest tiles they know of, but would show nothing
/// for a zoom that is declared and has no tiles.
struct DeclaredSet: Sendable, Hashable {
  let set: TileMatrixSet
  let maxZoom: Int
  /// Whether no layer of the document goes deeper; this one bears the registered id.
  let isDeepest: Bool

  var id: String { isDeepest ? set.id : "\(set.id)-\(maxZoom)" }

  private var title: String { isDeepest ? set.title : "\(set.title), to zoom \(maxZoom)" }

  func write(to writer: inout XMLWriter) {
    writer.element("TileMatrixSet") { writer in
      writer.element("ows:Title", text: title)
      writer.element("ows:Identifier", text: id)
      writer.element("ows:SupportedCRS", text: set.urn)
      if let scaleSet = set.wellKnownScaleSet {
        writer.element("WellKnownScaleSet", text: scaleSet)
      }
      for matrix in set.matrices where matrix.z <= maxZoom { write(matrix, to: &writer) }
    }
  }

  private func write(_ matrix: TileMatrix, to writer: inout XMLWriter) {
    writer.element("TileMatrix") { writer in
      writer.element("ows:Identifier", text: "\(matrix.z)")
      writer.element(
        "ScaleDenominator", text: WMTSCapabilities.decimal(matrix.scaleDenominator))
      writer.element(
        "TopLeftCorner", text: WMTSCapabilities.pair(set.origin.x, set.origin.y, in: set))
      writer.element("TileWidth", text: "\(set.tileSize)")
      writer.element("TileHeight", text: "\(set.tileSize)")
      writer.element("MatrixWidth", text: "\(matrix.width)")
      writer.element("MatrixHeight", text: "\(matrix.height)")
    }
  }
}
