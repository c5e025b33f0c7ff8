import Foundation
import TestKit
import Testing
import Transport

private func quickToRetry() -> HTTPClient {
  var configuration = HTTPConfiguration()
  configuration.firstRetryDelay = .milliseconds(5)
  configuration.maximumUnrangedSize = 10_000
  return HTTPClient(configuration: configuration)
}

private func failure(_ body: () throws -> some Any) -> TransportError? {
  do {
    let value = try body()
    Issue.record("no error but \(value)")
    return nil
  } catch {
    return error as? TransportError
  }
}

private let content: [UInt8] = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }

@Suite struct HTTPClientTests {
  @Test func readsWholeObjectsRangesAndHeads() throws {
    let server = try LoopbackServer.serving(["x/y": content])
    let client = HTTPClient()
    let url = server.url("x/y?secret=1")
    #expect(try client.get(url, limit: 5000)?.body == content)
    let part = try client.get(url, range: .from(offset: 10, length: 5), limit: 5)
    #expect(part?.body == Array(content[10..<15]))
    #expect(part?.head.size == 5000)
    #expect(try client.get(url, range: .suffix(length: 7), limit: 7)?.body == content.suffix(7))
    #expect(try client.head(url)?.size == 5000)
    #expect(try client.head(url)?.entityTag != nil)
    #expect(try client.get(server.url("none"), limit: 1) == nil)
    #expect(try client.head(server.url("none")) == nil)
  }

  @Test func usesConnectionsAgainAndIsBounded() throws {
    let server = try LoopbackServer.serving(["x": content])
    var configuration = HTTPConfiguration()
    configuration.maximumConnections = 3
    let client = HTTPClient(configuration: configuration)
    DispatchQueue.concurrentPerform(iterations: 60) { _ in
      let body = try? client.get(server.url("x"), limit: 5000)?.body
      #expect(body == content)
    }
    #expect(server.connectionCount <= 3)
    #expect(server.requests.count == 60)
  }

  @Test func asksForNoCompressionOfRanges() throws {
    let server = try LoopbackServer.serving(["x": content])
    _ = try HTTPClient().get(server.url("x"), range: .suffix(length: 1), limit: 1)
    #expect(server.requests.first?.fields["accept-encoding"] == "identity")
  }

  @Test func cutsTheAnswerOfAServerWithoutRanges() throws {
    let server = try LoopbackServer { _ in LoopbackServer.answer(body: content) }
    let client = quickToRetry()
    let url = server.url("x")
    let part = try client.get(url, range: .from(offset: 100, length: 50), limit: 50)
    #expect(part?.body == Array(content[100..<150]))
    #expect(part?.head.size == 5000)
    #expect(try client.get(url, range: .suffix(length: 9), limit: 9)?.body == content.suffix(9))
    let past = failure { try client.get(url, range: .from(offset: 5001, length: 1), limit: 1) }
    #expect(past?.kind == .rangePastEnd)
    let far = failure { try client.get(url, range: .from(offset: 20_000, length: 1), limit: 1) }
    #expect(far?.kind == .rangePastEnd)
  }

  @Test func refusesALargeObjectFromAServerWithoutRanges() throws {
    let server = try LoopbackServer { _ in
      [.send(LoopbackServer.head("200 OK", [:])), .endless(content)]
    }
    let client = quickToRetry()
    for range: ByteRange in [.suffix(length: 1), .from(offset: 50_000, length: 1)] {
      let error = failure { try client.get(server.url("x"), range: range, limit: 1) }
      #expect(error?.kind == .tooLarge)
      #expect(error?.description.contains("cannot send ranges") == true)
    }
    let near = try client.get(server.url("x"), range: .from(offset: 4999, length: 3), limit: 3)
    #expect(near?.body == [content[4999], 0, 1])
  }

