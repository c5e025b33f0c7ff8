import Grids
import JSON

extension GeographicBounds {
  /// West, south, east, north as in GeoJSON (RFC 7946, 5.2): a box across the antimeridian ends west
  /// of where it begins.
  var box: [Double] { [west, south, crossesAntimeridian ? east - 360 : east, north] }

  /// The box as an array of JSON.
  var boxJSON: JSONValue { .array(box.map { .number($0) }) }
}
