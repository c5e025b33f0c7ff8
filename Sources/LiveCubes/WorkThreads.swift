import Dispatch
import Foundation
import Synchronization

/// A few threads for work that blocks, with a queue of limited length.
///
/// Swift's own threads must not be blocked by reading files and decoding chunks.
final class WorkThreads: Sendable {
  private struct Queue {
    var jobs: [@Sendable () -> Void] = []
    /// Where the next job stands; those before it are done.
    var next = 0
    var isClosed = false

    var count: Int { jobs.count - next }

    mutating func take() -> (@Sendable () -> Void)? {
      guard next < jobs.count else { return nil }
      let job = jobs[next]
      next += 1
      if next > 64, next * 2 > jobs.count {
        jobs.removeFirst(next)
        next = 0
      }
      return job
    }
  }

  /// What the threads hold on to, so that they do not hold on to their owner.
  private final class Shared: Sendable {
    let queue = Mutex(Queue())
    let wake = DispatchSemaphore(value: 0)

    func work() {
      while true {
        wake.wait()
        guard let job = queue.withLock({ $0.take() }) else {
          if queue.withLock({ $0.isClosed }) { return }
          continue
        }
        job()
      }
    }
  }

  private let shared = Shared()
  private let count: Int
  private let limit: Int

  /// Starts threads.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - waiting: how many jobs may wait for one.
  init(count: Int, waiting: Int) {
    self.count = max(1, count)
    limit = waiting
    for number in 0..<self.count {
      let thread = Thread { [shared] in shared.work() }
      thread.name = "live \(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit {
    shared.queue.withLock { $0.isClosed = true }
    for _ in 0..<count { shared.wake.signal() }
  }

  /// Runs blocking work; ends early where the task that waits for it is cancelled and the work asks
  /// the signal.
  ///
  /// - Throws: `LiveError` of kind `busy` where the queue is full; what the work throws.
  func run<Value: Sendable>(
    _ signal: StopSignal, _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let job: @Sendable () -> Void = {
          continuation.resume(
            with: Result {
              try signal.check()
              return try work()
            })
        }
        let isTaken = shared.queue.withLock { queue in
          guard queue.count < limit else { return false }
          queue.jobs.append(job)
          return true
        }
        guard isTaken else {
          continuation.resume(
            throwing: LiveError(
              .busy, "Too much is being computed at once", remedy: "try again in a few seconds"))
          return
        }
        shared.wake.signal()
      }
    } onCancel: {
      signal.stop()
    }
  }
}
