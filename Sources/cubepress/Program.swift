import CubepressCommands

@main
struct Program {
  static func main() async { await CubepressCommand.start() }
}
