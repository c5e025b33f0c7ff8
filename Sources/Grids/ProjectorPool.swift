import Synchronization

/// Projectors that threads borrow, so that each is used by one thread at a time.
final class ProjectorPool: Sendable {
  /// A projector and working space on their way from one thread to another.
  ///
  /// Unchecked because it is either in the pool, where nobody uses it, or with one borrower.
  private struct Parked: @unchecked Sendable {
    let projector: Projector
    let scratch = MeshScratch()
  }

  private let source: CRS
  private let target: CRS
  private let idle: Mutex<[Parked]>

  /// Makes the first one at once, so that what cannot work fails early.
  init(from source: CRS, to target: CRS) throws(GridError) {
    self.source = source
    self.target = target
    idle = Mutex([Parked(projector: try Projector(from: source, to: target))])
  }

  /// Calls `body` with a projector and working space that nobody else has.
  func withProjector<Result>(
    _ body: (Projector, MeshScratch) -> Result
  ) throws(GridError) -> Result {
    let parked: Parked
    if let waiting = idle.withLock({ $0.popLast() }) {
      parked = waiting
    } else {
      parked = Parked(projector: try Projector(from: source, to: target))
    }
    defer { idle.withLock { $0.append(parked) } }
    return body(parked.projector, parked.scratch)
  }
}
