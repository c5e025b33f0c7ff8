import Testing

@testable import GeoTIFF
