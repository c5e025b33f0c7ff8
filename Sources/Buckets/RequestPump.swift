import Dispatch
import Foundation
import Synchronization
import Transport

/// Sends many requests, as many at once as the server takes well.
///
/// The number at once grows while all goes well and is halved when the server says that it is too
/// much, fails or breaks connections (additive increase, multiplicative decrease). Used from one
/// thread at a time.
struct RequestPump: Sendable {
  /// One request and what to do with its answer.
  struct Job {
    var call: S3Call
    /// Completes the request just before it is first sent.
    var prepare: ((inout S3Call) throws -> Void)?
    /// Called on the pump's thread with an answer of success and the request that was sent.
    var finished: (HTTPReply, S3Call) throws -> Void
  }

  let client: S3Client
  /// How many requests may be under way at once.
  let maximum: Int
  /// How many bytes are sent a second at most; 0 for no limit.
  let bytesPerSecond: Int

  /// Sends requests until there are none; blocks.
  ///
  /// After a failure no further request is started, and those under way are waited for.
  ///
  /// - Parameter next: the next request; `nil` when there is none now. It is asked again after each
  ///   answer.
  /// - Throws: the first failure that lasts, and what `next` and the jobs throw.
  func run(_ next: () throws -> Job?) throws {
    var state = State(window: Double(min(16, maximum)))
    var failure: (any Error)?
    let answers = Answers()
    while true {
      do {
        while failure == nil, state.mayStart,
          case (var job, let attempt, let refused)? = try state.take(next)
        {
          if attempt == 1 { try job.prepare?(&job.call) }
          let (request, credentials) = try client.signed(job.call, insteadOf: refused)
          start(request, job, attempt, credentials, &state, answers)
        }
      } catch { failure = error }
      guard state.underWay > 0 || (failure == nil && !state.waiting.isEmpty) else { break }
      guard let answer = answers.next(within: state.patience), let sent = state.sent[answer.number]
      else { continue }
      state.sent[answer.number] = nil
      state.underWay -= 1
      switch client.verdict(answer.result, sent.job.call, attempt: sent.attempt) {
      case .done(let reply):
        state.grow(maximum)
        do { try sent.job.finished(reply, sent.job.call) } catch { failure = failure ?? error }
      case .failed(let error): failure = failure ?? error
      case .again(let wait, let isCongested, let needsCredentials):
        if isCongested { state.shrink(startedAt: sent.time) }
        state.waiting.append(
          Waiting(
            due: Self.now + wait, job: sent.job, attempt: sent.attempt + 1,
            refused: needsCredentials ? sent.credentials : nil))
      }
    }
    if let failure { throw failure }
  }

  private func start(
    _ request: HTTPRequest, _ job: Job, _ attempt: Int, _ credentials: AWSCredentials?,
    _ state: inout State, _ answers: Answers
  ) {
    var request = request
    let now = Self.now
    if bytesPerSecond > 0 {
      // What is started is paid for beforehand, so that many small bodies keep to the limit too.
      request.sendingRate = bytesPerSecond
      let cost = Double(request.body.count) / Double(bytesPerSecond)
      state.free = max(now, state.free) + cost
    }
    state.underWay += 1
    state.number += 1
    let number = state.number
    state.sent[number] = Sent(job: job, attempt: attempt, time: now, credentials: credentials)
    client.engine.start(request) { answers.add(Answer(number: number, result: $0)) }
  }

  private static var now: Double { ProcessInfo.processInfo.systemUptime }

  private struct Sent {
    let job: Job
    let attempt: Int
    let time: Double
    let credentials: AWSCredentials?
  }

  private struct Waiting {
    let due: Double
    let job: Job
    let attempt: Int
    let refused: AWSCredentials?
  }

  private struct State {
    var window: Double
    /// Below it the window doubles in each round trip, above it grows by one.
    var threshold = Double.infinity
    var lastCut = 0.0
    var underWay = 0
    var number = 0
    var sent: [Int: Sent] = [:]
    var waiting: [Waiting] = []
    /// When the bandwidth allows the next request.
    var free = 0.0

    var mayStart: Bool { underWay < max(1, Int(window)) && free <= now }

    /// How long to wait for an answer before looking for something to start.
    var patience: Double {
      let dues = waiting.map(\.due) + (free > now ? [free] : [])
      return min(1, max(0.001, (dues.min() ?? .infinity) - now))
    }

    private var now: Double { RequestPump.now }

    /// A request whose wait is over, or else a new one.
    mutating func take(
      _ next: () throws -> Job?
    ) throws -> (Job, attempt: Int, refused: AWSCredentials?)? {
      if let index = waiting.firstIndex(where: { $0.due <= now }) {
        let again = waiting.remove(at: index)
        return (again.job, again.attempt, again.refused)
      }
      return try next().map { ($0, 1, nil) }
    }

    mutating func grow(_ maximum: Int) {
      window = min(Double(maximum), window + (window < threshold ? 1 : 1 / window))
    }

    /// Halves the window, once for all requests that were under way together.
    mutating func shrink(startedAt time: Double) {
      guard time >= lastCut else { return }
      window = max(1, window / 2)
      threshold = window
      lastCut = now
    }
  }

  private struct Answer: Sendable {
    let number: Int
    let result: Result<HTTPReply, TransportError>
  }

  /// Answers on their way from the engine's thread to ours.
  private final class Answers: Sendable {
    private let queue = Mutex<[Answer]>([])
    private let count = DispatchSemaphore(value: 0)

    func add(_ answer: Answer) {
      queue.withLock { $0.append(answer) }
      count.signal()
    }

    func next(within seconds: Double) -> Answer? {
      guard count.wait(timeout: .now() + seconds) == .success else { return nil }
      return queue.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
  }
}
