internal import Synchronization

/// Answers that nearly every request needs, kept for a moment: who a token belongs to, who may read what.
///
/// An answer is given again as long as nothing that it came from can have changed: until ``forget()``, or until
/// the trust in it is over, for changes that this process cannot see.
public final class RecentAnswers<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
  private struct State {
    var answers: [Question: (answer: Answer, until: ContinuousClock.Instant)] = [:]
    /// How often all was forgotten.
    var forgotten = 0
  }

  /// The most that is kept; then everything is let go.
  private static var capacity: Int { 10_000 }

  private let trust: Duration
  private let state = Mutex(State())

  /// - Parameter trust: how long an answer counts.
  public init(trust: Duration) { self.trust = trust }

  /// The answer to a question: a recent one, or what somebody finds out.
  ///
  /// What was asked before a change and found out after it is given, but not kept.
  public func answer<Failure: Error>(
    to question: Question, otherwise findOut: () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    let (kept, forgotten) = state.withLock { ($0.answers[question], $0.forgotten) }
    if let kept, kept.until > .now { return kept.answer }
    // From before it is found out: it may be old when it comes.
    let until = ContinuousClock.now + trust
    let answer = try await findOut()
    state.withLock { state in
      guard state.forgotten == forgotten else { return }
      if state.answers.count >= Self.capacity { state.answers = [:] }
      state.answers[question] = (answer, until)
    }
    return answer
  }

  /// Lets go of all answers, because something has changed.
  public func forget() {
    state.withLock { state in
      state.answers = [:]
      state.forgotten += 1
    }
  }
}
