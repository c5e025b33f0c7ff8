import CCurl
import CCurlShim
import Dispatch
import Synchronization

/// libcurl's easy handles, each with the connections that it keeps open.
///
/// A handle is lent to one thread at a time, so the connections of a finished request serve the
/// next; the last one given back is lent first because its connection is the least likely to have
/// been closed by the server.
final class ConnectionPool: Sendable {
  /// A handle that nobody uses.
  ///
  /// Handles may move between threads as long as one at a time uses them.
  private struct IdleHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
  }

  private let idle = Mutex<[IdleHandle]>([])
  private let places: DispatchSemaphore

  /// Makes a pool that lends at most so many handles at once.
  init(capacity: Int) {
    places = DispatchSemaphore(value: max(1, capacity))
    Self.prepareLibrary()
  }

  deinit {
    for handle in idle.withLock({ $0 }) { curl_easy_cleanup(handle.pointer) }
  }

  /// libcurl must be set up once, before any thread uses it.
  private static let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  /// Sets up libcurl, where that has not happened yet.
  static func prepareLibrary() { _ = library }

  /// Calls a function with a handle without options; waits while all are lent.
  ///
  /// - Returns: `nil` when libcurl cannot make a handle, which only happens without memory.
  func withHandle<Value>(_ body: (UnsafeMutableRawPointer) -> Value) -> Value? {
    places.wait()
    defer { places.signal() }
    let pooled = idle.withLock { $0.popLast() }
    guard let handle = pooled?.pointer ?? curl_easy_init() else { return nil }
    defer {
      curl_easy_reset(handle)
      let resting = IdleHandle(pointer: handle)
      idle.withLock { $0.append(resting) }
    }
    return body(handle)
  }
}
