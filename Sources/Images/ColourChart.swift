/// An overview of colour maps with their names, in groups.
public struct ColourChart: Sendable, Hashable {
  /// The maps shown.
  public let maps: [ColourMap]

  private static let margin = 20.0
  private static let headingHeight = 30.0
  private static let rowHeight = 22.0
  private static let nameWidth = 92.0
  private static let barWidth = 300.0
  private static let columnGap = 28.0

  /// Makes a chart of maps; they appear by group, in the order given.
  public init(_ maps: [ColourMap] = ColourMap.all) {
    self.maps = maps
  }

  private enum Row {
    case heading(String)
    case map(ColourMap, number: Int)
  }

  /// The rows of the left and of the right column; groups stay whole.
  private var columns: [[Row]] {
    var columns: [[Row]] = [[], []]
    let groups = ColourMap.Group.allCases.compactMap { group -> [Row]? in
      let members = maps.enumerated().filter { $0.element.group == group }
      guard !members.isEmpty else { return nil }
      return [.heading(group.title)] + members.map { .map($0.element, number: $0.offset) }
    }
    for group in groups {
      let shorter = columns[0].count <= columns[1].count ? 0 : 1
      columns[shorter] += group
    }
    return columns.filter { !$0.isEmpty }
  }

  private static var columnWidth: Double { nameWidth + barWidth }

  /// The size in pixels at scale 1.
  public var size: (width: Int, height: Int) {
    let columns = columns
    let heights = columns.map { rows in
      rows.reduce(0.0) { sum, row in
        switch row {
        case .heading: sum + ColourChart.headingHeight
        case .map: sum + ColourChart.rowHeight
        }
      }
    }
    let count = Double(max(columns.count, 1))
    let inner = count * ColourChart.columnWidth + (count - 1) * ColourChart.columnGap
    let height = (heights.max() ?? 0) + 2 * ColourChart.margin + ColourChart.rowHeight
    return (Int(inner + 2 * ColourChart.margin), Int(height))
  }

  /// The SVG document.
  public func svg() -> String {
    let (width, height) = size
    var elements: [String] = []
    for (column, rows) in columns.enumerated() {
      let step = ColourChart.columnWidth + ColourChart.columnGap
      let x = ColourChart.margin + Double(column) * step
      var y = ColourChart.margin
      for row in rows {
        switch row {
        case .heading(let text):
          y += ColourChart.headingHeight
          elements.append(
            ColourChart.text(text, x: x, y: y - 10, attributes: "font-weight=\"bold\""))
        case .map(let map, let number):
          elements.append(ColourChart.bar(map, number: number, x: x, y: y))
          y += ColourChart.rowHeight
        }
      }
    }
    elements.append(
      ColourChart.text(
        "● far values can be told apart with red-green colour blindness", x: ColourChart.margin,
        y: Double(height) - 16, attributes: "fill-opacity=\"0.75\""))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img" font-family="\(SVGText.font)" font-size="11.5" \
      fill="\(LegendDrawing.ink)">
      <title>Colour maps: \(SVGText.escaped(maps.map(\.name).joined(separator: ", ")))</title>
      <rect width="\(width)" height="\(height)" fill="#fff"/>
      \(elements.joined(separator: "\n"))
      </svg>

      """
  }

  /// The same as PNG.
  ///
  /// - Parameter scale: 1, or 2 for fine screens.
  /// - Returns: the file.
  /// - Throws: `ImageError` if it is too large or librsvg fails.
  public func png(scale: Int = 1) throws(ImageError) -> [UInt8] {
    let (width, height) = size
    return try SVGPicture(svg: svg(), width: width, height: height).png(scale: scale)
  }

  private static func bar(_ map: ColourMap, number: Int, x: Double, y: Double) -> String {
    let name = map.isColourBlindSafe ? map.name + " ●" : map.name
    let (left, top) = (SVGText.number(x + nameWidth), SVGText.number(y))
    return """
      <defs><linearGradient id="map\(number)">\(SVGText.gradientStops(map))</linearGradient></defs>
      \(text(name, x: x, y: y + 12, attributes: ""))
      <rect x="\(left)" y="\(top)" width="\(SVGText.number(barWidth))" height="16" rx="2" \
      fill="url(#map\(number))"/>
      """
  }

  private static func text(_ text: String, x: Double, y: Double, attributes: String) -> String {
    "<text x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\" \(attributes)>"
      + SVGText.escaped(text) + "</text>"
  }
}
