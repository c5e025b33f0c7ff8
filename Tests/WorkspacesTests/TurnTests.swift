import Foundation
import Synchronization
import Testing

@testable import Workspaces

/// Work of teams in turn.
struct TurnTests {
  /// Work that goes on until it is let go, and what has begun so far.
  private final class Desk: Sendable {
    private let begun = Mutex<[String]>([])
    private let released = Mutex<Set<String>>([])

    var names: [String] { begun.withLock { $0 } }

    /// Blocks until it may end.
    func work(_ name: String) {
      begun.withLock { $0.append(name) }
      while !released.withLock({ $0.contains(name) }) { Thread.sleep(forTimeInterval: 0.001) }
    }

    func release(_ name: String) { released.withLock { _ = $0.insert(name) } }

    func wait(for count: Int) async throws {
      while names.count < count { try await Task.sleep(for: .milliseconds(1)) }
    }
  }

  private let desk = Desk()

  /// Asks for a piece of work called by its team and a number; returns once it waits or works.
  private func ask(_ turns: Turns, _ name: String) async -> Task<Void, any Error> {
    let before = turns.counts
    let task = Task { [desk] in
      try await turns.run(of: String(name.prefix(1)), to: "work") {
        try await BlockingWork.run { desk.work(name) }
      }
    }
    while turns.counts == before { try? await Task.sleep(for: .milliseconds(1)) }
    return task
  }

  @Test func teamsTakeTurnsHoweverMuchOneOfThemAsksFor() async throws {
    let turns = Turns(atOnce: 1)
    var tasks: [Task<Void, any Error>] = []
    for name in ["a1", "a2", "a3", "b1", "c1", "b2"] { tasks.append(await ask(turns, name)) }
    let order = ["a1", "b1", "c1", "a2", "b2", "a3"]
    for (index, name) in order.enumerated() {
      try await desk.wait(for: index + 1)
      #expect(desk.names == Array(order.prefix(index + 1)))
      desk.release(name)
    }
    for task in tasks { try await task.value }
    #expect(turns.counts == .init(working: 0, waiting: 0))
  }

  @Test func oneTeamHoldsOnePlace() async throws {
    let turns = Turns(atOnce: 2)
    var tasks: [Task<Void, any Error>] = []
    // All that `a` asks for never ends meanwhile.
    for name in ["a1", "a2", "a3", "b1", "b2"] { tasks.append(await ask(turns, name)) }
    try await desk.wait(for: 2)
    desk.release("b1")
    try await desk.wait(for: 3)
    #expect(desk.names == ["a1", "b1", "b2"])
    for name in ["b2", "a1", "a2", "a3"] { desk.release(name) }
    for task in tasks { try await task.value }
  }

  @Test func whoLeavesIsNotWaitedFor() async throws {
    let turns = Turns(atOnce: 1)
    let first = await ask(turns, "a1")
    let leaving = await ask(turns, "a2")
    let alone = await ask(turns, "b1")
    let last = await ask(turns, "a3")
    leaving.cancel()
    alone.cancel()
    await #expect(throws: CancellationError.self) { try await leaving.value }
    await #expect(throws: CancellationError.self) { try await alone.value }
    #expect(turns.counts == .init(working: 1, waiting: 1))
    desk.release("a1")
    desk.release("a3")
    try await first.value
    try await last.value
    #expect(desk.names == ["a1", "a3"])
  }

  @Test func whoHasLeftBeforeIsNotLetIn() async throws {
    let turns = Turns(atOnce: 1)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      try await turns.run(of: "a", to: "work") { desk.work("a") }
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(turns.counts == .init(working: 0, waiting: 0) && desk.names.isEmpty)
  }

  @Test func onlySoManyOfATeamWait() async throws {
    let turns = Turns(atOnce: 1, mostWaiting: 2)
    var tasks: [Task<Void, any Error>] = []
    for name in ["a1", "a2", "a3"] { tasks.append(await ask(turns, name)) }
    let error = await #expect(throws: WorkspaceError.self) {
      try await turns.run(of: "a", to: "work") {}
    }
    #expect(error?.kind == .busy)
    tasks.append(await ask(turns, "b1"))
    for name in ["a1", "a2", "a3", "b1"] { desk.release(name) }
    for task in tasks { try await task.value }
  }

  @Test func workThatFailsMakesRoom() async throws {
    let turns = Turns(atOnce: 1)
    struct Broken: Error {}
    await #expect(throws: Broken.self) {
      try await turns.run(of: "a", to: "work") { throw Broken() }
    }
    #expect(try await turns.run(of: "a", to: "work") { 1 } == 1)
  }
}
