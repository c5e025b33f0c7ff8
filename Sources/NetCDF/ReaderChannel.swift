import Glibc
package import JSON

/// The socket between this program and a reader process: JSON values, each after its length.
///
/// Both sides use it. The descriptor belongs to whoever made the channel.
package struct ReaderChannel {
  /// Why a message did not come or go.
  package enum Failure: Error {
    /// The other side has gone.
    case closed
    /// What came is no message.
    case garbled
  }

  /// More than the description of any file that is meant.
  private static let longestMessage = 1 << 28

  private let socket: Int32

  /// A channel over a connected stream socket.
  package init(socket: Int32) {
    self.socket = socket
  }

  /// Sends one message.
  package func send(_ message: JSONValue) throws(Failure) {
    let text = Array(message.serialized().utf8)
    let length = UInt64(text.count).littleEndian
    try send(withUnsafeBytes(of: length) { Array($0) } + text)
  }

  /// Waits for one message.
  ///
  /// - Parameter whileWaiting: Is called again and again, some times each second, and may give up by
  ///   throwing.
  /// - Returns: The message.
  /// - Throws: `Failure`, or what `whileWaiting` throws.
  package func receive<Late: Error>(
    whileWaiting: () throws(Late) -> Void
  ) throws -> JSONValue {
    let head = try receive(count: 8, whileWaiting)
    let length = head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.longestMessage) else { throw Failure.garbled }
    let text = try receive(count: Int(length), whileWaiting)
    do {
      return try JSONValue(parsing: text)
    } catch {
      throw Failure.garbled
    }
  }

  private func send(_ bytes: [UInt8]) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent > 0 {
        rest = rest.dropFirst(sent)
      } else if errno != EINTR {
        throw .closed
      }
    }
  }

  private func receive<Late: Error>(
    count: Int, _ whileWaiting: () throws(Late) -> Void
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(max(count, 1), 1 << 16))
    while bytes.count < count {
      var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 200) != 0 else {
        try whileWaiting()
        continue
      }
      let got = recv(socket, &buffer, min(buffer.count, count - bytes.count), 0)
      if got > 0 {
        bytes += buffer.prefix(got)
      } else if got == 0 || errno != EINTR {
        throw Failure.closed
      }
    }
    return bytes
  }
}
