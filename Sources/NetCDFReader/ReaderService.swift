import Foundation
import NetCDF

/// The inside of a reader process: netCDF-C behind a socket.
///
/// Descriptor 3 is the socket to the program that started it, 4 the memory shared with it.
public enum ReaderService {
  private static let socket: Int32 = 3
  private static let memory: Int32 = 4
  /// The most memory of its own; a lying header may ask for more than there is.
  private static let memoryLimit: rlim_t = 6 << 30  // bytes

  /// Whether the arguments of this process ask for a reader.
  public static func isWanted(_ arguments: [String]) -> Bool {
    arguments.dropFirst().elementsEqual([readerArgument])
  }

  /// Answers until the other side goes; ends the process.
  public static func run() -> Never {
    guard isSocket else {
      FileHandle.standardError.write(
        Data("cubepress: \(readerArgument) is for the program's own use\n".utf8))
      exit(2)
    }
    beExpendable()
    endWithParent()
    let channel = ReaderChannel(socket: socket)
    let files = OpenFiles(memory: memory)
    while true {
      do {
        let message = try channel.receive {}
        guard let request = ReaderRequest(message: message) else { exit(1) }
        try channel.send(files.reply(to: request).message)
      } catch {
        exit(0)
      }
    }
  }

  private static var isSocket: Bool {
    var status = stat()
    return fstat(socket, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Sees to it that a crash is quick and quiet, and that want of memory hits this process first.
  private static func beExpendable() {
    for number in [SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTRAP, SIGQUIT] {
      signal(number, SIG_DFL)
    }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    var data = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &data)
    data.rlim_cur = min(data.rlim_cur, memoryLimit)
    setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &data)
    try? Data("1000".utf8).write(to: URL(filePath: "/proc/self/oom_score_adj"))
  }

  /// Ends this process when the other end of the socket closes, also while the library works.
  private static func endWithParent() {
    Thread.detachNewThread {
      var hangUp = pollfd(fd: socket, events: 0, revents: 0)
      while poll(&hangUp, 1, -1) <= 0 {}
      _exit(0)
    }
  }
}
