import Foundation
import Stores
import TestKit
import Testing
import Transport

@testable import Buckets

/// A bucket that answers as S3 does, with the objects of the contract below `p/`.
private func bucket(listing: Bool = true) throws -> LoopbackServer {
  try LoopbackServer { request in
    let parts = request.target.split(separator: "?", maxSplits: 1).map(String.init)
    let path = percentDecoded(parts[0].dropFirst("/cubes".count)) ?? ""
    guard parts.count < 2 else {
      guard listing else {
        return LoopbackServer.answer("403 Forbidden", body: Array("<Code>AccessDenied</Code>".utf8))
      }
      return LoopbackServer.answer("200 OK", body: Array(list(query: parts[1]).utf8))
    }
    guard path.hasPrefix("/p/"), let bytes = storeContractObjects[String(path.dropFirst(3))] else {
      return LoopbackServer.answer("404 Not Found", body: Array("<Code>NoSuchKey</Code>".utf8))
    }
    let fields = ["ETag": "\"\(bytes.count)\""]
    guard let range = request.fields["range"]?.dropFirst("bytes=".count) else {
      return request.method == "HEAD"
        ? [
          .send(
            LoopbackServer.head(
              "200 OK", fields.merging(["Content-Length": "\(bytes.count)"]) { $1 }))
        ] : LoopbackServer.answer("200 OK", fields, body: bytes)
    }
    let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    let first = ends[0] ?? max(0, bytes.count - (ends[1] ?? 0))
    let last = ends[0] == nil ? bytes.count - 1 : min(bytes.count - 1, ends[1] ?? 0)
    guard first < bytes.count else {
      return LoopbackServer.answer(
        "416 Range Not Satisfiable", body: Array("<Code>InvalidRange</Code>".utf8))
    }
    return LoopbackServer.answer(
      "206 Partial Content",
      fields.merging(["Content-Range": "bytes \(first)-\(last)/\(bytes.count)"]) { $1 },
      body: Array(bytes[first...last]))
  }
}

private func list(query: String) -> String {
  var items: [String: String] = [:]
  for item in query.split(separator: "&") {
    let halves = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    items[String(halves[0])] = percentDecoded(halves[1]) ?? ""
  }
  let prefix = items["prefix"] ?? ""
  var text = "<ListBucketResult><IsTruncated>false</IsTruncated>"
  var folders: Set<String> = []
  for (key, bytes) in storeContractObjects {
    let name = "p/" + key
    guard name.hasPrefix(prefix) else { continue }
    if items["delimiter"] != nil, let slash = name.dropFirst(prefix.count).firstIndex(of: "/") {
      folders.insert(String(name[...slash]))
      continue
    }
    text += "<Contents><Key>\(S3XML.escaped(name))</Key><Size>\(bytes.count)</Size>"
    text += "<ETag>&quot;\(bytes.count)&quot;</ETag></Contents>"
  }
  for folder in folders { text += "<CommonPrefixes><Prefix>\(folder)</Prefix></CommonPrefixes>" }
  return text + "</ListBucketResult>"
}

private func store(_ server: LoopbackServer) throws -> S3Store {
  let access = BucketAccess(endpoint: server.url(""), isAnonymous: true)
  return S3Store(
    try access.client("s3://cubes/p", environment: ["HOME": "/nowhere"], signing: .whenPossible))
}

struct S3StoreTests {
  @Test func keepsTheContract() throws {
    let server = try bucket()
    try checkStore(try store(server))
    #expect(!server.requests.isEmpty)
  }

  @Test func listedObjectsAreNotAskedForOneByOne() throws {
    let server = try bucket()
    let store = try store(server)
    store.expectFingerprints(below: "a")
    for key in storeContractObjects.keys where key.hasPrefix("a/") {
      #expect(try store.fingerprint(of: key) == "\"\(storeContractObjects[key]?.count ?? 0)\"")
    }
    #expect(try store.fingerprint(of: "a/missing") == nil)
    #expect(try store.read("a/missing") == nil)
    #expect(server.requests.count == 1)
  }

  @Test func whereListingIsForbiddenObjectsAreAskedFor() throws {
    let server = try bucket(listing: false)
    let store = try store(server)
    for _ in 0..<3 {
      store.expectFingerprints(below: "a")
      #expect(try store.fingerprint(of: "a/b/c/0/1") == "\"1\"")
    }
    #expect(server.requests.filter { $0.target.contains("?") }.count == 1)
    let error = #expect(throws: StoreError.self) { try store.list("a") }
    #expect(error?.description.contains("not signed") == true)
  }

  @Test func requestsWithoutCredentialsAreNotSigned() throws {
    let server = try bucket()
    let client = try BucketAccess(endpoint: server.url("")).client(
      "s3://cubes/p",
      environment: ["HOME": "/nowhere", "AWS_EC2_METADATA_DISABLED": "true"],
      signing: .whenPossible)
    #expect(try S3Store(client).read("a/b/c/0/1") == [42])
    #expect(server.requests.allSatisfy { $0.fields["authorization"] == nil })
  }

  @Test func anObjectThatChangesMeanwhileIsAnError() throws {
    let server = try LoopbackServer { request in
      LoopbackServer.answer(
        "206 Partial Content",
        ["ETag": "\"\(request.index)\"", "Content-Range": "bytes 0-0/9"], body: [1])
    }
    let store = try store(server)
    _ = try store.read("key", range: .from(offset: 0, length: 1))
    let error = #expect(throws: StoreError.self) {
      try store.read("key", range: .from(offset: 0, length: 1))
    }
    #expect(error?.description.contains("changed while it was read") == true)
  }
}
