/// A legend laid out.
struct LegendDrawing {
  private(set) var width = 0.0
  private(set) var height = 0.0
  private var elements: [String] = []

  static let padding = 12.0
  static let titleSize = 13.0
  static let labelSize = 11.0
  static let ink = "#1f2933"
  static let quietInk = "#52606d"
  private static let gap = 7.0
  private static let barThickness = 14.0
  private static let tickLength = 4.0
  private static let pointLength = 11.0
  private static let barWidth = 300.0
  private static let barHeight = 190.0

  init(_ legend: Legend) {
    if case .categorical(let categories) = legend.style.scale {
      drawCategories(categories, of: legend)
    } else if legend.orientation == .horizontal {
      drawHorizontal(legend)
    } else {
      drawVertical(legend)
    }
    width = width.rounded(.up)
    height = height.rounded(.up)
  }

  /// The whole document.
  func document(for legend: Legend) -> String {
    let (w, h) = (SVGText.number(width), SVGText.number(height))
    let (innerWidth, innerHeight) = (SVGText.number(width - 1), SVGText.number(height - 1))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(w)" height="\(h)" \
      viewBox="0 0 \(w) \(h)" role="img" font-family="\(SVGText.font)">
      <title>\(SVGText.escaped(legend.summary))</title>
      <rect x="0.5" y="0.5" width="\(innerWidth)" height="\(innerHeight)" rx="6" fill="#fff" \
      fill-opacity="0.94" stroke="#1f2933" stroke-opacity="0.18"/>
      \(elements.joined(separator: "\n"))
      </svg>

      """
  }

  // MARK: Parts

  /// The title in bold, its unit after it; returns where the rest begins.
  private mutating func drawTitle(_ legend: Legend, limit: Double) -> Double {
    let size = LegendDrawing.titleSize
    var lines = SVGText.wrapped(legend.title, size: size, isBold: true, width: limit)
    let units = legend.units
    var y = LegendDrawing.padding
    var unitsStandAlone = !units.isEmpty
    for (number, line) in lines.enumerated() {
      y += size
      var text = "<tspan font-weight=\"bold\">\(SVGText.escaped(line))</tspan>"
      var width = SVGText.width(of: line, size: size, isBold: true)
      if number == lines.count - 1, !units.isEmpty {
        let unitsWidth = SVGText.width(of: "  " + units, size: LegendDrawing.labelSize)
        if width + unitsWidth <= limit {
          unitsStandAlone = false
          width += unitsWidth
          text += LegendDrawing.unitsText(" " + units)
        }
      }
      elements.append(text: text, x: LegendDrawing.padding, y: y, size: size)
      grow(to: width + 2 * LegendDrawing.padding)
      y += 4
    }
    if unitsStandAlone {
      let shown = SVGText.shortened(units, size: LegendDrawing.labelSize, width: limit)
      y += LegendDrawing.labelSize + 1
      elements.append(
        text: LegendDrawing.unitsText(shown), x: LegendDrawing.padding, y: y,
        size: LegendDrawing.labelSize)
      lines.append(shown)
      y += 4
    }
    return lines.isEmpty ? y : y + LegendDrawing.gap - 1
  }

  private static func unitsText(_ units: String) -> String {
    "<tspan fill=\"\(quietInk)\" font-size=\"\(SVGText.number(labelSize))\">"
      + "\(SVGText.escaped(units))</tspan>"
  }

  /// "no data", if missing values have a colour of their own.
  private mutating func drawMissing(_ style: Style, at y: Double) -> Double {
    guard style.missing.a > 0 else { return y }
    elements.append(swatch: style.missing, x: LegendDrawing.padding, y: y)
    elements.append(
      text: "no data", x: LegendDrawing.padding + 24, y: y + 10, size: LegendDrawing.labelSize)
    return y + 12
  }

  private mutating func grow(to width: Double) { self.width = max(self.width, width) }

  private func gradient(_ style: Style, vertical: Bool) -> String {
    let direction = vertical ? "x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\"" : "x1=\"0\" x2=\"1\""
    return "<defs><linearGradient id=\"colours\" \(direction)>"
      + SVGText.gradientStops(style.colourMap) + "</linearGradient></defs>"
  }

  /// Ticks with their positions along the bar (0 to 1) and labels.
  private func ticks(_ style: Style, count: Int) -> [(position: Double, label: String)] {
    let values = niceTicks(in: style.range, scale: style.scale, count: count)
    let normalisation = Normalisation(style.scale, range: style.range)
    return zip(values, NumberText.labels(of: values)).map { value, label in
      (min(max(normalisation.position(of: value), 0), 1), label)
    }
  }

  // MARK: Layouts

  private mutating func drawHorizontal(_ legend: Legend) {
    let style = legend.style
    let padding = LegendDrawing.padding
    let thickness = LegendDrawing.barThickness
    let length = LegendDrawing.barWidth
    let start = padding + LegendDrawing.pointLength
    grow(to: length + 2 * start)
    let y = drawTitle(legend, limit: length + 2 * LegendDrawing.pointLength)
    elements.append(gradient(style, vertical: false))
    elements.append(
      bar: "M\(SVGText.number(start)) \(SVGText.number(y))h\(SVGText.number(length))"
        + "v\(SVGText.number(thickness))h\(SVGText.number(-length))z")
    let point = SVGText.number(LegendDrawing.pointLength)
    let half = SVGText.number(thickness / 2)
    if let below = style.below {
      elements.append(
        point: below,
        path: "M\(SVGText.number(start)) \(SVGText.number(y))l-\(point) \(half) \(point) \(half)z")
    }
    if let above = style.above {
      elements.append(
        point: above,
        path: "M\(SVGText.number(start + length)) \(SVGText.number(y))"
          + "l\(point) \(half) -\(point) \(half)z")
    }
    let size = LegendDrawing.labelSize
    var free = 2.0
    for tick in ticks(style, count: 5) {
      let x = start + tick.position * length
      elements.append(
        line: (x, y + thickness), to: (x, y + thickness + LegendDrawing.tickLength))
      let labelWidth = SVGText.width(of: tick.label, size: size)
      let centre = min(max(x, labelWidth / 2 + 3), width - labelWidth / 2 - 3)
      guard centre - labelWidth / 2 >= free else { continue }
      free = centre + labelWidth / 2 + 5
      elements.append(
        text: SVGText.escaped(tick.label), x: centre, y: y + thickness + 16, size: size,
        anchor: "middle")
    }
    height = y + thickness + 18
    if style.missing.a > 0 { height = drawMissing(style, at: height + LegendDrawing.gap) }
    height += padding - 3
  }

  private mutating func drawVertical(_ legend: Legend) {
    let style = legend.style
    let padding = LegendDrawing.padding
    let thickness = LegendDrawing.barThickness
    let length = LegendDrawing.barHeight
    grow(to: 110)
    let y = drawTitle(legend, limit: 150) + (style.above == nil ? 2 : LegendDrawing.pointLength)
    elements.append(gradient(style, vertical: true))
    elements.append(
      bar: "M\(SVGText.number(padding)) \(SVGText.number(y))h\(SVGText.number(thickness))"
        + "v\(SVGText.number(length))h\(SVGText.number(-thickness))z")
    let point = SVGText.number(LegendDrawing.pointLength)
    let half = SVGText.number(thickness / 2)
    if let above = style.above {
      elements.append(
        point: above,
        path: "M\(SVGText.number(padding)) \(SVGText.number(y))l\(half) -\(point) \(half) \(point)z"
      )
    }
    if let below = style.below {
      elements.append(
        point: below,
        path: "M\(SVGText.number(padding)) \(SVGText.number(y + length))"
          + "l\(half) \(point) \(half) -\(point)z")
    }
    let size = LegendDrawing.labelSize
    for tick in ticks(style, count: 6) {
      let at = y + (1 - tick.position) * length
      let x = padding + thickness
      elements.append(line: (x, at), to: (x + LegendDrawing.tickLength, at))
      elements.append(
        text: SVGText.escaped(tick.label), x: x + LegendDrawing.tickLength + 4,
        y: at + size * 0.36, size: size)
      grow(to: x + 8 + SVGText.width(of: tick.label, size: size) + padding)
    }
    height = y + length + (style.below == nil ? 4 : LegendDrawing.pointLength)
    if style.missing.a > 0 { height = drawMissing(style, at: height + LegendDrawing.gap) }
    height += padding
  }

  private mutating func drawCategories(_ categories: [Category], of legend: Legend) {
    let padding = LegendDrawing.padding
    let size = LegendDrawing.labelSize
    let (rowHeight, rowsInColumn, labelLimit) = (18.0, 16, 220.0)
    var items = categories.map { category in
      (category.colour, category.label.isEmpty ? NumberText.label(category.value) : category.label)
    }
    if legend.style.missing.a > 0 { items.append((legend.style.missing, "no data")) }
    let columns = (items.count + rowsInColumn - 1) / rowsInColumn
    let rows = (items.count + columns - 1) / columns
    let top = drawTitle(legend, limit: columns > 1 ? 360 : 240)
    var x = padding
    for column in 0..<columns {
      var columnWidth = 0.0
      for row in 0..<min(rows, items.count - column * rows) {
        let (colour, label) = items[column * rows + row]
        let y = top + Double(row) * rowHeight
        let shown = SVGText.shortened(label, size: size, width: labelLimit)
        elements.append(swatch: colour, x: x, y: y)
        elements.append(text: SVGText.escaped(shown), x: x + 24, y: y + 10, size: size)
        columnWidth = max(columnWidth, 24 + SVGText.width(of: shown, size: size))
      }
      x += columnWidth + 16
    }
    grow(to: x - 16 + padding)
    height = top + Double(rows) * rowHeight - 6 + padding
  }
}

extension [String] {
  fileprivate mutating func append(
    text: String, x: Double, y: Double, size: Double, anchor: String? = nil
  ) {
    let anchored = anchor.map { " text-anchor=\"\($0)\"" } ?? ""
    append(
      "<text x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\" "
        + "font-size=\"\(SVGText.number(size))\" fill=\"\(LegendDrawing.ink)\"\(anchored) "
        + "xml:space=\"preserve\">\(text)</text>")
  }

  fileprivate mutating func append(swatch colour: RGBA, x: Double, y: Double) {
    append(
      "<rect x=\"\(SVGText.number(x))\" y=\"\(SVGText.number(y))\" width=\"18\" height=\"12\" "
        + "rx=\"2\" \(SVGText.fill(colour)) stroke=\"#1f2933\" stroke-opacity=\"0.35\"/>")
  }

  fileprivate mutating func append(bar path: String) {
    append(
      "<path d=\"\(path)\" fill=\"url(#colours)\" stroke=\"#1f2933\" stroke-opacity=\"0.35\"/>")
  }

  fileprivate mutating func append(point colour: RGBA, path: String) {
    append(
      "<path d=\"\(path)\" \(SVGText.fill(colour)) stroke=\"#1f2933\" stroke-opacity=\"0.35\"/>")
  }

  fileprivate mutating func append(line from: (Double, Double), to end: (Double, Double)) {
    append(
      "<path d=\"M\(SVGText.number(from.0)) \(SVGText.number(from.1))"
        + "L\(SVGText.number(end.0)) \(SVGText.number(end.1))\" stroke=\"\(LegendDrawing.ink)\"/>")
  }
}
