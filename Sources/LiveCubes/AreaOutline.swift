import Vectors

/// An area with its holes, prepared for asking which places lie in it.
///
/// A place is inside where a line to the east crosses the outlines an odd number of times; edges are
/// straight in degrees. Of a place on an edge, it is not defined which side it is on.
struct AreaOutline: Sendable {
  private struct Edge {
    let from: Shape.Position
    let to: Shape.Position
  }

  let south: Double
  let north: Double
  let west: Double
  let east: Double
  private let edges: [Edge]
  /// The edges that may cross each of the bands of latitude.
  private let bands: [[Int32]]
  private let bandHeight: Double
  private static let mostBands = 1024

  init(_ rings: [[Shape.Position]]) {
    edges = rings.flatMap { ring in
      zip(ring, ring.dropFirst()).map { Edge(from: $0, to: $1) }
    }
    let positions = rings.joined()
    south = positions.map(\.latitude).min() ?? 0
    north = positions.map(\.latitude).max() ?? 0
    west = positions.map(\.longitude).min() ?? 0
    east = positions.map(\.longitude).max() ?? 0
    let count = min(Self.mostBands, max(1, edges.count / 4))
    bandHeight = max((north - south) / Double(count), .leastNormalMagnitude)
    var bands = [[Int32]](repeating: [], count: count)
    for (number, edge) in edges.enumerated() {
      let low = min(edge.from.latitude, edge.to.latitude)
      let high = max(edge.from.latitude, edge.to.latitude)
      let first = Self.band(low, south, bandHeight, count)
      for band in first...max(first, Self.band(high, south, bandHeight, count)) {
        bands[band].append(Int32(truncatingIfNeeded: number))
      }
    }
    self.bands = bands
  }

  private static func band(
    _ latitude: Double, _ south: Double, _ height: Double, _ count: Int
  ) -> Int {
    let place = (latitude - south) / height
    return place.isFinite ? min(max(Int(min(place, Double(count))), 0), count - 1) : 0
  }

  /// Whether a place of that longitude, in any turn, may lie in the area.
  func mayReach(longitude: Double) -> Bool {
    (-2...2).contains { turn in
      let moved = longitude + Double(turn) * 360
      return west <= moved && moved <= east
    }
  }

  /// The ranges of a row of places that lie in the area.
  func runs(longitudes: [Double], latitudes: [Double]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    var latitude = Double.nan
    var crossings: [Double] = []
    for index in longitudes.indices {
      // Most rows have one latitude.
      if latitudes[index] != latitude {
        latitude = latitudes[index]
        crossings = self.crossings(at: latitude)
      }
      if Self.isInside(longitudes[index], crossings) {
        start = start ?? index
      } else if let first = start {
        runs.append(first..<index)
        start = nil
      }
    }
    if let start { runs.append(start..<longitudes.count) }
    return runs
  }

  private static func isInside(_ longitude: Double, _ crossings: [Double]) -> Bool {
    guard !crossings.isEmpty, longitude.isFinite else { return false }
    for turn in -1...1 {
      let moved = longitude + Double(turn) * 360
      guard crossings[0] <= moved, moved <= crossings[crossings.count - 1] else { continue }
      var (low, high) = (0, crossings.count)
      while low < high {
        let middle = (low + high) / 2
        if crossings[middle] > moved { high = middle } else { low = middle + 1 }
      }
      if (crossings.count - low) % 2 == 1 { return true }
    }
    return false
  }

  /// The longitudes at which the outlines cross a parallel, in order.
  private func crossings(at latitude: Double) -> [Double] {
    guard latitude >= south, latitude <= north else { return [] }
    var crossings: [Double] = []
    for number in bands[Self.band(latitude, south, bandHeight, bands.count)] {
      let edge = edges[Int(number)]
      // Counting one end only: a corner between two edges is crossed once.
      guard (edge.from.latitude <= latitude) != (edge.to.latitude <= latitude) else { continue }
      let part = (latitude - edge.from.latitude) / (edge.to.latitude - edge.from.latitude)
      crossings.append(edge.from.longitude + part * (edge.to.longitude - edge.from.longitude))
    }
    return crossings.sorted()
  }

  /// Places along the outlines, none further than a step from the next.
  func densified(step: Double) -> (longitudes: [Double], latitudes: [Double]) {
    var (longitudes, latitudes): ([Double], [Double]) = ([], [])
    for edge in edges {
      let across = edge.to.longitude - edge.from.longitude
      let up = edge.to.latitude - edge.from.latitude
      let parts = max(1, (max(abs(across), abs(up)) / step).rounded(.up))
      for part in 0..<Int(min(parts, 4096)) {
        let share = Double(part) / min(parts, 4096)
        longitudes.append(edge.from.longitude + share * across)
        latitudes.append(edge.from.latitude + share * up)
      }
    }
    return (longitudes, latitudes)
  }
}
