import Grids

/// Where the lattice of a tile lies on the ellipsoid, and how its surface is inclined.
struct TileGround {
  private let longitudes: [Ellipsoid.Angle]
  private let latitudes: [Ellipsoid.Angle]
  /// By row, the radius of curvature across the meridian.
  private let radii: [Double]
  /// By row, metres from two columns to the next but one; 0 at a pole.
  private let across: [Double]
  /// By row, metres from the row above to the row below.
  private let down: [Double]

  init(_ tile: TileAddress) {
    let places = 0...LatticeLocator.side
    longitudes = places.map {
      Ellipsoid.Angle(
        degrees: LatticeLocator.longitude(column: tile.x * LatticeLocator.side + $0, z: tile.z))
    }
    latitudes = places.map {
      Ellipsoid.Angle(
        degrees: LatticeLocator.latitude(row: tile.y * LatticeLocator.side + $0, z: tile.z))
    }
    let step = 2 * LatticeLocator.step(z: tile.z) * Double.pi / 180
    radii = latitudes.map { Ellipsoid.primeVertical($0) }
    across = zip(latitudes, radii).map { step * $1 * $0.cosine }
    down = latitudes.map { step * Ellipsoid.meridional($0) }
  }

  /// A place of the lattice at some height.
  func point(column: Int, row: Int, height: Float) -> Ellipsoid.Point {
    Ellipsoid.point(
      longitude: longitudes[column], latitude: latitudes[row], radius: radii[row],
      height: Double(height))
  }

  /// The direction in which the surface of the heights faces, of length 1, earth-centred.
  ///
  /// It follows from the heights of the four places around, as far as there are values: where a surface
  /// ends it does not lean over the brink. At a pole, and where there is no value, it is up.
  func normal(column: Int, row: Int, _ heights: TileHeights) -> Ellipsoid.Point {
    var (east, north) = (0.0, 0.0)
    let here = TileHeights.index(column: column, row: row)
    if across[row] > 0, !heights.isMissing[here] {
      func rise(from a: Int, to b: Int) -> Double {
        let from = heights.isMissing[a] ? here : a
        let to = heights.isMissing[b] ? here : b
        let rise = Double(heights.values[to]) - Double(heights.values[from])
        return from == a && to == b ? rise : 2 * rise
      }
      let width = TileHeights.width
      east = -rise(from: here - 1, to: here + 1) / across[row]
      north = -rise(from: here + width, to: here - width) / down[row]
    }
    let (longitude, latitude) = (longitudes[column], latitudes[row])
    let normal = Ellipsoid.Point(
      x: -longitude.sine * east + longitude.cosine * (latitude.cosine - latitude.sine * north),
      y: longitude.cosine * east + longitude.sine * (latitude.cosine - latitude.sine * north),
      z: latitude.cosine * north + latitude.sine)
    return normal.scaled(1 / normal.length)
  }
}
