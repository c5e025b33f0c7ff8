import Stores
import TestKit
import Testing
import Transport

@Suite struct HTTPStoreTests {
  @Test func keepsTheContract() throws {
    var objects: [String: [UInt8]] = [:]
    for (key, bytes) in storeContractObjects { objects["my cube.zarr/" + key] = bytes }
    let server = try LoopbackServer.serving(objects)
    for address in ["my%20cube.zarr", "my%20cube.zarr//", "my%20cube.zarr/?sig=a%2Fb#part"] {
      try checkStore(try StoreOpener.open(server.url(address)), canList: false)
    }
  }

  @Test func encodesKeysAndHidesSecrets() throws {
    let server = try LoopbackServer { _ in LoopbackServer.answer("403 Forbidden") }
    let store = try HTTPStore(url: "http://me:word@127.0.0.1:\(server.port)/b?token=xyz")
    let error = #expect(throws: StoreError.self) {
      try store.read("t=1+2/a b/2017-01-16T10:09:21Z/é")
    }
    #expect(
      server.requests.first?.target
        == "/b/t%3D1%2B2/a%20b/2017-01-16T10%3A09%3A21Z/%C3%A9?token=xyz")
    let text = "\(store.location) \(error?.description ?? "")"
    #expect(!text.contains("word") && !text.contains("xyz"))
    #expect(text.contains("listing is not allowed"))
  }

  @Test func fingerprintsFollowTheServer() throws {
    let server = try LoopbackServer { request in
      let fields =
        switch request.target {
        case "/tag": ["ETag": "\"abc\""]
        case "/date": ["Last-Modified": "Mon, 02 Jan 2006 15:04:05 GMT"]
        default: [:] as [String: String]
        }
      return [.send(LoopbackServer.head("200 OK", fields.merging(["Content-Length": "5"]) { $1 }))]
    }
    let store = try HTTPStore(url: server.url(""))
    #expect(try store.fingerprint(of: "tag") == "\"abc\"")
    #expect(try store.fingerprint(of: "date") == "Mon, 02 Jan 2006 15:04:05 GMT-5")
    #expect(try store.fingerprint(of: "neither") == "undated-5")
  }

  @Test func findsASizeThatHeadDoesNotTell() throws {
    let server = try LoopbackServer { request in
      request.method == "HEAD"
        ? [.send(LoopbackServer.head("200 OK", ["Transfer-Encoding": "chunked"])), .close]
        : LoopbackServer.answer(
          "206 Partial Content", ["Content-Range": "bytes 0-0/123"], body: [1])
    }
    #expect(try HTTPStore(url: server.url("")).size(of: "x") == 123)
  }

  @Test func refusesTooMuch() throws {
    let server = try LoopbackServer.serving(["x": Array(repeating: 1, count: 5000)])
    let store = try HTTPStore(url: server.url(""), limit: 100)
    let error = #expect(throws: StoreError.self) { try store.read("x") }
    #expect(error?.kind == .tooLarge)
    #expect(try store.read("x", range: .from(offset: 0, length: 100))?.count == 100)
  }
}

@Suite struct StoreOpenerTests {
  @Test(arguments: ["s3://bucket/key", "/no/such/path", "file://host/x", "gopher://x"])
  func saysWhatCannotBeOpened(location: String) throws {
    let error = #expect(throws: StoreError.self) { try StoreOpener.open(location) }
    #expect(error?.kind == .unsupported || error?.kind == .notFound)
  }

  @Test func opensFolders() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "a b/c")
    #expect(try StoreOpener.open(folder.path + "/a b").read("c") != nil)
    #expect(try StoreOpener.open("file://" + folder.path + "/a%20b/").read("c") != nil)
    #expect(throws: StoreError.self) { try StoreOpener.open(folder.path + "/a b/c") }
  }

  @Test func prefixesKeepTheContract() throws {
    var objects: [String: [UInt8]] = ["other": [1]]
    for (key, bytes) in storeContractObjects { objects["in/side/" + key] = bytes }
    try checkStore(try PrefixStore(MemoryStore(objects), prefix: "in/side"))
  }
}
