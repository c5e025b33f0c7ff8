import Synchronization

/// Tells work that it may as well end: nobody waits for it any more, or its time is over.
///
/// Blocking work asks ``check()`` between its pieces.
final class StopSignal: Sendable {
  private let deadline: ContinuousClock.Instant
  private let isStopped = Atomic(false)

  init(after time: Duration) { deadline = .now + time }

  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// - Throws: `LiveError` where the work should end.
  func check() throws(LiveError) {
    if isStopped.load(ordering: .relaxed) {
      throw LiveError(.abandoned, "Nobody waits for this answer", remedy: "ask again")
    }
    if ContinuousClock.now > deadline {
      throw LiveError(
        .tooLong, "This takes too long to compute",
        remedy: "ask for less: a smaller area, fewer times, a closer zoom")
    }
  }
}
