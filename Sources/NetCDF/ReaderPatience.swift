import Glibc

/// How long a reader process may work on one answer before it counts as caught in a loop.
///
/// Counted is the processor time of that process, so that a busy machine or a slow disk is not
/// taken for a damaged file; the clock on the wall has the last word.
struct ReaderPatience: Sendable, Equatable {
  /// Seconds of processor time.
  var processor: Double
  /// Seconds on the clock.
  var wall: Double

  /// For an answer that needs no more than a look at a file.
  static let standard = ReaderPatience(processor: 10, wall: 300)

  /// What decoding gets through in a second of processor time at the very least.
  private static let slowestDecoding = 16e6  // bytes

  /// More for an answer that goes through so many bytes.
  func extended(forBytes count: Double) -> ReaderPatience {
    // HDF5 has no chunk above 4 GB and one answer no more than that either.
    let seconds = min(count, 16e9) / Self.slowestDecoding
    return ReaderPatience(processor: processor + seconds, wall: wall + 10 * seconds)
  }
}

/// What a process has used since this was made.
struct ReaderClock {
  private let processor: clockid_t?
  private let processorStart: Double
  private let start: Double

  init(process: pid_t) {
    var clock = clockid_t()
    processor = clock_getcpuclockid(process, &clock) == 0 ? clock : nil
    processorStart = processor.map(Self.seconds) ?? 0
    start = Self.seconds(CLOCK_MONOTONIC)
  }

  /// Seconds on the clock.
  var elapsed: Double { Self.seconds(CLOCK_MONOTONIC) - start }

  func isLate(_ patience: ReaderPatience) -> Bool {
    let used = processor.map { Self.seconds($0) - processorStart } ?? 0
    return used > patience.processor || elapsed > patience.wall
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else { return 0 }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
