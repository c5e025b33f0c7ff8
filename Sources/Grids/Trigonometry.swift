#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The cosine of an angle in degrees, never negative for a latitude.
func cos(degrees: Double) -> Double {
  abs(degrees) >= 90 && abs(degrees) <= 90.5 ? 0 : cos(degrees * radiansPerDegree)
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
