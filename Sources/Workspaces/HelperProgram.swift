internal import CProcessShim
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
    let number = try start(arguments, scratch: folder, output: output, errors: errors)
    // The limit of the shell counts the processor's time; this one counts waiting too.
    let end = DispatchTime.now() + .seconds(time * 2)
    let finished = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      if finished.wait(timeout: end) == .timedOut { kill(-number, SIGKILL) }
    }
    // Not collected yet: until then its number is nobody else's.
    var information = siginfo_t()
    while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    finished.signal()
    var status: Int32 = 0
    while waitpid(number, &status, 0) < 0, errno == EINTR {}
    let text = String(
      decoding: (try? Data(contentsOf: URL(filePath: errors)))?.suffix(4000) ?? Data(),
      as: UTF8.self)
    // Of wait(2): the number of a signal, or else the code.
    let signal = status & 0x7F
    let code = signal == 0 ? (status >> 8) & 0xFF : -signal
    return Answer(
      code: code, output: try Data(contentsOf: URL(filePath: output)),
      message: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Starts it; the shell sets the limits and then becomes the program.
  ///
  /// Not by Foundation's `Process`, which reads beyond the end of its list of open files where there are more than
  /// a thousand, as in a server with as many connections.
  private func start(
    _ arguments: [String], scratch folder: String, output: String, errors: String
  ) throws -> pid_t {
    let script = "ulimit -c 0; ulimit -v \"$1\"; ulimit -t \"$2\"; shift 2; exec \"$@\""
    let words = ["sh", "-c", script, "sh", String(memory >> 10), String(time), path] + arguments
    var environment = ["PATH=/usr/bin:/bin", "TMPDIR=\(folder)", "LC_ALL=C.UTF-8"]
    if let share = ProcessInfo.processInfo.environment["CUBEPRESS_SHARE"] {
      environment.append("CUBEPRESS_SHARE=\(share)")
    }
    var number: pid_t = 0
    let failure = Self.withTexts(words) { words in
      Self.withTexts(environment) { environment in
        process_shim_spawn_writing(&number, "/bin/sh", words, environment, output, errors)
      }
    }
    guard failure == 0 else {
      throw WorkspaceError(
        .storage, "look into what was handed in",
        because: "no program can be started: \(String(cString: strerror(failure)))",
        remedy: "look at the limits of the server")
    }
    return number
  }

  /// Texts as C has them, with a null at the end of the list.
  private static func withTexts<Value>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
  ) -> Value {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
