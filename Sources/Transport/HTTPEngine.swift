import CCurl
import CCurlShim
import Dispatch
import Foundation
import Synchronization

/// Sends any number of requests at once, all from one thread of its own.
///
/// Connections are kept open and used again; HTTP/2 is spoken where a server offers it over TLS, and
/// then requests share a connection. Every request is sent once: when to try again is the caller's
/// business. The engine stops when it is released, after the requests that are under way.
public final class HTTPEngine: Sendable {
  private let shared: Shared

  /// Starts an engine.
  ///
  /// - Parameter configuration: its patience; ``HTTPConfiguration/maximumConnections`` is how many
  ///   idle connections are kept.
  public init(configuration: HTTPConfiguration = HTTPConfiguration()) {
    let shared = Shared(configuration)
    self.shared = shared
    let thread = Thread { shared.work() }
    thread.name = "transfers"
    thread.start()
  }

  deinit { shared.close() }

  /// Sends a request and returns at once.
  ///
  /// - Parameters:
  ///   - request: what is sent.
  ///   - completion: called once, on the engine's thread, which it must not block; an answer of any
  ///     status is a success.
  public func start(
    _ request: HTTPRequest,
    _ completion: @escaping @Sendable (Result<HTTPReply, TransportError>) -> Void
  ) {
    shared.add(HTTPTransfer(request, completion))
  }

  /// Sends a request and waits for its answer, of whatever status.
  ///
  /// - Throws: ``TransportError`` when none came.
  public func perform(_ request: HTTPRequest) throws(TransportError) -> HTTPReply {
    let done = DispatchSemaphore(value: 0)
    let place = Mutex<Result<HTTPReply, TransportError>?>(nil)
    withExtendedLifetime(self) {
      start(request) { result in
        place.withLock { $0 = result }
        done.signal()
      }
      done.wait()
    }
    guard let result = place.withLock({ $0 }) else {
      throw TransportError(.connection, url: request.url, reason: "it was not sent")
    }
    return try result.get()
  }
}

/// What the engine and its thread have in common.
private final class Shared: Sendable {
  private struct Inbox {
    var transfers: [HTTPTransfer] = []
    var isClosed = false
    /// libcurl allows waking from any thread; everything else happens on the engine's own.
    var multi: UnsafeMutableRawPointer?
  }
  private struct Handle: @unchecked Sendable { let pointer: UnsafeMutableRawPointer? }

  private let inbox = Mutex(Inbox())
  private let configuration: HTTPConfiguration

  init(_ configuration: HTTPConfiguration) {
    self.configuration = configuration
    ConnectionPool.prepareLibrary()
    let handle = Handle(pointer: curl_multi_init().map { UnsafeMutableRawPointer($0) })
    inbox.withLock { $0.multi = handle.pointer }
  }

  func add(_ transfer: HTTPTransfer) {
    inbox.withLock { inbox in
      inbox.transfers.append(transfer)
      curl_multi_wakeup(inbox.multi)
    }
  }

  func close() {
    inbox.withLock { inbox in
      inbox.isClosed = true
      curl_multi_wakeup(inbox.multi)
    }
  }

  /// The engine's thread: takes new requests, lets libcurl work, hands out what has ended.
  func work() {
    let multi = inbox.withLock { Handle(pointer: $0.multi) }.pointer
    curl_shim_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    curl_shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maximumConnections)
    var active: [UnsafeMutableRawPointer: HTTPTransfer] = [:]
    var idle: [UnsafeMutableRawPointer] = []
    while true {
      let (new, isClosed) = inbox.withLock { inbox in
        defer { inbox.transfers = [] }
        return (inbox.transfers, inbox.isClosed)
      }
      for transfer in new {
        guard let handle = idle.popLast() ?? curl_easy_init() else {
          transfer.finish(CURLE_OUT_OF_MEMORY)
          continue
        }
        guard transfer.prepare(handle, configuration) else {
          idle.append(handle)
          continue
        }
        active[handle] = transfer
        curl_multi_add_handle(multi, handle)
      }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      var result = CURLE_OK
      var hasEnded = false
      while let handle = curl_shim_finished(multi, &result) {
        hasEnded = true
        curl_multi_remove_handle(multi, handle)
        let transfer = active.removeValue(forKey: handle)
        transfer?.finish(result)
        curl_easy_reset(handle)
        idle.append(handle)
      }
      if isClosed, active.isEmpty, !hasEnded { break }
      if !hasEnded { curl_multi_poll(multi, nil, 0, 1000, nil) }
    }
    for handle in idle { curl_easy_cleanup(handle) }
    inbox.withLock { $0.multi = nil }
    curl_multi_cleanup(multi)
  }
}
