import CubepressCommands
import NetCDFReader

@main
struct Program {
  static func main() async {
    if ReaderService.isWanted(CommandLine.arguments) { ReaderService.run() }
    await CubepressCommand.start()
  }
}
