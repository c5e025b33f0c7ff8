/// The key to a styled map: which colour means what.
///
/// Drawn as SVG, and as PNG from the same SVG, on a white rounded background so that it can be read
/// over any map. A continuous style is a bar with ticks; pointed ends show the colours of values
/// outside the range where they have their own. A categorical one is a list.
public struct Legend: Sendable, Hashable {
  /// Which way the bar runs.
  public enum Orientation: String, Sendable, Hashable, CaseIterable {
    /// From left to right.
    case horizontal
    /// From bottom to top.
    case vertical
  }

  /// What is explained.
  public let style: Style
  /// What the values are.
  public let title: String
  /// Their unit, as it is shown.
  public let units: String
  /// Which way the bar runs.
  public let orientation: Orientation

  /// Makes a legend.
  ///
  /// - Parameters:
  ///   - style: what is explained.
  ///   - title: what the values are.
  ///   - units: their unit in any usual spelling (`kg m-2`), or nil.
  ///   - orientation: which way the bar runs; categories are always a list.
  public init(
    style: Style, title: String, units: String?, orientation: Orientation = .horizontal
  ) {
    self.style = style
    self.title = title
    self.units = units.map(UnitText.pretty) ?? ""
    self.orientation = orientation
  }

  /// The size in pixels at scale 1.
  public var size: (width: Int, height: Int) {
    let drawing = LegendDrawing(self)
    return (Int(drawing.width), Int(drawing.height))
  }

  /// The SVG document.
  public func svg() -> String { LegendDrawing(self).document(for: self) }

  /// The same as PNG.
  ///
  /// - Parameter scale: 1, or 2 for fine screens.
  /// - Returns: the file.
  /// - Throws: `ImageError` if librsvg fails.
  public func png(scale: Int = 1) throws(ImageError) -> [UInt8] {
    let (width, height) = size
    return try SVGPicture(svg: svg(), width: width, height: height).png(scale: scale)
  }

  /// The legend in a sentence, for those who do not see it.
  public var summary: String {
    let what = units.isEmpty ? title : "\(title) in \(units)"
    if case .categorical(let categories) = style.scale {
      return "\(what): " + categories.map(\.label).joined(separator: ", ")
    }
    let low = NumberText.label(style.range.lowerBound)
    let high = NumberText.label(style.range.upperBound)
    let scale =
      switch style.scale {
      case .logarithmic: ", logarithmic"
      case .symmetric: ", logarithmic to both sides of 0"
      default: ""
      }
    return "\(what), \(low) to \(high)\(scale), colours \(style.colourMap.name)"
  }
}
