import Synchronization
import Testing

@testable import LiveCubes

struct SharedWorkTests {
  @Test func manyAskersOneComputation() async throws {
    let work = SharedWork<Int, Int>()
    let count = Count()
    let gate = Gate()
    let values = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await work.value(for: 7) {
            count.add()
            await gate.wait()
            return 42
          }
        }
      }
      // All of them ask before the first is answered.
      while work.waiting(for: 7) < 50 { await Task.yield() }
      await gate.open()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(values == Array(repeating: 42, count: 50))
    #expect(count.now == 1)
    #expect(work.count == 0)
  }

  @Test func itEndsWhenNobodyWaits() async throws {
    let work = SharedWork<Int, Int>()
    let cancelled = Count()
    let tasks = (0..<3).map { _ in
      Task {
        try await work.value(for: 1) {
          while !Task.isCancelled { await Task.yield() }
          cancelled.add()
          throw CancellationError()
        }
      }
    }
    while work.waiting(for: 1) < 3 { await Task.yield() }
    tasks[0].cancel()
    tasks[1].cancel()
    while work.waiting(for: 1) > 1 { await Task.yield() }
    #expect(cancelled.now == 0)
    tasks[2].cancel()
    for task in tasks { _ = await task.result }
    #expect(cancelled.now == 1)
    // Whoever comes later gets an answer of their own.
    #expect(try await work.value(for: 1) { 5 } == 5)
  }

  @Test func anErrorIsNotKept() async throws {
    struct Broken: Error {}
    let work = SharedWork<Int, Int>()
    await #expect(throws: Broken.self) { try await work.value(for: 1) { throw Broken() } }
    #expect(try await work.value(for: 1) { 2 } == 2)
  }

  @Test func aFullQueueRefuses() async throws {
    let threads = WorkThreads(count: 1, waiting: 0)
    let error = await #expect(throws: LiveError.self) {
      try await threads.run(StopSignal(after: .seconds(3600))) { 1 }
    }
    #expect(error?.kind == .busy)
  }

  @Test func aCancelledTaskStopsItsWork() async throws {
    let threads = WorkThreads(count: 1, waiting: 10)
    let signal = StopSignal(after: .seconds(3600))
    let begun = Count()
    let task = Task {
      try await threads.run(signal) {
        begun.add()
        while true { try signal.check() }
      }
    }
    while begun.now == 0 { await Task.yield() }
    task.cancel()
    let result = await task.result
    #expect(throws: LiveError.self) { try result.get() }
  }
}

private final class Count: Sendable {
  private let value = Atomic(0)
  var now: Int { value.load(ordering: .sequentiallyConsistent) }
  func add() { value.add(1, ordering: .sequentiallyConsistent) }
}

/// Lets tasks wait for a moment that a test chooses.
private actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func wait() async {
    if isOpen { return }
    await withCheckedContinuation { waiting.append($0) }
  }

  func open() {
    isOpen = true
    for one in waiting { one.resume() }
    waiting = []
  }
}

struct ByteCacheTests {
  /// Against a list in the order of use.
  @Test func keepsWhatWasUsedLast() {
    let cache = ByteCache<Int, Int>(limit: 100)
    var model: [(key: Int, bytes: Int)] = []
    var random = SystemRandomNumberGenerator()
    for step in 0..<5000 {
      let key = Int.random(in: 0..<20, using: &random)
      if Bool.random(using: &random) {
        let bytes = Int.random(in: 1..<40, using: &random)
        cache.keep(step, bytes: bytes, for: key)
        model.removeAll { $0.key == key }
        while model.reduce(0, { $0 + $1.bytes }) + bytes > 100 { model.removeFirst() }
        model.append((key, bytes))
      } else if let place = model.firstIndex(where: { $0.key == key }) {
        #expect(cache[key] != nil)
        model.append(model.remove(at: place))
      } else {
        #expect(cache[key] == nil)
      }
      #expect(cache.bytes == model.reduce(0) { $0 + $1.bytes })
    }
    cache.keep(1, bytes: 101, for: 99)
    #expect(cache[99] == nil)
  }
}
