import FileServing
import Foundation
import Stores
import TestKit
import Testing
import Transport

@testable import CubepressCommands

@Suite struct PreviewServerTests {
  private func whileServing(
    _ path: String, _ body: @Sendable (UInt16) async throws -> Void
  ) async throws {
    let server = try PreviewServer(
      site: try SiteFiles(path: path), address: .init(host: "127.0.0.1", port: 0))
    let (ports, found) = AsyncStream.makeStream(of: UInt16.self)
    let task = Task { try await server.run { found.yield($0.port) } }
    defer { task.cancel() }
    for await port in ports {
      try await body(port)
      break
    }
  }

  /// Runs a server while a function talks to it from a thread of its own, which it may block.
  private func serve(
    _ path: String, _ body: @escaping @Sendable (UInt16) throws -> Void
  ) async throws {
    try await whileServing(path) { port in
      try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body(port) }) }
      }
    }
  }

  @Test func servesOverTheNetwork() async throws {
    let folder = try servedFolder()
    let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
    try folder.write(large, to: "site/large.bin")
    try await serve(folder.path + "/site") { port in
      let client = HTTPClient()
      let base = "http://127.0.0.1:\(port)/"
      #expect(try client.get(base + "large.bin", limit: 1 << 24)?.body == large)
      let part = try client.get(
        base + "large.bin", range: .from(offset: 999_999, length: 1_500_000), limit: 1 << 24)
      #expect(part?.body == Array(large[999_999..<2_499_999]))
      #expect(try client.head(base + "large.bin")?.size == large.count)
      #expect(try client.get(base + "nothing", limit: 10) == nil)
      #expect(try client.get(base + "data", limit: 100)?.head.size == 11)
      #expect(try client.get(base + "empty", limit: 100)?.body == [])
    }
  }

  @Test func keepsTheStoreContract() async throws {
    let folder = try TemporaryFolder()
    for (key, bytes) in storeContractObjects { try folder.write(bytes, to: key) }
    try await serve(folder.path) { port in
      try checkStore(try HTTPStore(url: "http://127.0.0.1:\(port)/"), canList: false)
    }
  }

  /// Clients that send their request a byte at a time, or never, keep nobody else waiting.
  @Test func slowClientsDoNotHoldOthersBack() async throws {
    let folder = try servedFolder()
    try await serve(folder.path + "/site") { port in
      let slow = try (0..<200).map { _ in try SlowClient(port: port) }
      for client in slow { client.send("GET / HTTP/1.1\r\nX-Slow: ") }
      for _ in 0..<50 {
        for client in slow.prefix(5) { client.send("x") }
        let body = try HTTPClient().get("http://127.0.0.1:\(port)/", limit: 100)?.body
        #expect(body?.count == 11)
      }
    }
  }

  @Test func saysThatAPortIsTaken() async throws {
    let folder = try servedFolder()
    let path = folder.path + "/site"
    try await whileServing(path) { port in
      let second = try PreviewServer(
        site: try SiteFiles(path: path), address: .init(host: "127.0.0.1", port: port))
      let error = await #expect(throws: CommandError.self) { try await second.run { _ in } }
      #expect(error?.description.contains("is taken by another program") == true)
    }
    #expect(throws: CommandError.self) {
      try PreviewServer(site: try SiteFiles(path: path), address: .init(host: "nowhere", port: 0))
    }
  }
}

/// A connection on which nothing happens by itself.
private final class SlowClient: Sendable {
  private let descriptor: Int32

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isOpen = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, size) == 0
      }
    }
    guard isOpen else { throw POSIXError(.ECONNREFUSED) }
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }
}
