#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The cosine of an angle in degrees, never negative for a latitude.
func cos(degrees: Double) -> Double {
  abs(degrees) >= 90 && abs(degrees) <= 90.5 ? 0 : cos(degrees * radiansPerDegree)
}

/// The area of a zone of latitudes, relative to one as high at the equator: the cosine of its middle.
///
/// Of a zone that reaches beyond a pole only the part this side of it counts.
func zoneWeight(at middle: Double, between first: Double, and second: Double) -> Double {
  let (low, high) = (max(min(first, second), -90), min(max(first, second), 90))
  let height = abs(second - first)
  guard high - low < height else { return cos(degrees: middle) }
  // The area of a zone goes with the cosine of its middle times the sine of half its height.
  return cos(degrees: (low + high) / 2) * sin((high - low) / 2 * radiansPerDegree)
    / sin(height / 2 * radiansPerDegree)
}

/// The latitude in degrees of a northing on the Mercator projection of a sphere of radius 1.
///
/// Snyder, Map Projections: A Working Manual, USGS 1395 (1987), equation 7-4.
func mercatorLatitude(_ y: Double) -> Double { atan(sinh(y)) / radiansPerDegree }

/// The northing on the Mercator projection of a sphere of radius 1 of a latitude in degrees.
///
/// Snyder (1987), equation 7-2. Infinite at the poles.
func mercatorNorthing(_ latitude: Double) -> Double {
  if latitude >= 90 { return .infinity }
  if latitude <= -90 { return -.infinity }
  return asinh(tan(latitude * radiansPerDegree))
}
