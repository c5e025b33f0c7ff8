import Foundation
import Synchronization

/// The word that makes the program `cubepress` a reader process; for nobody's use but ours.
package let readerArgument = "netcdf-reader"

/// The reader processes of this program.
///
/// HDF5 crashes on some damaged files and goes round in circles on others, and netCDF-C is not
/// thread-safe, not even on different files. So both live in processes of their own, as many as
/// there are processors, which are started when they are needed. What one of them does to itself
/// becomes an error, and the next request gets a new one.
final class NetCDFReaders: Sendable {
  /// Those that every file uses.
  static let shared = NetCDFReaders()

  private final class Place: Sendable {
    let process = Mutex<ReaderProcess?>(nil)
  }

  private let places: [Place]
  private let nextPlace = Atomic(0)
  private let program: String
  private let patience: ReaderPatience

  /// Room for some processes, of which none is started yet.
  ///
  /// - Parameters:
  ///   - count: How many there may be.
  ///   - program: The path of `cubepress`.
  ///   - patience: How long a small answer may take.
  init(
    count: Int = ProcessInfo.processInfo.activeProcessorCount,
    program: String = NetCDFReaders.programBeside,
    patience: ReaderPatience = .standard
  ) {
    places = (0..<max(1, count)).map { _ in Place() }
    self.program = program
    self.patience = patience
  }

  /// `cubepress` in the folder of the running program, which it nearly always is itself.
  static var programBeside: String {
    let running = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    return URL(filePath: running ?? CommandLine.arguments.first ?? "")
      .deletingLastPathComponent().appending(path: "cubepress").path(percentEncoded: false)
  }

  /// Has a request answered.
  ///
  /// - Parameters:
  ///   - request: What for.
  ///   - bytes: How many bytes the reader has to go through for it.
  ///   - room: How many bytes of numbers the answer may bring.
  ///   - turn: Requests of one turn go to one process, which may still have decoded what they need.
  /// - Returns: The answer and the numbers that came with it.
  /// - Throws: `ReaderProcess.Failure` where there is none.
  func answer(
    _ request: ReaderRequest, goingThrough bytes: Double, room: Int = 0, turn: Int? = nil
  ) throws(ReaderProcess.Failure) -> (reply: ReaderReply, numbers: [UInt8]) {
    let patience = patience.extended(forBytes: bytes)
    if turn == nil {
      for place in places {
        let answered = try place.process.withLockIfAvailable {
          (process) throws(ReaderProcess.Failure) in
          try answer(request, room: room, patience: patience, from: &process)
        }
        if let answered { return answered }
      }
    }
    let number = turn ?? nextPlace.wrappingAdd(1, ordering: .relaxed).newValue
    return try places[Int(number.magnitude % UInt(places.count))].process.withLock {
      (process) throws(ReaderProcess.Failure) in
      try answer(request, room: room, patience: patience, from: &process)
    }
  }

  /// Asks the process of one place, which is started if it is not there and dropped if it fails.
  private func answer(
    _ request: ReaderRequest, room: Int, patience: ReaderPatience,
    from process: inout ReaderProcess?
  ) throws(ReaderProcess.Failure) -> (reply: ReaderReply, numbers: [UInt8]) {
    var running: ReaderProcess
    if let process { running = process } else { running = try ReaderProcess(program: program) }
    // Kept only when all went well: what HDF5 did after an error is nothing to build on.
    process = nil
    let mayBeDamaged = running.hasAnswered
    let answered: (reply: ReaderReply, numbers: [UInt8])
    do {
      answered = try running.answer(request, room: room, patience: patience)
    } catch {
      // An earlier file may have left damage behind, which must not be laid at this one's door.
      guard mayBeDamaged, case .died = error else { throw error }
      running = try ReaderProcess(program: program)
      answered = try running.answer(request, room: room, patience: patience)
    }
    if case .refusal = answered.reply { return answered }
    process = running
    return answered
  }
}