  @Test(arguments: [
    "bytes 0-9/5000", "bytes 11-20/5000", "bytes 10-18/5000", "bytes 10-20/5000", "bytes 10-19/15",
    "bytes 19-10/5000", "bytes x-y/z", "bytes */5000", "10-19/5000", "bytes -10-19/5000",
    "bytes 10-9223372036854775807/9223372036854775807", "",
  ])
  func refusesAWrongContentRange(field: String) throws {
    let server = try LoopbackServer { _ in
      LoopbackServer.answer(
        "206 Partial Content", ["Content-Range": field], body: Array(content[10..<20]))
    }
    let error = failure {
      try HTTPClient().get(server.url("x"), range: .from(offset: 10, length: 10), limit: 10)
    }
    #expect(error?.kind == .wrongAnswer)
  }

  @Test func takesAShortRangeAtTheEndOnly() throws {
    let server = try LoopbackServer { _ in
      LoopbackServer.answer(
        "206 Partial Content", ["Content-Range": "bytes 10-14/15"], body: Array(content[10..<15]))
    }
    let part = try HTTPClient().get(
      server.url("x"), range: .from(offset: 10, length: 10), limit: 10)
    #expect(part?.body == Array(content[10..<15]))
  }

  @Test func stopsAnEndlessBody() throws {
    let server = try LoopbackServer { request in
      let status = request.target == "/range" ? "206 Partial Content" : "200 OK"
      return [
        .send(LoopbackServer.head(status, ["Content-Range": "bytes 0-9/10"])), .endless(content),
      ]
    }
    #expect(failure { try HTTPClient().get(server.url("x"), limit: 100_000) }?.kind == .tooLarge)
    let range = failure {
      try HTTPClient().get(server.url("range"), range: .from(offset: 0, length: 10), limit: 100)
    }
    #expect(range?.kind == .tooLarge)
  }

  @Test func refusesAnAnnouncedSizeAtOnce() throws {
    let server = try LoopbackServer { _ in
      [.send(LoopbackServer.head("200 OK", ["Content-Length": "99999999999"])), .send([1]), .close]
    }
    #expect(failure { try HTTPClient().get(server.url("x"), limit: 1000) }?.kind == .tooLarge)
    #expect(server.requests.count == 1)
  }

  @Test func stopsEndlessFields() throws {
    let server = try LoopbackServer { _ in
      [.send(Array("HTTP/1.1 200 OK\r\n".utf8)), .endless(Array("X-A: bbbbbbbbbbbb\r\n".utf8))]
    }
    let error = failure { try HTTPClient().get(server.url("x"), limit: 1000) }
    #expect(error?.kind == .wrongAnswer || error?.kind == .connection)
  }

  @Test func triesAgainAfterABrokenBody() throws {
    let server = try LoopbackServer { request in
      request.index < 2
        ? [
          .send(LoopbackServer.head("200 OK", ["Content-Length": "5000"])), .send([1, 2]), .close,
        ]
        : LoopbackServer.answer(body: content)
    }
    #expect(try quickToRetry().get(server.url("x"), limit: 5000)?.body == content)
    #expect(server.requests.count == 3)
  }

  @Test func givesUpOnABodyThatAlwaysBreaks() throws {
    for last in [LoopbackServer.Step.close, .reset] {
      let server = try LoopbackServer { _ in
        [.send(LoopbackServer.head("200 OK", ["Content-Length": "5000"])), .send([1, 2]), last]
      }
      let error = failure { try quickToRetry().get(server.url("x"), limit: 5000) }
      #expect(error?.kind == .connection)
      #expect(error?.description.contains("tried 4 times") == true)
      #expect(server.requests.count == 4)
    }
  }

  @Test(arguments: ["429 Too Many Requests", "500 Oops", "502 Bad", "503 Busy", "504 Late"])
  func triesAgainAfterAPassingStatus(status: String) throws {
    let server = try LoopbackServer { request in
      request.index < 1
        ? LoopbackServer.answer(status, body: Array("wait".utf8))
        : LoopbackServer.answer(body: content)
    }
    #expect(try quickToRetry().get(server.url("x"), limit: 5000)?.body == content)
    let never = try LoopbackServer { _ in LoopbackServer.answer(status) }
    #expect(failure { try quickToRetry().get(never.url("x"), limit: 5000) }?.kind == .status)
    #expect(never.requests.count == 4)
  }

