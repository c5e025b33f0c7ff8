import CPROJ

/// A PROJ object and the context it lives in, freed together.
///
/// PROJ's rule is that a context, and everything made in it, is used by one thread at a time. Each
/// object here owns its context, so passing the object on passes everything.
final class ProjObject {
  let context: OpaquePointer
  let handle: OpaquePointer

  private init(context: OpaquePointer, handle: OpaquePointer) {
    self.context = context
    self.handle = handle
  }

  deinit {
    proj_destroy(handle)
    proj_context_destroy(context)
  }

  /// Reads a definition: authority code, PROJ string, WKT or PROJJSON.
  convenience init(definition: String) throws(GridError) {
    try self.init(attempt: "read the coordinate reference system “\(definition.prefix(200))”") {
      // Without the type PROJ takes a bare string for an operation, not for a CRS.
      let isProjString = definition.contains("+proj=") && !definition.contains("+type=crs")
      return proj_create($0, isProjString ? definition + " +type=crs" : definition)
    }
  }

  /// Makes an object in a new context.
  ///
  /// - Throws: `GridError` with PROJ's own reason when `make` gives nothing.
  convenience init(
    attempt: String, _ make: (OpaquePointer) -> OpaquePointer?
  ) throws(GridError) {
    guard let context = proj_context_create() else {
      throw GridError(attempt: attempt, reason: "PROJ could not start", remedy: "free some memory")
    }
    proj_log_level(context, PJ_LOG_NONE)
    proj_context_set_enable_network(context, 0)
    guard let handle = make(context) else {
      let code = proj_context_errno(context)
      let text = code == 0 ? nil : proj_context_errno_string(context, code)
      let reason = text.map { String(cString: $0) } ?? "PROJ does not understand it"
      proj_context_destroy(context)
      throw GridError(
        attempt: attempt, reason: reason,
        remedy: "give an EPSG code, a PROJ string or WKT that `projinfo` can read")
    }
    self.init(context: context, handle: handle)
  }

  /// The definition as WKT 2 on one line.
  func wkt() -> String? {
    "MULTILINE=NO".withCString { option in
      var options: [UnsafePointer<CChar>?] = [option, nil]
      return proj_as_wkt(context, handle, PJ_WKT2_2019, &options).map { String(cString: $0) }
    }
  }
}
