internal import Synchronization

/// Names of things that somebody is working on, so that nobody else begins.
final class NamesAtWork: Sendable {
  private let names = Mutex<Set<String>>([])

  /// - Returns: whether nobody had taken it.
  func take(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }

  func release(_ name: String) { names.withLock { _ = $0.remove(name) } }
}
