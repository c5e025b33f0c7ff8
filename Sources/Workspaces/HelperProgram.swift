internal import Foundation

/// The program `cubepress`, run in a process of its own on what people hand in.
///
/// A damaged or hostile file can end, fill or occupy only that process: its memory and time are limited,
/// and it gets none of the server's environment.
struct HelperProgram: Sendable {
  /// The path of the program.
  let path: String
  /// The most memory that it may address, in bytes.
  var memory: Int64 = 8 << 30
  /// The longest that it may run, in seconds.
  var time: Int = 600

  /// What it said.
  struct Answer {
    let code: Int32
    let output: Data
    /// The last of its messages, for people.
    let message: String
  }

  /// Runs it to its end; blocks.
  ///
  /// - Parameters:
  ///   - arguments: of the program.
  ///   - folder: where its output may be kept meanwhile.
  /// - Returns: what it said, whether it succeeded or not.
  /// - Throws: ``WorkspaceError`` where it cannot be started.
  func run(_ arguments: [String], scratch folder: String) throws -> Answer {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let name = folder + "/" + UUID().uuidString
    let (output, errors) = (name + ".out", name + ".err")
    defer { for one in [output, errors] { try? manager.removeItem(atPath: one) } }
    for one in [output, errors] { _ = manager.createFile(atPath: one, contents: nil) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    // The shell sets the limits and then becomes the program.
    let script =
      "ulimit -c 0; ulimit -v \"$1\"; ulimit -t \"$2\"; shift 2; exec \"$@\""
    process.arguments =
      ["-c", script, "sh", String(memory >> 10), String(time), path] + arguments
    var environment = ["PATH": "/usr/bin:/bin", "TMPDIR": folder, "LC_ALL": "C.UTF-8"]
    environment["CUBEPRESS_SHARE"] = ProcessInfo.processInfo.environment["CUBEPRESS_SHARE"]
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
    do { try process.run() } catch {
      throw WorkspaceError(
        .storage, "look into what was handed in", because: "\(path) cannot be run: \(error)",
        remedy: "install cubepress beside cubepress-server")
    }
    // The limit of the shell counts the processor's time; this one counts waiting too.
    let end = DispatchTime.now() + .seconds(time * 2)
    let finished = DispatchSemaphore(value: 0)
    let number = process.processIdentifier
    DispatchQueue.global().async {
      if finished.wait(timeout: end) == .timedOut { kill(number, SIGKILL) }
    }
    process.waitUntilExit()
    finished.signal()
    let text = String(
      decoding: (try? Data(contentsOf: URL(filePath: errors)))?.suffix(4000) ?? Data(),
      as: UTF8.self)
    let code =
      process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    return Answer(
      code: code, output: try Data(contentsOf: URL(filePath: output)),
      message: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
