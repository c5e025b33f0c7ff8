import ArgumentParser
import Foundation

extension CubepressCommand {
  /// Runs the program with the arguments of the process and ends it.
  ///
  /// Exit codes: 0 done (also after `--help`), 1 failed, 2 wrong usage or recipe.
  public static func start() async -> Never {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      Foundation.exit(0)
    } catch {
      let code = exitCode(for: error)
      guard code == .validationFailure else { exit(withError: error) }
      FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
      Foundation.exit(2)
    }
  }
}
