import Dispatch
import Foundation
import Synchronization

/// A fixed number of threads that share the iterations of loops, nested loops too.
///
/// The thread that starts a loop works on it as well, so a pool of *n* workers runs at most *n*
/// iterations at once, however deeply loops nest, and a pool of one is a plain `for`. Threads
/// without work take iterations from the loop that was started last. Which thread runs an
/// iteration is not defined; results must not depend on it.
public final class WorkerPool: Sendable {
  /// How many iterations may run at the same time.
  public let workers: Int
  private let shared: SharedLoops

  /// Starts the threads.
  ///
  /// - Parameter workers: how many iterations may run at once; at least one.
  public init(workers: Int) {
    self.workers = max(1, workers)
    shared = SharedLoops()
    for number in 1..<self.workers {
      let thread = Thread { [shared] in shared.work() }
      thread.name = "worker \(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { shared.close(threads: workers - 1) }

  /// Runs `body` for 0, 1 … `count - 1`, several at once, and returns when all are done.
  ///
  /// After an error no further iteration starts.
  ///
  /// - Parameters:
  ///   - count: how many iterations there are.
  ///   - width: how many of them may run at once, where the pool has more workers than that.
  ///   - body: the work; called on any thread.
  /// - Throws: the error of the lowest iteration that failed.
  public func forEach(
    _ count: Int, width: Int = .max, _ body: @Sendable (Int) throws -> Void
  ) throws {
    let helpers = min(count, width, workers) - 1
    guard helpers > 0 else {
      for index in 0..<max(0, count) { try body(index) }
      return
    }
    try withoutActuallyEscaping(body) { body in
      let loop = SharedLoop(count: count, width: width, body: body)
      shared.add(loop, helpers: helpers)
      loop.run()
      shared.remove(loop)
      try loop.finish()
    }
  }
}

extension WorkerPool {
  /// Computes a value for each of 0, 1 … `count - 1`, several at once.
  ///
  /// - Parameters:
  ///   - count: how many values.
  ///   - width: how many may be computed at once, where the pool has more workers than that.
  ///   - body: the work; called on any thread.
  /// - Returns: the values in order, whatever the number of workers.
  /// - Throws: the error of the lowest iteration that failed.
  public func map<Value: Sendable>(
    _ count: Int, width: Int = .max, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let results = Results<Value>(count: count)
    try forEach(count, width: width) { results.set($0, try body($0)) }
    return results.values
  }
}

/// The values of a parallel loop, one place for each iteration.
private final class Results<Value: Sendable>: Sendable {
  private let places: Mutex<[Value?]>

  init(count: Int) { places = Mutex(Array(repeating: nil, count: max(0, count))) }

  func set(_ index: Int, _ value: Value) { places.withLock { $0[index] = value } }

  var values: [Value] { places.withLock { $0.compactMap(\.self) } }
}

/// The loops that idle threads may take iterations from.
private final class SharedLoops: Sendable {
  private struct State {
    var loops: [SharedLoop] = []
    var isClosed = false
  }
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)

  func add(_ loop: SharedLoop, helpers: Int) {
    state.withLock { $0.loops.append(loop) }
    for _ in 0..<helpers { wake.signal() }
  }

  func remove(_ loop: SharedLoop) {
    state.withLock { state in state.loops.removeAll { $0 === loop } }
  }

  func close(threads: Int) {
    state.withLock { $0.isClosed = true }
    for _ in 0..<threads { wake.signal() }
  }

  /// What a thread of the pool does until the pool is closed.
  func work() {
    while true {
      wake.wait()
      while let loop = joinNewestLoop() {
        loop.run()
        loop.leave()
      }
      if state.withLock({ $0.isClosed }) { return }
    }
  }

  private func joinNewestLoop() -> SharedLoop? {
    state.withLock { state in state.loops.last { $0.join() } }
  }
}

/// One loop that several threads work on.
private final class SharedLoop: Sendable {
  typealias Body = @Sendable (Int) throws -> Void

  private struct State {
    /// Gone when the loop has ended: the caller's closure must not outlive the call, and a thread
    /// may still hold the loop then.
    var body: Body?
    var next = 0
    var threads = 1
    var failure: (index: Int, error: any Error)?
  }
  private let count: Int
  private let width: Int
  private let state: Mutex<State>
  private let helpers = DispatchGroup()

  init(count: Int, width: Int, body: @escaping Body) {
    self.count = count
    self.width = width
    state = Mutex(State(body: body))
  }

  /// Takes a place at the loop, where it has work and a place left.
  func join() -> Bool {
    state.withLock { state in
      guard state.next < count, state.threads < width else { return false }
      state.threads += 1
      helpers.enter()
      return true
    }
  }

  func leave() {
    state.withLock { $0.threads -= 1 }
    helpers.leave()
  }

  /// Runs iterations until none is left.
  func run() {
    guard let body = state.withLock({ $0.body }) else { return }
    while let index = takeIndex() {
      do {
        try body(index)
      } catch {
        state.withLock { state in
          state.next = count
          if state.failure.map({ index < $0.index }) ?? true { state.failure = (index, error) }
        }
      }
    }
  }

  /// Waits for the threads that still work on it.
  ///
  /// - Throws: the error of the lowest iteration that failed.
  func finish() throws {
    helpers.wait()
    let failure = state.withLock { state in
      state.body = nil
      return state.failure
    }
    if let failure { throw failure.error }
  }

  private func takeIndex() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }
}
