import Codecs
import Foundation
import Stores
import TestKit
import Testing
import Transport

@testable import FileServing

@Suite struct SiteFilesTests {
  let folder: TemporaryFolder
  let site: SiteFiles

  init() throws {
    folder = try servedFolder()
    site = try SiteFiles(path: folder.path + "/site")
  }

  private func answer(
    _ path: String, _ fields: [String: String] = [:], method: String = "GET"
  ) -> FileAnswer {
    site.answer(FileRequest(method: method, path: path, query: "", fields: fields))
  }

  private let tile = "/t/2017-01-16T10%3A09%3A21Z/a%20b.png"

  @Test func servesFilesAndPages() {
    let file = answer(tile)
    #expect(file.status == 200 && file.length == 10)
    #expect(file["Content-Type"] == "image/png")
    #expect(file["Accept-Ranges"] == "bytes")
    #expect(file["Access-Control-Allow-Origin"] == "*")
    #expect(file["Access-Control-Expose-Headers"]?.contains("Content-Range") == true)
    #expect(answer("/t/2017-01-16T10:09:21Z/a%20b.png").status == 200)
    #expect(answer("/").length == 11)
    #expect(answer("/data/").length == 11)
    #expect(answer("/data")["Location"] == "./data/")
    #expect(answer("/empty").length == 0)
    #expect(answer("/0.terrain")["Content-Encoding"] == "gzip")
    #expect(answer("/0.terrain")["Content-Type"] == "application/vnd.quantized-mesh")
  }

  @Test func packsTextForThoseWhoTakeIt() throws {
    let text = String(repeating: "a line of a document\n", count: 100)
    try folder.write(text, to: "site/api/list.json")
    try folder.write(text, to: "site/chunk")
    let packed = answer("/api/list.json", ["accept-encoding": "br;q=1.0, gzip;q=0.8"])
    guard case .bytes(let bytes) = packed.body else {
      Issue.record("not packed")
      return
    }
    #expect(packed["Content-Encoding"] == "gzip" && packed.length == bytes.count)
    #expect(packed["Vary"] == "Accept-Encoding")
    #expect(try GzipCodec().decode(bytes, limit: 1 << 20) == Array(text.utf8))
    let plain = answer("/api/list.json")
    #expect(plain["Content-Encoding"] == nil && plain.length == text.utf8.count)
    #expect(plain["ETag"] != packed["ETag"])
    let known = ["accept-encoding": "gzip", "if-none-match": packed["ETag"] ?? ""]
    #expect(answer("/api/list.json", known).status == 304)
  }

  @Test(arguments: [
    ("/api/list.json", ["accept-encoding": "gzip;q=0"]),
    ("/api/list.json", ["accept-encoding": "br"]),
    ("/api/list.json", ["accept-encoding": "gzip", "range": "bytes=0-9"]),
    ("/chunk", ["accept-encoding": "gzip"]), ("/index.html", ["accept-encoding": "gzip"]),
  ])
  func leavesOtherAnswersAsTheyAre(path: String, fields: [String: String]) throws {
    let text = String(repeating: "a line of a document\n", count: 100)
    try folder.write(text, to: "site/api/list.json")
    try folder.write(text, to: "site/chunk")
    #expect(answer(path, fields)["Content-Encoding"] == nil)
  }

  @Test func followsNoLinkOutOfTheSite() throws {
    let manager = FileManager.default
    let base = folder.path + "/site"
    try manager.createSymbolicLink(atPath: base + "/file", withDestinationPath: "../outside")
    try manager.createSymbolicLink(atPath: base + "/folder", withDestinationPath: "..")
    try manager.createSymbolicLink(atPath: base + "/inside", withDestinationPath: "index.html")
    try manager.createSymbolicLink(atPath: base + "/round", withDestinationPath: "round")
    #expect(answer("/file").status == 403 && answer("/folder/outside").status == 403)
    #expect(answer("/folder/site/index.html").status == 200)
    #expect(answer("/folder/site/.cubepress/journal").status == 403)
    #expect(answer("/inside").status == 200)
    #expect(answer("/round").status == 404)
    #expect(answer("/" + String(repeating: "a", count: 5000)).status == 404)
  }

  /// Takes down what it is shown, and looks into every folder but one.
  private struct Recorder: KeyVisitor {
    var keys: [String] = []
    var passed = ""
    var most = Int.max

    mutating func visit(_ key: String) -> KeyStep {
      guard keys.count < most else { return .stop }
      keys.append(key)
      return key == passed ? .past : .on
    }
  }

