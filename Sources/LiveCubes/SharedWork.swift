import Synchronization

/// Computes a value once for all who ask for it at the same time, and stops when none of them waits
/// any more.
final class SharedWork<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Running {
    let task: Task<Value, any Error>
    let number: Int
    var waiting: Int
  }

  private struct State {
    var running: [Key: Running] = [:]
    var count = 0
  }

  private let state = Mutex(State())

  /// The value of a key, from the computation that is under way or from a new one.
  ///
  /// - Throws: what the computation throws; `CancellationError` where all who waited have gone.
  func value(
    for key: Key, _ compute: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let (task, number) = state.withLock { state in
      if var running = state.running[key] {
        running.waiting += 1
        state.running[key] = running
        return (running.task, running.number)
      }
      state.count += 1
      let number = state.count
      let task = Task {
        defer { self.forget(key, number) }
        return try await compute()
      }
      state.running[key] = Running(task: task, number: number, waiting: 1)
      return (task, number)
    }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      self.leave(key, number)
    }
  }

  /// How many computations are under way.
  var count: Int { state.withLock { $0.running.count } }

  /// How many wait for a key.
  func waiting(for key: Key) -> Int { state.withLock { $0.running[key]?.waiting ?? 0 } }

  private func forget(_ key: Key, _ number: Int) {
    state.withLock { state in
      if state.running[key]?.number == number { state.running[key] = nil }
    }
  }

  private func leave(_ key: Key, _ number: Int) {
    let abandoned = state.withLock { state -> Task<Value, any Error>? in
      guard var running = state.running[key], running.number == number else { return nil }
      running.waiting -= 1
      guard running.waiting == 0 else {
        state.running[key] = running
        return nil
      }
      // Whoever asks from now on gets a computation of their own.
      state.running[key] = nil
      return running.task
    }
    abandoned?.cancel()
  }
}
