import Cubes
import Foundation
import Grids
import Images

/// The sheet to print: A4, the net of the six faces with tabs for glue, a legend and what to do.
struct PaperCubeSheet {
  private let cube: PaperCube
  private let faces: CubeFaces
  /// How long the cube is along x, y and z, in millimetres.
  private let size: [Double]

  private static let page = (width: 297.0, height: 210.0)
  private static let margin = 9.0
  private static let tab = 6.0
  /// A face has at least so many pixels, so that programs that smooth pictures show cells as cells.
  private static let pixels = 480

  init(_ cube: PaperCube, faces: CubeFaces) {
    self.cube = cube
    self.faces = faces
    let lengths = Self.lengths(of: cube, counts: faces.counts)
    var world = [1.0, 1, 1]
    for (axis, place) in cube.standing.world.enumerated() where world.indices.contains(place) {
      world[place] = lengths[axis]
    }
    let (page, margin, tab) = (Self.page, Self.margin, Self.tab)
    let scale = min(
      (page.width - 2 * margin - tab) / (2 * (world[0] + world[2])),
      (page.height - 2 * margin - 2 * tab) / (world[1] + 2 * world[2]))
    size = world.map { $0 * scale }
  }

  /// How long lead, rows and columns are beside one another, as in the browser (Site/cube/open.js).
  static func lengths(of cube: PaperCube, counts: [Int]) -> [Double] {
    let grid = cube.variable.grid
    let bounds = grid.nativeBounds
    var aspect = Double(grid.columns) / Double(max(1, grid.rows))
    if grid.crs.isGeographic, case .rectilinear = grid.geometry {
      let width = bounds.maxX - bounds.minX
      let shrink =
        width < 180 ? max(0.3, cos((bounds.minY + bounds.maxY) / 360 * Double.pi)) : 1
      aspect = width * shrink / max(1e-9, bounds.maxY - bounds.minY)
    }
    aspect = min(max(aspect, 0.45), 1 / 0.45)
    let (rows, columns) = aspect >= 1 ? (1 / aspect, 1.0) : (1.0, aspect)
    let share = Double(counts[0]) / Double(max(counts[1], counts[2]))
    let lead = min(1, max(0.45, share.squareRoot())) * (cube.standing.world[0] == 1 ? 0.7 : 1)
    return [lead, rows, columns]
  }

  /// Where a face lies on the sheet, in millimetres.
  private func place(_ side: CubeFaces.Side) -> (
    x: Double, y: Double, width: Double, height: Double
  ) {
    let (x, y, z) = (size[0], size[1], size[2])
    let left = (Self.page.width - Self.tab - 2 * (x + z)) / 2
    let top = (Self.page.height - y - 2 * z) / 2
    return switch side {
    case .left: (left, top + z, z, y)
    case .front: (left + z, top + z, x, y)
    case .right: (left + z + x, top + z, z, y)
    case .back: (left + 2 * z + x, top + z, x, y)
    case .top: (left + z, top, x, z)
    case .bottom: (left + z, top + z + y, x, z)
    }
  }

