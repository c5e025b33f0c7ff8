import ArgumentParser
import Images

/// `cubepress styles`: which colour maps there are and what they look like.
struct StylesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "styles",
    abstract: "List the colour maps, or draw them.",
    discussion: """
      Any name may end in _r, which reverses the map. In a recipe:

        styles:
          - id: cold
            colours: thermal_r
      """,
    subcommands: [StylesListCommand.self, StylesDrawCommand.self],
    defaultSubcommand: StylesListCommand.self)
}

/// `cubepress styles list`.
struct StylesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the colour maps by what they are good for.")

  func run() {
    for group in ColourMap.Group.allCases {
      let maps = ColourMap.all.filter { $0.group == group }
      guard !maps.isEmpty else { continue }
      print(group.title)
      for map in maps {
        let name = map.name.padding(to: 12)
        print("  \(name)\(map.isColourBlindSafe ? "safe for colour-blind readers" : "")".trimmed)
      }
      print()
    }
    print("See them all: cubepress styles draw --all -o colours.png")
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(width - count, 0))
  }

  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
