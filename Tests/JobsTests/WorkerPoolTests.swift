import Jobs
import Synchronization
import Testing

struct WorkerPoolTests {
  private struct Failure: Error, Equatable { let index: Int }

  @Test(arguments: [1, 2, 5])
  func everyIterationRunsOnce(workers: Int) throws {
    let pool = WorkerPool(workers: workers)
    let seen = Mutex([Int](repeating: 0, count: 1000))
    try pool.forEach(1000) { index in seen.withLock { $0[index] += 1 } }
    #expect(seen.withLock { $0 } == [Int](repeating: 1, count: 1000))
  }

  @Test(arguments: [1, 2, 5])
  func loopsNest(workers: Int) throws {
    let pool = WorkerPool(workers: workers)
    let sum = Mutex(0)
    try pool.forEach(20) { outer in
      try pool.forEach(50) { inner in
        try pool.forEach(3) { _ in sum.withLock { $0 += outer * inner } }
      }
    }
    #expect(sum.withLock { $0 } == 3 * 190 * 1225)
  }

  @Test func resultsComeInOrder() throws {
    let pool = WorkerPool(workers: 4)
    #expect(try pool.map(500) { $0 * $0 } == (0..<500).map { $0 * $0 })
    #expect(try pool.map(0) { $0 } == [])
  }

  @Test func neverMoreAtOnceThanAllowed() throws {
    struct Count {
      var now = 0
      var most = 0
    }
    let pool = WorkerPool(workers: 4)
    for width in 1...4 {
      let count = Mutex(Count())
      try pool.forEach(200, width: width) { _ in
        count.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        for _ in 0..<100 { _ = count.withLock { $0.now } }
        count.withLock { $0.now -= 1 }
      }
      #expect(count.withLock { $0.most } <= width)
    }
  }

  @Test(arguments: [1, 4])
  func anErrorEndsTheLoop(workers: Int) {
    let pool = WorkerPool(workers: workers)
    let started = Mutex(0)
    #expect(throws: Failure(index: 10)) {
      try pool.forEach(1_000_000) { index in
        started.withLock { $0 += 1 }
        if index == 10 { throw Failure(index: index) }
      }
    }
    #expect(started.withLock { $0 } < 1_000_000)
  }

  @Test func anErrorInAnInnerLoopReachesTheCaller() {
    let pool = WorkerPool(workers: 2)
    #expect(throws: Failure(index: 7)) {
      try pool.forEach(4) { _ in
        try pool.forEach(20) { inner in if inner == 7 { throw Failure(index: inner) } }
      }
    }
  }
}
