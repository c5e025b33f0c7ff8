import ArgumentParser
import Foundation
import Images

/// `cubepress styles draw`: one colour map as a legend, or all of them.
struct StylesDrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw",
    abstract: "Draw a colour map as PNG or SVG.",
    discussion: """
        cubepress styles draw thermal -o swatch.png
        cubepress styles draw algae -o chl.svg --range=0.01,30 --scale log --units "mg m-3"
        cubepress styles draw --all -o colours.png
      """)

  /// The scales that the command can draw.
  enum ScaleName: String, ExpressibleByArgument, CaseIterable {
    case linear
    case log
    case symmetric
  }

  @Argument(help: ArgumentHelp("The colour map, such as thermal or RdBu_r.", valueName: "name"))
  var name: String?

  @Flag(help: "Draw every colour map with its name.")
  var all = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write; the name ends in .png or .svg.", valueName: "file"))
  var output: String

  @Option(help: ArgumentHelp("The values at the ends.", valueName: "low,high"))
  var range = ValueRange(range: 0...1)

  @Option(help: "How values spread over the colours.")
  var scale = ScaleName.linear

  @Option(
    help: ArgumentHelp(
      "For the symmetric scale: linear between this and its negative.", valueName: "size"))
  var within = 1.0

  @Option(help: "What the values are.")
  var title: String?

  @Option(help: "Their unit, such as \"kg m-2\".")
  var units: String?

  @Flag(help: "Draw the bar from bottom to top.")
  var vertical = false

  func validate() throws {
    guard all != (name != nil) else {
      throw ValidationError("Name one colour map, or say --all.")
    }
    guard output.hasSuffix(".png") || output.hasSuffix(".svg") else {
      throw ValidationError("-o \(output): the name has to end in .png or .svg.")
    }
  }

  func run() throws {
    let isSVG = output.hasSuffix(".svg")
    let bytes: [UInt8]
    if let name {
      let legend = try legend(name)
      bytes = isSVG ? Array(legend.svg().utf8) : try legend.png(scale: 2)
    } else {
      let chart = ColourChart()
      bytes = isSVG ? Array(chart.svg().utf8) : try chart.png(scale: 2)
    }
    do {
      try Data(bytes).write(to: URL(filePath: output), options: .atomic)
    } catch {
      throw CommandError(
        description: "cannot write \(output): \(error.localizedDescription) "
          + "See whether its folder exists and may be written to")
    }
    print("Drew \(output)")
  }

  private func legend(_ name: String) throws -> Legend {
    guard let map = ColourMap.named(name) else {
      throw ValidationError(
        "There is no colour map \(name); cubepress styles lists those that there are.")
    }
    let scale: Scale =
      switch scale {
      case .linear: .linear
      case .log: .logarithmic
      case .symmetric: .symmetric(linearWithin: within)
      }
    let style = try Style(id: name, colourMap: map, scale: scale, range: range.range)
    return Legend(
      style: style, title: title ?? name, units: units,
      orientation: vertical ? .vertical : .horizontal)
  }
}

/// Two values given as `low,high`.
struct ValueRange: ExpressibleByArgument, CustomStringConvertible {
  let range: ClosedRange<Double>

  init(range: ClosedRange<Double>) { self.range = range }

  init?(argument: String) {
    let ends = argument.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    guard ends.count == 2, let low = Double(ends[0]), let high = Double(ends[1]), low < high
    else { return nil }
    range = low...high
  }

  var description: String { "\(range.lowerBound),\(range.upperBound)" }
}