  @Test func honoursRetryAfterWithinReason() throws {
    let server = try LoopbackServer { request in
      request.index == 0
        ? LoopbackServer.answer("503 Busy", ["Retry-After": "1"])
        : LoopbackServer.answer(body: [1])
    }
    let clock = ContinuousClock()
    let time = try clock.measure { _ = try quickToRetry().get(server.url("x"), limit: 10) }
    #expect(time >= .seconds(1))
    let late = try LoopbackServer { _ in
      LoopbackServer.answer("429 Slow", ["Retry-After": "86400"])
    }
    #expect(failure { try quickToRetry().get(late.url("x"), limit: 10) }?.status == 429)
    #expect(late.requests.count == 1)
  }

  @Test func explainsRefusals() throws {
    let server = try LoopbackServer { _ in LoopbackServer.answer("403 Forbidden") }
    let port = server.port
    let error = failure {
      try HTTPClient().get("http://me:pass@127.0.0.1:\(port)/a/b?key=secret", limit: 10)
    }
    #expect(error?.kind == .forbidden)
    #expect(
      error?.description == "cannot get http://127.0.0.1:\(port)/a/b?…: the server refuses (403). "
        + "The object is private, or the bucket answers 403 for objects that do not exist because "
        + "listing is not allowed: allow anonymous reading and listing (s3:ListBucket).")
    #expect(server.requests.count == 1)
  }

  @Test func followsRedirectsButNotForEver() throws {
    let server = try LoopbackServer { request in
      switch request.target {
      case "/a": LoopbackServer.answer("302 Found", ["Location": "/b"])
      case "/b": LoopbackServer.answer(body: [7])
      case "/file": LoopbackServer.answer("302 Found", ["Location": "file:///etc/passwd"])
      default: LoopbackServer.answer("302 Found", ["Location": request.target])
      }
    }
    #expect(try HTTPClient().get(server.url("a"), limit: 10)?.body == [7])
    #expect(failure { try HTTPClient().get(server.url("c"), limit: 10) }?.kind == .wrongAnswer)
    #expect(failure { try HTTPClient().get(server.url("file"), limit: 10) }?.kind == .wrongAnswer)
  }

  @Test func doesNotWaitForAStalledServer() throws {
    var configuration = HTTPConfiguration()
    configuration.stallTimeout = .seconds(1)
    configuration.maximumAttempts = 1
    let client = HTTPClient(configuration: configuration)
    let server = try LoopbackServer { request in
      request.target == "/silent"
        ? [.pause(.seconds(20))]
        : [.send(LoopbackServer.head("200 OK", ["Content-Length": "50"])), .send([1])]
          + Array(repeating: [.pause(.milliseconds(300)), .send([2])], count: 60).flatMap { $0 }
    }
    for name in ["silent", "drip"] {
      #expect(failure { try client.get(server.url(name), limit: 100) }?.kind == .stalled)
    }
  }

  @Test func headFallsBackToARange() throws {
    let server = try LoopbackServer { request in
      request.method == "HEAD"
        ? LoopbackServer.answer("405 Method Not Allowed")
        : LoopbackServer.answer(
          "206 Partial Content", ["Content-Range": "bytes 0-0/77"], body: [1])
    }
    #expect(try HTTPClient().head(server.url("x"))?.size == 77)
  }

  @Test(arguments: ["ftp://a/b", "file:///etc/passwd", "", "a/b", "http://a b/", "http://a/\nb"])
  func refusesOtherAddresses(url: String) {
    #expect(failure { try HTTPClient().get(url, limit: 10) }?.kind == .invalidAddress)
  }

  @Test func saysWhenNobodyListens() throws {
    var configuration = HTTPConfiguration()
    configuration.maximumAttempts = 2
    configuration.firstRetryDelay = .milliseconds(1)
    let client = HTTPClient(configuration: configuration)
    let error = failure { try client.get("http://127.0.0.1:1/x", limit: 10) }
    #expect(error?.kind == .connection)
    #expect(error?.description.contains("tried 2 times") == true)
  }
}
