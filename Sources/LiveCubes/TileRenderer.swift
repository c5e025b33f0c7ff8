import Cubes
import Grids
import Images
import Jobs
import Multiscales
import Pyramids
import Stores

/// Makes tiles by the kernels of the batch builder: the same levels, sampling, colours and files.
struct TileRenderer {
  /// What a tile needs to be drawn, part by part.
  struct Ingredients: Sendable {
    let style: Style
    /// What the source said of the field.
    let version: String
    let parts: [Part]

    struct Part: Sendable {
      let map: TileIndexMap
      let level: Int
      /// `nil` where the part lies outside of the grid.
      let window: LevelWindow?
      let x: Int
      let y: Int
    }
  }

  let shelf: FieldShelf

  /// Finds out what a tile needs; it may read values for the choice of colours.
  ///
  /// - Throws: `LiveError` where the order cannot be met, `GridError` and others where PROJ or the
  ///   source fail.
  func ingredients(
    _ order: TileOrder, _ variable: Variable, of cube: LiveCube, _ signal: StopSignal
  ) throws -> Ingredients {
    let maps = try cube.maps(of: variable, in: order.tileMatrixSet)
    let style = try order.style.style(
      usually: try cube.defaultStyle(
        of: variable, within: order.style.wholeRange, check: { try signal.check() }))
    let parts = try order.parts.map { part in
      guard order.tileMatrixSet.contains(part.address) else {
        throw LiveError(
          .unknown, "There is no tile \(order.address.z)/\(order.address.y)/\(order.address.x)",
          remedy: "ask for zooms 0 to 24, and for rows and columns within the zoom")
      }
      let map = try maps.map(part.address)
      let level = maps.level(z: part.address.z)
      return Ingredients.Part(
        map: map, level: level, window: try shelf.window(for: map, level: level, of: variable),
        x: part.x, y: part.y)
    }
    return Ingredients(
      style: style, version: try shelf.version(of: order.field, variable, in: cube), parts: parts)
  }

  /// Draws a tile of what it needs and the levels of each part.
  ///
  /// - Returns: `nil` where it would show nothing.
  /// - Throws: `ImageError` where it cannot be encoded.
  func draw(
    _ order: TileOrder, _ ingredients: Ingredients, _ levels: [Levels?]
  ) throws -> [UInt8]? {
    let side = order.side
    let colouriser = Colouriser(ingredients.style)
    var values = [Float](repeating: .nan, count: side * side)
    var showsSomething = false
    for (part, levels) in zip(ingredients.parts, levels) {
      guard let levels else { continue }
      var sampler = TileSampler(levels)
      // The rows of a part lie apart where the picture is wider.
      var pixels = [Float](repeating: .nan, count: TileSampler.pixels)
      let shows = pixels.withUnsafeMutableBufferPointer { pixels in
        pixels.baseAddress.map {
          sampler.sample(
            part.map, level: part.level, interpolation: ingredients.style.interpolation, into: $0)
        } ?? false
      }
      guard shows else { continue }
      showsSomething = true
      for row in 0..<TileSampler.side {
        let from = row * TileSampler.side
        let to = (part.y + row) * side + part.x
        values.replaceSubrange(
          to..<to + TileSampler.side, with: pixels[from..<from + TileSampler.side])
      }
    }
    guard showsSomething else { return nil }
    var indices = [UInt8](repeating: 0, count: side * side)
    let summary = values.withUnsafeBufferPointer { values in
      indices.withUnsafeMutableBufferPointer { colouriser.indices(of: values, into: $0) }
    }
    guard !summary.allMissing else { return nil }
    let encoder = try TileEncoder(
      width: side, height: side, format: order.format, effort: .fast, palette: colouriser.palette)
    return try indices.withUnsafeBufferPointer { try encoder.encode($0) }
  }
}