  /// The document.
  ///
  /// - Throws: `ImageError` where a face cannot be drawn.
  func svg() throws(ImageError) -> String {
    var parts: [String] = []
    parts.append(contentsOf: tabs)
    for side in CubeFaces.Side.allCases {
      guard let picture = faces.pictures[side] else { continue }
      parts.append(try image(picture, at: place(side)))
    }
    parts.append(contentsOf: folds)
    for side in CubeFaces.Side.allCases {
      if let picture = faces.pictures[side] {
        parts.append(contentsOf: labels(picture, at: place(side)))
      }
    }
    parts.append(contentsOf: texts)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" viewBox="0 0 297 210" \
      font-family="\(SVGText.font)">
      <title>\(SVGText.escaped(title))</title>
      <style>@page { size: A4 landscape; margin: 0 }</style>
      <rect width="297" height="210" fill="#fff"/>
      \(parts.joined(separator: "\n"))
      </svg>

      """
  }

  /// The document as a PDF.
  ///
  /// - Parameter svg: what ``svg()`` gave.
  /// - Returns: the bytes of the file.
  /// - Throws: `ImageError` where it cannot be drawn.
  func pdf(of svg: String) throws(ImageError) -> [UInt8] {
    try PDFSheet(svg: svg, title: title, width: Self.page.width, height: Self.page.height).pdf()
  }

  private var title: String { "\(cube.title) – \(cube.datasetTitle): a cube to cut out and fold" }

  // MARK: Faces

  private func image(
    _ picture: CubeFaces.Picture, at place: (x: Double, y: Double, width: Double, height: Double)
  ) throws(ImageError) -> String {
    let across = max(1, Self.pixels / picture.width)
    let down = max(1, Self.pixels / picture.height)
    var cells: [UInt8] = []
    cells.reserveCapacity(picture.cells.count * across * down)
    for row in 0..<picture.height {
      let line = picture.cells[row * picture.width..<(row + 1) * picture.width]
        .flatMap { [UInt8](repeating: $0, count: across) }
      for _ in 0..<down { cells += line }
    }
    let encoder = try TileEncoder(
      width: picture.width * across, height: picture.height * down, format: .png, effort: .small,
      palette: Colouriser(cube.style).palette)
    let png = try cells.withUnsafeBufferPointer { cells throws(ImageError) in
      try encoder.encode(cells)
    }
    return "<image \(Self.box(place)) preserveAspectRatio=\"none\" image-rendering=\"pixelated\" "
      + "href=\"data:image/png;base64,\(Data(png).base64EncodedString())\"/>"
  }

  private static func box(
    _ place: (x: Double, y: Double, width: Double, height: Double)
  ) -> String {
    let numbers = [place.x, place.y, place.width, place.height].map(SVGText.number)
    return
      "x=\"\(numbers[0])\" y=\"\(numbers[1])\" width=\"\(numbers[2])\" height=\"\(numbers[3])\""
  }

  /// Edges that are folded, and the outline that is cut.
  private var folds: [String] {
    CubeFaces.Side.allCases.map { side in
      "<rect \(Self.box(place(side))) fill=\"none\" stroke=\"#14211f\" stroke-width=\"0.25\"/>"
    }
  }

  // MARK: Tabs

  /// Trapezia along the edges that are glued to another face.
  private var tabs: [String] {
    let (top, bottom, back) = (place(.top), place(.bottom), place(.back))
    func edge(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
      // To the left of the way along the edge lies the outside.
      let (dx, dy) = (x2 - x1, y2 - y1)
      let length = max(1e-6, (dx * dx + dy * dy).squareRoot())
      let (ux, uy) = (dx / length, dy / length)
      let (nx, ny) = (uy * Self.tab, -ux * Self.tab)
      let slope = min(Self.tab * 0.8, length / 3)
      let points = [
        (x1, y1), (x1 + nx + ux * slope, y1 + ny + uy * slope),
        (x2 + nx - ux * slope, y2 + ny - uy * slope), (x2, y2),
      ].map { "\(SVGText.number($0.0)),\(SVGText.number($0.1))" }.joined(separator: " ")
      return "<polygon points=\"\(points)\" fill=\"#eef1ef\" stroke=\"#14211f\" "
        + "stroke-width=\"0.2\"/>"
    }
    return [
      edge(top.x, top.y, top.x + top.width, top.y),
      edge(top.x, top.y + top.height, top.x, top.y),
      edge(top.x + top.width, top.y, top.x + top.width, top.y + top.height),
      edge(bottom.x + bottom.width, bottom.y + bottom.height, bottom.x, bottom.y + bottom.height),
      edge(bottom.x, bottom.y + bottom.height, bottom.x, bottom.y),
      edge(
        bottom.x + bottom.width, bottom.y, bottom.x + bottom.width, bottom.y + bottom.height),
      edge(back.x + back.width, back.y, back.x + back.width, back.y + back.height),
    ]
  }

  // MARK: Words

  /// What stands at the first or last position of lead, rows or columns.
  private func label(axis: Int, isLast: Bool) -> String {
    if axis == 0 { return (isLast ? cube.labels.last : cube.labels.first) ?? "" }
    let grid = cube.variable.grid
    guard case .rectilinear(let x, let y) = grid.geometry else {
      let name = cube.variable.dimensionNames.suffix(2).dropFirst(axis - 1).first ?? ""
      return "\(name) \(isLast ? (axis == 1 ? grid.rows : grid.columns) : 1)"
    }
    let values = axis == 1 ? y.values : x.values
    let value = (isLast ? values.last : values.first) ?? 0
    guard grid.crs.isGeographic else {
      if grid.crs.isAngular { return "\(NumberText.label(value))°" }
      return Self.length(axis == 1 ? "y" : "x", metres: value * grid.crs.metresPerUnit)
    }
    let turned =
      axis == 1 ? value : (value + 180).truncatingRemainder(dividingBy: 360) - 180
    let letters = axis == 1 ? ("N", "S") : ("E", "W")
    let text = NumberText.label((abs(turned) * 100).rounded() / 100)
    return "\(text)° \(turned < 0 ? letters.1 : letters.0)"
  }

  /// A coordinate of a projection, in units that keep it short.
  static func length(_ name: String, metres: Double) -> String {
    let isFar = abs(metres) >= 10_000
    return
      "\(name) \(NumberText.label((isFar ? metres / 1000 : metres).rounded())) \(isFar ? "km" : "m")"
  }

  /// What stands still on a face, and what stands at its corners.
  private func labels(
    _ picture: CubeFaces.Picture, at place: (x: Double, y: Double, width: Double, height: Double)
  ) -> [String] {
    let inset = 1.6
    func text(
      _ words: String, _ x: Double, _ y: Double, _ anchor: String, turned: Bool = false,
      bold: Bool = false
    ) -> String {
      let turn =
        turned ? " transform=\"rotate(-90 \(SVGText.number(x)) \(SVGText.number(y)))\"" : ""
      return "<text x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\" "
        + "font-size=\"\(bold ? "2.6" : "2.2")\" text-anchor=\"\(anchor)\" fill=\"#14211f\" "
        + "stroke=\"#fff\" stroke-width=\"0.7\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        + "\(bold ? " font-weight=\"bold\"" : "")\(turn)>\(SVGText.escaped(words))</text>"
    }
    let (right, bottom) = (place.x + place.width, place.y + place.height)
    let across = [false, true].map {
      label(axis: picture.across.axis, isLast: $0 == picture.across.grows)
    }
    let down = [false, true].map {
      label(axis: picture.down.axis, isLast: $0 == picture.down.grows)
    }
    let fixed = label(axis: picture.fixed.axis, isLast: picture.fixed.isLast)
    return [
      text(fixed, place.x + place.width / 2, place.y + inset + 2, "middle", bold: true),
      text(across[0], place.x + inset + 2, bottom - inset, "start"),
      text(across[1], right - inset, bottom - inset, "end"),
      text(down[0], place.x + inset + 1, place.y + inset, "end", turned: true),
      text(down[1], place.x + inset + 1, bottom - inset - 2.6, "start", turned: true),
    ]
  }

  /// The title beside the top face, what to do and the legend on its other side.
  private var texts: [String] {
    let (top, margin) = (place(.top), Self.margin)
    var parts: [String] = []
    func write(
      _ lines: [String], x: Double, y: Double, size: Double, bold: Bool = false, soft: Bool = false
    ) {
      for (number, line) in lines.enumerated() {
        parts.append(
          "<text x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y + Double(number) * size * 1.35))\" "
            + "font-size=\"\(SVGText.number(size))\" fill=\"\(soft ? "#55635f" : "#14211f")\""
            + "\(bold ? " font-weight=\"bold\"" : "")>\(SVGText.escaped(line))</text>")
      }
    }
    let room = max(30, top.x - Self.tab - margin - 2)
    let title = SVGText.wrapped(cube.title, size: 4.4, isBold: true, width: room)
    write(title, x: margin, y: margin + 4, size: 4.4, bold: true)
    var y = margin + 4 + Double(title.count) * 6
    let subtitle = SVGText.wrapped(cube.datasetTitle, size: 2.8, width: room)
    write(subtitle, x: margin, y: y, size: 2.8, soft: true)
    y += Double(subtitle.count) * 3.8 + 1.5
    let span = SVGText.wrapped(
      "\(cube.leadTitle): \(cube.labels.first ?? "") – \(cube.labels.last ?? "")", size: 2.8,
      width: room)
    write(span, x: margin, y: y, size: 2.8, soft: true)

    let left = top.x + top.width + Self.tab + 6
    let steps = [
      "1  Print on stiff A4 paper, at its full size.",
      "2  Cut along the outline, around the tabs.",
      "3  Fold all inner lines and the tabs backwards.",
      "4  Glue the tabs: first the back to the left side, then top and bottom.",
    ]
    let wide = Self.page.width - left - margin
    var down = margin + 3
    for step in steps {
      let lines = SVGText.wrapped(step, size: 2.6, width: wide)
      write(lines, x: left, y: down, size: 2.6, soft: true)
      down += Double(lines.count) * 3.6 + 0.6
    }
    if let attribution = cube.attribution {
      let lines = SVGText.wrapped(attribution, size: 2.2, width: wide)
      write(lines, x: left, y: down + 3, size: 2.2, soft: true)
      down += Double(lines.count) * 3 + 3
    }
    parts.append(legend(x: left, y: down, width: wide, bottom: place(.back).y - 3))
    return parts
  }

  /// The legend, as large as there is room, but with no larger letters than the words beside it.
  private func legend(x: Double, y: Double, width: Double, bottom: Double) -> String {
    let legend = Legend(style: cube.style, title: "", units: cube.variable.units)
    let size = legend.size
    let scale = max(
      0.08, min(width / Double(size.width), (bottom - y) / Double(size.height), 0.3))
    return "<g transform=\"translate(\(SVGText.number(x)) \(SVGText.number(y))) "
      + "scale(\(String(format: "%.4f", scale)))\">\(legend.svg())</g>"
  }
}
