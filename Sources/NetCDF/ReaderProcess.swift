import CProcessShim
import Glibc
import JSON

/// A process that holds netCDF-C and answers one request at a time.
///
/// It goes when its socket closes, so also when this program is killed; here it is killed and
/// collected when the last reference goes.
final class ReaderProcess {
  /// Why there is no answer.
  enum Failure: Error {
    /// The process could not be made, for the reason given as a clause.
    case notStarted(String)
    /// It ended before it answered.
    case died(status: Int32?)
    /// It took too long.
    case late(seconds: Double)
    /// It answered something that is no answer.
    case lied
    /// The shared memory could not be had.
    case noMemory(byteCount: Int, reason: String)
  }

  /// More than this stays not reserved between two requests.
  private static let keptMemory = 64 << 20

  private let id: pid_t
  private let socket: Int32
  private let memory: Int32
  private var memorySize = 0
  /// Whether it has ended and the system has forgotten it, so that its number may be another's.
  private var isCollected = false
  /// Whether it has answered before, so that an earlier file may be to blame for its end.
  private(set) var hasAnswered = false

  /// Starts a process.
  init(program: String) throws(Failure) {
    var pair: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0 else {
      throw .notStarted(Self.lastError)
    }
    let memory = process_shim_memory("cubepress-netcdf")
    guard memory >= 0 else {
      let reason = Self.lastError
      for descriptor in pair { close(descriptor) }
      throw .notStarted(reason)
    }
    // The child wants its descriptors at 3 and 4, so here they must be elsewhere.
    let theirs = [pair[1], memory].map { fcntl($0, F_DUPFD_CLOEXEC, 5) }
    var id: pid_t = 0
    var code = theirs.contains { $0 < 0 } ? errno : 0
    if code == 0 {
      var words = [strdup(program), strdup(readerArgument)]
      defer { for word in words { free(word) } }
      words.append(nil)
      code = process_shim_spawn(&id, program, words, theirs[0], theirs[1])
    }
    for descriptor in theirs + [pair[1]] where descriptor >= 0 { close(descriptor) }
    guard code == 0 else {
      close(pair[0])
      close(memory)
      throw .notStarted("\(program): \(String(cString: strerror(code)))")
    }
    (self.id, self.memory) = (id, memory)
    socket = pair[0]
  }

  deinit {
    if !isCollected { _ = Self.end(id) }
    close(socket)
    close(memory)
  }

  /// Kills a process and waits for its end; returns how it ended, where that is known.
  private static func end(_ id: pid_t) -> Int32? {
    kill(id, SIGKILL)
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 {
      guard errno == EINTR else { return nil }
    }
    return status
  }

  /// Asks for something and waits for the answer, with the numbers that came with it.
  ///
  /// - Parameters:
  ///   - request: What for.
  ///   - room: How many bytes of numbers the answer may bring.
  ///   - patience: How long it may take.
  /// - Returns: The answer, and the numbers that it counts.
  /// - Throws: `Failure` where there is none; the process is of no use after that.
  func answer(
    _ request: ReaderRequest, room: Int, patience: ReaderPatience
  ) throws(Failure) -> (reply: ReaderReply, numbers: [UInt8]) {
    try makeRoom(room)
    let channel = ReaderChannel(socket: socket)
    let clock = ReaderClock(process: id)
    let message: JSONValue
    do {
      try channel.send(request.message)
      message = try channel.receive { () throws(Failure) in
        if clock.isLate(patience) { throw .late(seconds: clock.elapsed) }
      }
    } catch let failure as Failure {
      throw failure
    } catch ReaderChannel.Failure.garbled {
      throw .lied
    } catch {
      // It ends, and how is settled; killing it does not change that any more.
      isCollected = true
      throw .died(status: Self.end(id))
    }
    guard let reply = ReaderReply(message: message) else { throw .lied }
    hasAnswered = true
    guard case .numbers(let byteCount) = reply else { return (reply, []) }
    guard byteCount == room else { throw .lied }
    return (reply, try numbers(byteCount: byteCount))
  }

  /// The bytes that the last answer left in the shared memory.
  private func numbers(byteCount: Int) throws(Failure) -> [UInt8] {
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
      while filled < byteCount, let start = buffer.baseAddress {
        let got = pread(memory, start + filled, byteCount - filled, filled)
        if got > 0 {
          filled += got
        } else if got == 0 || errno != EINTR {
          return
        }
      }
    }
    guard bytes.count == byteCount else { throw .lied }
    if memorySize > Self.keptMemory, ftruncate(memory, 0) == 0 { memorySize = 0 }
    return bytes
  }

  private func makeRoom(_ byteCount: Int) throws(Failure) {
    guard byteCount > memorySize else { return }
    guard ftruncate(memory, byteCount) == 0 else {
      throw .noMemory(byteCount: byteCount, reason: Self.lastError)
    }
    memorySize = byteCount
  }

  private static var lastError: String { String(cString: strerror(errno)) }
}
