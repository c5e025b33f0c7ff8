internal import Synchronization

/// Work that is done a few pieces at a time: those of one team one after the other, teams in turn.
///
/// So a team whose work takes long, however much of it there is, takes one place only, and others wait for no more
/// than one piece of it.
final class Turns: Sendable {
  private typealias Waiter = (id: Int, continuation: CheckedContinuation<Void, any Error>)

  private struct State {
    var working: Set<String> = []
    /// Of each team that waits, first come first.
    var waiting: [String: [Waiter]] = [:]
    /// The teams that wait, whose turn is next first.
    var order: [String] = []
    var lastID = 0
  }

  /// How many pieces are worked on at once.
  private let atOnce: Int
  /// How many pieces of a team may wait; `nil` where something else bounds them.
  private let mostWaiting: Int?
  private let state = Mutex(State())

  init(atOnce: Int, mostWaiting: Int? = nil) {
    self.atOnce = atOnce
    self.mostWaiting = mostWaiting
  }

  /// Does a piece of work when it is the team's turn.
  ///
  /// - Parameters:
  ///   - team: whose work it is.
  ///   - attempt: what is tried, for the error.
  ///   - body: the work.
  /// - Returns: what the work does.
  /// - Throws: what the work throws; ``WorkspaceError`` of kind `busy` where very much of the team waits already;
  ///   `CancellationError` where nobody waits for it any more before its turn has come.
  func run<Value: Sendable>(
    of team: String, to attempt: String, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    try await begin(team, attempt)
    defer { end(team) }
    return try await body()
  }

  private func begin(_ team: String, _ attempt: String) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // Cancelled from here on, it is found below.
        let problem = state.withLock { state -> (any Error)? in
          if Task.isCancelled { return CancellationError() }
          let count = state.waiting[team]?.count ?? 0
          if let mostWaiting, count >= mostWaiting { return Self.tooMany(count, attempt) }
          if count == 0 { state.order.append(team) }
          state.waiting[team, default: []].append((id, continuation))
          return nil
        }
        if let problem { continuation.resume(throwing: problem) } else { beginNext() }
      }
    } onCancel: {
      leave(id, team)
    }
  }

  private func end(_ team: String) {
    state.withLock { state in
      state.working.remove(team)
      // It has had its turn, also where it came to wait before others.
      guard let place = state.order.firstIndex(of: team) else { return }
      state.order.append(state.order.remove(at: place))
    }
    beginNext()
  }

  /// Lets those begin whose turn it is.
  private func beginNext() {
    let begun = state.withLock { state in
      var begun: [Waiter] = []
      while state.working.count < atOnce,
        let turn = state.order.firstIndex(where: { !state.working.contains($0) })
      {
        let team = state.order.remove(at: turn)
        guard var waiting = state.waiting.removeValue(forKey: team), !waiting.isEmpty else {
          continue
        }
        begun.append(waiting.removeFirst())
        state.working.insert(team)
        if !waiting.isEmpty {
          state.waiting[team] = waiting
          state.order.append(team)
        }
      }
      return begun
    }
    for waiter in begun { waiter.continuation.resume() }
  }

  private func leave(_ id: Int, _ team: String) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.waiting[team]?.firstIndex(where: { $0.id == id }) else { return nil }
      let waiter = state.waiting[team]?.remove(at: index)
      if state.waiting[team]?.isEmpty == true {
        state.waiting[team] = nil
        state.order.removeAll { $0 == team }
      }
      return waiter
    }
    waiter?.continuation.resume(throwing: CancellationError())
  }

  /// How many pieces there are.
  struct Counts: Equatable {
    let working: Int
    let waiting: Int
  }

  var counts: Counts {
    state.withLock { state in
      Counts(
        working: state.working.count, waiting: state.waiting.values.reduce(0) { $0 + $1.count })
    }
  }

  private static func tooMany(_ count: Int, _ attempt: String) -> WorkspaceError {
    WorkspaceError(
      .busy, attempt, because: "\(count) others of the team wait already",
      remedy: "try again in a minute")
  }
}
