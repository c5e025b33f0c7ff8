import Dispatch
import FileServing
import FlyingFox
import FlyingSocks
import Foundation
import Stores

/// A web server on this machine for the files of a site.
struct PreviewServer: Sendable {
  /// Where it can be reached, as in `127.0.0.1:8000`.
  struct Address: Sendable, Equatable {
    let host: String
    let port: UInt16
  }

  private let server: HTTPServer
  private let wanted: Address

  /// Prepares a server; it listens only once it runs.
  init(site: SiteFiles, address: Address) throws {
    wanted = address
    var configuration: HTTPServer.Configuration
    do {
      configuration =
        try address.host.contains(":")
        ? HTTPServer.Configuration(address: .inet6(ip6: address.host, port: address.port))
        : HTTPServer.Configuration(address: .inet(ip4: address.host, port: address.port))
    } catch {
      throw CommandError(
        description: "\(address.host) is not an address of this machine: use 127.0.0.1, or "
          + "0.0.0.0 to let other machines see the site")
    }
    configuration.logger = .disabled
    configuration.pool = PromptPool(base: HTTPServer.defaultPool())
    server = HTTPServer(config: configuration, handler: PreviewHandler(site: site))
  }

  /// Serves until the task is cancelled.
  ///
  /// - Parameter started: called once with the address, when the server listens.
  /// - Throws: ``CommandError`` when the port or address cannot be used.
  func run(started: @Sendable @escaping (Address) -> Void) async throws {
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask {
          try await server.waitUntilListening(timeout: 60)
          started(await address)
        }
        // The second task ends soon; the first ends the server, or says why there is none.
        for try await _ in group {}
      }
    } catch SocketError.failed(_, let errno, _) where errno == EADDRINUSE {
      let next = wanted.port < .max ? wanted.port + 1 : 8000
      throw CommandError(
        description: "port \(wanted.port) is taken by another program: choose another with "
          + "--port \(next), or any free one with --port 0")
    } catch SocketError.failed(_, let errno, _) where errno == EACCES {
      throw CommandError(
        description: "port \(wanted.port) may only be used by the administrator: choose one above "
          + "1023, such as --port 8000")
    } catch SocketError.failed(_, let errno, _) where errno == EADDRNOTAVAIL {
      throw CommandError(
        description: "\(wanted.host) is not an address of this machine: use 127.0.0.1, or "
          + "0.0.0.0 to let other machines see the site")
    }
  }

  private var address: Address {
    get async {
      switch await server.listeningAddress {
      case .ip4(let host, let port), .ip6(let host, let port): Address(host: host, port: port)
      default: wanted
      }
    }
  }
}

/// Answers with the files of a site.
private struct PreviewHandler: HTTPHandler {
  let site: SiteFiles

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    var fields: [String: String] = [:]
    for header in request.headers.keys {
      fields[header.rawValue.lowercased()] = request.headers[header]
    }
    let wanted = FileRequest(
      method: request.method.rawValue, path: request.target.path(),
      query: request.target.query(), fields: fields)
    let (answer, start) = await blocking { () -> (FileAnswer, [UInt8]) in
      let answer = site.answer(wanted)
      switch answer.body {
      case .bytes(let bytes): return (answer, bytes)
      case .file(let key, let offsets):
        let first = offsets.prefix(FileBody.pieceSize)
        // A file that changes meanwhile ends the connection, as its length was promised.
        return (answer, (try? site.read(key, first)) ?? [])
      }
    }
    var headers = HTTPHeaders()
    for (name, value) in answer.fields { headers[HTTPHeader(name)] = value }
    headers[.contentLength] = String(answer.length)
    headers[.date] = httpDate(time(nil))
    let status = HTTPStatusCode(answer.status, phrase: Self.phrases[answer.status] ?? "Answer")
    guard case .file(let key, let offsets) = answer.body, offsets.count > start.count else {
      return HTTPResponse(statusCode: status, headers: headers, body: Data(start))
    }
    let body = FileBody(site: site, key: key, offsets: offsets, start: start)
    return HTTPResponse(
      statusCode: status, headers: headers,
      body: HTTPBodySequence(
        from: body, count: offsets.count, suggestedBufferSize: FileBody.pieceSize))
  }

  private static let phrases = [
    200: "OK", 206: "Partial Content", 301: "Moved Permanently",
    304: "Not Modified", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed",
    412: "Precondition Failed", 416: "Range Not Satisfiable", 500: "Internal Server Error",
  ]
}

/// A large stretch of a file, read in pieces as the client takes them.
private struct FileBody: AsyncBufferedSequence {
  typealias Element = UInt8

  static let pieceSize = 1 << 19

  let site: SiteFiles
  let key: String
  let offsets: Range<Int>
  let start: [UInt8]

  func makeAsyncIterator() -> Iterator { Iterator(body: self, offset: offsets.lowerBound) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    let body: FileBody
    var offset: Int

    mutating func next() async throws -> UInt8? {
      try await nextBuffer(suggested: 1)?.first
    }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
      let rest = offset..<body.offsets.upperBound
      if rest.isEmpty { return nil }
      if offset == body.offsets.lowerBound, !body.start.isEmpty {
        offset += body.start.count
        return body.start
      }
      let (site, key) = (body.site, body.key)
      let piece = try await blocking { Result { try site.read(key, rest.prefix(count)) } }.get()
      guard !piece.isEmpty else { throw SocketError.disconnected }
      offset += piece.count
      return piece
    }
  }
}

extension Range<Int> {
  /// The first so many numbers.
  fileprivate func prefix(_ count: Int) -> Range<Int> {
    lowerBound..<Swift.min(upperBound, lowerBound + Swift.max(0, count))
  }
}

/// Runs a function that may block on a thread of its own, not on one of the few that tasks share.
private func blocking<Value: Sendable>(
  _ body: @escaping @Sendable () -> Value
) async -> Value {
  await withCheckedContinuation { continuation in
    fileQueue.async { continuation.resume(returning: body()) }
  }
}

private let fileQueue = DispatchQueue(label: "preview.files", attributes: .concurrent)

/// The server's own socket pool, with Nagle's algorithm switched off.
///
/// Fields and body are sent apart; with the algorithm the body would wait for the client's delayed
/// acknowledgement of the fields, 40 ms for each file. Sockets of accepted connections inherit the
/// option from the listening one, which always waits here before its first connection.
private struct PromptPool<Base: AsyncSocketPool>: AsyncSocketPool {
  let base: Base

  func prepare() async throws { try await base.prepare() }

  func run() async throws { try await base.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    var isOn: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(socket.file.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, size)
    try await base.suspendSocket(socket, untilReadyFor: events)
  }
}