  @Test func showsKeysInTheOrderOfTheirBytes() throws {
    let folder = try TemporaryFolder()
    let keys = ["a/b", "a/é", "a-b", "a.b/c", "a0", "B", "v/.zarray", "v/0.10", "v/0.9", "z/"]
    for key in keys + [".hidden/x", "v/.other", ".cubepress/journal"] where !key.hasSuffix("/") {
      try folder.write("12345", to: key)
    }
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.path + "/z", withIntermediateDirectories: true)
    try manager.createSymbolicLink(atPath: folder.path + "/round", withDestinationPath: ".")
    try manager.createSymbolicLink(atPath: folder.path + "/same", withDestinationPath: "a0")
    try manager.createSymbolicLink(atPath: folder.path + "/out", withDestinationPath: "/etc/passwd")
    try manager.createSymbolicLink(atPath: folder.path + "/gone", withDestinationPath: "none")
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    let site = try SiteFiles(path: folder.path)
    var all = Recorder()
    #expect(try site.visit(&all, showing: [".zarray"]))
    #expect(
      all.keys == [
        "B", "a-b", "a.b/", "a.b/c", "a/", "a/b", "a/é", "a0", "out", "same", "v/", "v/.zarray",
        "v/0.10", "v/0.9", "z/",
      ])
    // What leads out has a name, but nothing is said of it.
    #expect(all.keys.filter { $0.last != "/" && site.listed($0) == nil } == ["out"])
    var some = Recorder(passed: "a/", most: 6)
    #expect(try !site.visit(&some))
    #expect(some.keys == ["B", "a-b", "a.b/", "a.b/c", "a/", "a0"])
    var inner = Recorder()
    #expect(try site.visit(&inner, in: "v") && inner.keys == ["v/0.10", "v/0.9"])
    var none = Recorder()
    #expect(try site.visit(&none, in: "none") && none.keys.isEmpty)
    let listed = try #require(site.listed("a/b"))
    let answer = site.answer(FileRequest(path: "/a/b"))
    #expect(listed.size == 5 && listed.tag == answer["ETag"])
    #expect(httpDate(listed.modifiedSeconds) == answer["Last-Modified"])
    for key in [".cubepress/journal", "a", "none", "../x", ""] {
      #expect(site.listed(key) == nil, "\(key)")
    }
  }

  @Test func anyRangeLiesInTheFile() {
    // All short texts of the letters that matter.
    let letters = ["", "0", "3", "9", "10", "-", "--", ",", " ", "\u{663}", "99999999999999999999"]
    for first in letters {
      for second in letters {
        for third in letters {
          for size in [0, 1, 10] {
            let range = RangeField(field: "bytes=" + first + second + third, size: size)
            guard case .part(let part) = range else { continue }
            #expect(!part.isEmpty && part.lowerBound >= 0 && part.upperBound <= size)
          }
        }
      }
    }
  }

  @Test(arguments: [
    "/../outside", "/%2e%2e/outside", "/t/../../outside", "/..%2foutside", "/.cubepress/journal",
    "/%2Ecubepress/journal", "/.cubepress", "/.cubepress/", "//index.html", "//", "/./index.html",
    "/t", "/t/", "/index.html/", "/nothing", "/a%00b", "/data//", "/\u{301}",
  ])
  func servesNothingElse(path: String) {
    #expect(answer(path).status == 404)
  }

  @Test(arguments: ["", "index.html", "*", "/%", "/%zz", "/%ff"])
  func refusesMalformedPaths(path: String) {
    #expect(answer(path).status == 400)
  }

  @Test func doesHeadPreflightAndNothingThatWrites() {
    let head = answer(tile, method: "HEAD")
    #expect(head.length == 10 && head.body == .bytes([]))
    let preflight = answer(tile, method: "OPTIONS")
    #expect(preflight.status == 200)
    #expect(preflight["Access-Control-Allow-Headers"]?.contains("Range") == true)
    #expect(preflight["Access-Control-Max-Age"] != nil)
    for method in ["POST", "PUT", "DELETE", "get", ""] {
      #expect(answer(tile, method: method).status == 405)
    }
  }

  @Test func answersConditions() throws {
    let first = answer(tile)
    let tag = try #require(first["ETag"])
    let date = try #require(first["Last-Modified"])
    #expect(answer(tile, ["if-none-match": "\"x\", W/\(tag)"]).status == 304)
    #expect(answer(tile, ["if-none-match": "*"]).status == 304)
    #expect(answer(tile, ["if-none-match": "\"x\""]).status == 200)
    #expect(answer(tile, ["if-modified-since": date]).status == 304)
    #expect(answer(tile, ["if-modified-since": date, "if-none-match": "\"x\""]).status == 200)
    #expect(answer(tile, ["if-match": "\"x\""]).status == 412)
    #expect(answer(tile, ["if-match": tag]).status == 200)
    #expect(answer(tile, ["range": "bytes=0-1", "if-range": tag]).status == 206)
    #expect(answer(tile, ["range": "bytes=0-1", "if-range": "\"x\""]).status == 200)
    let past = answer(tile, ["range": "bytes=10-"])
    #expect(past.status == 416 && past["Content-Range"] == "bytes */10")
    #expect(answer(tile, ["range": "bytes=-3"])["Content-Range"] == "bytes 7-9/10")
  }

  @Test(arguments: [
    ("bytes=0-3", RangeField.part(0..<4)), ("bytes=5-", .part(5..<10)),
    ("bytes=-4", .part(6..<10)), ("bytes=-40", .part(0..<10)), ("bytes=9-99", .part(9..<10)),
    ("bytes=0-99999999999999999999", .part(0..<10)), ("bytes=10-", .unsatisfiable),
    ("bytes=99999999999999999999-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
    ("bytes=3-2", .all), ("bytes=0-1,3-4", .all), ("bytes=-", .all), ("bytes=a-b", .all),
    ("items=0-3", .all), ("bytes=--3", .all), ("bytes=1", .all), ("", .all), ("bytes=+1-2", .all),
  ])
  func readsRanges(field: String, expected: RangeField) {
    #expect(RangeField(field: field, size: 10) == expected)
  }

  @Test func writesDates() {
    // The example of RFC 9110, 5.6.7.
    #expect(httpDate(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
  }
}
