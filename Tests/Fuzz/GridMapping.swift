import Grids
import JSON

/// Any JSON object as the attributes of a grid mapping; PROJ gets what comes of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let attributes = (try? JSONValue(parsing: bytes))?.objectValue else { return 0 }
  if let crs = try? CRS(gridMapping: attributes) {
    for units in ["m", "km", "degrees", "radian", "furlong"] {
      _ = try? crs.factor(forCoordinateUnits: units)
    }
  }
  return 0
}
