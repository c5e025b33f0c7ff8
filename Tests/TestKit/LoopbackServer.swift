import Foundation
import Glibc
import Synchronization

/// A web server on this machine that answers exactly as a test tells it, also wrongly.
///
/// Each connection has its own thread. The server stops when it is released.
public final class LoopbackServer: Sendable {
  /// One request as it came in.
  public struct Request: Sendable {
    /// The method, as in `GET`.
    public let method: String
    /// The path with its query, still percent-encoded.
    public let target: String
    /// The header fields by lower-case name.
    public let fields: [String: String]
    /// What was sent behind the fields.
    public let body: [UInt8]
    /// How many requests came before this one.
    public let index: Int
  }

  /// What the server does next on a connection.
  public enum Step: Sendable {
    /// Sends these bytes.
    case send([UInt8])
    /// Waits.
    case pause(Duration)
    /// Sends these bytes again and again until the other side goes away.
    case endless([UInt8])
    /// Closes the connection; without this step it stays open for the next request.
    case close
    /// Breaks the connection with a reset instead of closing it.
    case reset
  }

  private struct State {
    var requests: [Request] = []
    var connections = 0
  }

  private let listener: Int32
  private let state = Mutex(State())
  /// The port that the system chose.
  public let port: Int

  /// Starts a server.
  ///
  /// - Parameter answer: says what to do on each request; called from many threads.
  /// - Throws: `POSIXError` when no port can be had.
  public init(_ answer: @escaping @Sendable (Request) -> [Step]) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard isListening else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0, let server = self else { break }
        server.state.withLock { $0.connections += 1 }
        Thread.detachNewThread { [weak server] in
          Connection(socket: connection).serve { request in
            guard let server else { return nil }
            let numbered = server.state.withLock { state in
              let numbered = Request(
                method: request.method, target: request.target, fields: request.fields,
                body: request.body, index: state.requests.count)
              state.requests.append(numbered)
              return numbered
            }
            return answer(numbered)
          }
        }
      }
      close(listener)
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// The address of an object on this server.
  public func url(_ path: String) -> String { "http://127.0.0.1:\(port)/\(path)" }

  /// The requests so far.
  public var requests: [Request] { state.withLock { $0.requests } }

  /// How many connections were made so far.
  public var connectionCount: Int { state.withLock { $0.connections } }
}

extension LoopbackServer {
  /// A well-formed answer with a body and its length.
  public static func answer(
    _ status: String = "200 OK", _ fields: [String: String] = [:], body: [UInt8] = []
  ) -> [Step] {
    [
      .send(
        head(status, fields.merging(["Content-Length": "\(body.count)"]) { own, _ in own }) + body)
    ]
  }

  /// The status line and the header fields of an answer.
  public static func head(_ status: String, _ fields: [String: String]) -> [UInt8] {
    let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
    return Array("HTTP/1.1 \(status)\r\n\(lines.joined())\r\n".utf8)
  }

  /// A server of some objects that does HEAD, ranges and entity tags as it should.
  ///
  /// - Parameter objects: the bytes by path, which is compared after percent-decoding.
  /// - Returns: the running server.
  /// - Throws: `POSIXError` when no port can be had.
  public static func serving(_ objects: [String: [UInt8]]) throws -> LoopbackServer {
    try LoopbackServer { request in
      let path = request.target.split(separator: "?", omittingEmptySubsequences: false)[0]
      let key = String(path.dropFirst()).removingPercentEncoding ?? ""
      guard let bytes = objects[key] else { return answer("404 Not Found") }
      var fields = ["ETag": "\"\(bytes.count)-\(bytes.reduce(0) { ($0 &* 31) &+ Int($1) })\""]
      if request.method == "HEAD" {
        fields["Content-Length"] = "\(bytes.count)"
        return [.send(head("200 OK", fields))]
      }
      guard let range = request.fields["range"], range.hasPrefix("bytes=") else {
        return answer("200 OK", fields, body: bytes)
      }
      let bounds = range.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
      let first = Int(bounds[0]) ?? max(0, bytes.count - (Int(bounds[1]) ?? 0))
      let last = min(bytes.count - 1, bounds[0].isEmpty ? .max : Int(bounds[1]) ?? .max)
      guard first <= last else {
        return answer("416 Range Not Satisfiable", ["Content-Range": "bytes */\(bytes.count)"])
      }
      fields["Content-Range"] = "bytes \(first)-\(last)/\(bytes.count)"
      return answer("206 Partial Content", fields, body: Array(bytes[first...last]))
    }
  }
}

/// One connection to the server.
private struct Connection {
  let socket: Int32

  func serve(_ answer: (LoopbackServer.Request) -> [LoopbackServer.Step]?) {
    defer { close(socket) }
    while let request = readRequest(), let steps = answer(request) {
      for step in steps where !perform(step) { return }
    }
  }

  private func perform(_ step: LoopbackServer.Step) -> Bool {
    switch step {
    case .send(let bytes): return send(bytes)
    case .pause(let duration):
      usleep(UInt32(duration / .microseconds(1)))
      return true
    case .endless(let bytes):
      while send(bytes) {}
      return false
    case .close: return false
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      return false
    }
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          socket, buffer.baseAddress.map { $0 + sent }, bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  private func readRequest() -> LoopbackServer.Request? {
    var text: [UInt8] = []
    var byte: UInt8 = 0
    while !text.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard text.count < 65536, recv(socket, &byte, 1, 0) == 1 else { return nil }
      text.append(byte)
    }
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\r\n")
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 3 else { return nil }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    guard let body = readBody(Int(fields["content-length"] ?? "") ?? 0) else { return nil }
    return LoopbackServer.Request(
      method: String(words[0]), target: String(words[1]), fields: fields, body: body, index: 0)
  }

  private func readBody(_ length: Int) -> [UInt8]? {
    var body = [UInt8](repeating: 0, count: length)
    var received = 0
    while received < length {
      let count = body.withUnsafeMutableBytes { buffer in
        recv(socket, buffer.baseAddress.map { $0 + received }, length - received, 0)
      }
      guard count > 0 else { return nil }
      received += count
    }
    return body
  }
}
