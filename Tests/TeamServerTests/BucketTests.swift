import FileServing
import Foundation
import HTTPTypes
import Hummingbird
import Teams
import TestKit
import Testing

@testable import TeamServer

/// Lists of buckets: their pages, their documents, and what clients must not get out of them.
struct BucketTests {
  private static let bucket = "/teams/ice/api/s3/datasets"

  /// The items that S3 lists of some keys, by its description: sorted by bytes, with the prefix, taken
  /// together up to the delimiter, after a key.
  private static func wanted(
    _ keys: [String], prefix: String, delimiter: String, after: String
  ) -> [KeyPage.Item] {
    var items: [KeyPage.Item] = []
    for key in keys.sorted(by: { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    where key.hasPrefix(prefix) {
      let rest = key.dropFirst(prefix.count)
      let end = delimiter.isEmpty ? nil : rest.range(of: delimiter)?.upperBound
      let item: KeyPage.Item = end.map { .group(String(key[..<$0])) } ?? .key(key)
      let text = end.map { String(key[..<$0]) } ?? key
      if Array(after.utf8).lexicographicallyPrecedes(Array(text.utf8)), items.last != item {
        items.append(item)
      }
    }
    return items
  }

  @Test(arguments: ["", "/", "-", "a/", "/b"])
  func pagesTogetherAreTheList(delimiter: String) throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<40 {
      let folder = try TemporaryFolder()
      var keys: Set<String> = []
      for _ in 0..<20 {
        let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
          (0..<Int.random(in: 1...2, using: &random)).map { _ in
            String("ab-.0".randomElement(using: &random) ?? "a")
          }.joined()
        }.filter { !$0.hasPrefix(".") }
        guard !parts.isEmpty else { continue }
        let key = parts.joined(separator: "/")
        // A name is that of a file or of a folder.
        if keys.contains(where: { $0.hasPrefix(key + "/") || key.hasPrefix($0 + "/") }) { continue }
        keys.insert(key)
      }
      for key in keys { try folder.write("x", to: key) }
      let site = try SiteFiles(path: folder.path)
      let prefixes = ["", "a", "a/", "b-", "none"] + keys.prefix(2).map { String($0.dropLast()) }
      for prefix in prefixes {
        for start in ["", "a", "a/b", "b"] {
          for (most, patience) in [(1, 100), (3, 100), (100, 3), (1000, 1000)] {
            var found: [KeyPage.Item] = []
            var after = start
            var pages = 0
            while true {
              var page = KeyPage(
                prefix: prefix, delimiter: delimiter, after: after, most: most,
                patience: patience)
              try site.visit(&page)
              #expect(page.items.count <= most)
              found += page.items
              pages += 1
              guard page.isTruncated, pages < 1000 else { break }
              after = page.last
            }
            let all = Self.wanted(
              Array(keys), prefix: prefix, delimiter: delimiter, after: start)
            #expect(found == all, "\(keys.sorted()) '\(prefix)' '\(delimiter)' \(start) \(most)")
          }
        }
      }
    }
  }

  private static func values(_ name: String, in xml: String) -> [String] {
    xml.components(separatedBy: "<\(name)>").dropFirst().compactMap {
      $0.components(separatedBy: "</\(name)>").first
    }
  }

  @Test func theListHoldsWhatOneMayRead() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let ofOne = [".zattrs", ".zgroup", "lat/.zarray"].map { "bed.zarr/\($0)" }
    for (user, stores) in [("reader", ["bed.zarr/", "surface.zarr/"]), ("guest", ["bed.zarr/"])] {
      let headers = try await workspace.token(user)
      let top = try await client.get(Self.bucket + "?list-type=2&delimiter=/", headers)
      #expect(top.headers[.contentType] == "application/xml")
      #expect(Self.values("Prefix", in: top.text).filter { !$0.isEmpty } == stores, "\(user)")
      let all = try await client.get(Self.bucket + "?list-type=2", headers)
      let keys = Self.values("Key", in: all.text)
      #expect(Set(keys).isSuperset(of: ofOne.filter { !$0.hasSuffix(".zattrs") }), "\(keys)")
      #expect(keys.contains { $0.hasPrefix("surface") } == (user == "reader"))
      // Every object that is listed is there, with the same size and tag.
      for (key, (size, tag)) in zip(
        keys, zip(Self.values("Size", in: all.text), Self.values("ETag", in: all.text)))
      {
        let object = try await client.send(.head, Self.bucket + "/" + key, headers)
        #expect(object.status == .ok && object.headers[.contentLength] == size, "\(key)")
        #expect(
          object.headers[.eTag] == tag.replacingOccurrences(of: "&quot;", with: "\""), "\(key)")
      }
    }
  }

  @Test func pagesFollowEachOther() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let headers = try await workspace.token("reader")
    let whole = Self.values(
      "Key", in: try await client.get(Self.bucket + "?list-type=2", headers).text)
    for (version, mark, next) in [
      ("2", "continuation-token", "NextContinuationToken"), ("1", "marker", "NextMarker"),
    ] {
      var found: [String] = []
      var query = ""
      while true {
        let page = try await client.get(
          Self.bucket + "?list-type=\(version)&max-keys=3\(query)", headers
        ).text
        let keys = Self.values("Key", in: page)
        #expect(keys.count <= 3)
        found += keys
        guard Self.values("IsTruncated", in: page) == ["true"],
          let token = Self.values(next, in: page).first?
            .addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        else { break }
        query = "&\(mark)=\(token)"
      }
      #expect(found == whole, "version \(version)")
    }
  }

  @Test func whatS3RefusesIsRefused() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let headers = try await workspace.token("reader")
    for query in [
      "list-type=3", "max-keys=-1", "max-keys=many", "max-keys=99999999999999999999",
      "list-type=2&continuation-token=%21", "list-type=2&continuation-token=_-8=",
      "encoding-type=xml",
    ] {
      let answer = try await client.get(Self.bucket + "?" + query, headers)
      #expect(answer.status == .badRequest, "\(query): \(answer.text)")
      #expect(answer.text.contains("<Code>InvalidArgument</Code>"), "\(query)")
    }
    let huge = try await client.get(Self.bucket + "?max-keys=1000000000", headers)
    #expect(Self.values("MaxKeys", in: huge.text) == ["1000"])
    let none = try await client.get(Self.bucket + "?max-keys=0", headers)
    #expect(Self.values("Key", in: none.text).isEmpty)
    #expect(Self.values("IsTruncated", in: none.text) == ["false"])
    // What a token says only tells where to begin.
    let token = BucketListQuery.token(after: "../../../etc/passwd")
    let odd = try await client.get(
      Self.bucket + "?list-type=2&continuation-token=\(token)", headers)
    #expect(
      odd.status == .ok && Self.values("Key", in: odd.text).allSatisfy { $0.contains(".zarr/") })
    for prefix in ["../", "..%2f", "%2e%2e/", "/", "%00", "bed.zarr/../surface.zarr/"] {
      let answer = try await client.get(Self.bucket + "?prefix=\(prefix)", headers)
      #expect(answer.status == .ok && Self.values("Key", in: answer.text).isEmpty, "\(prefix)")
    }
    let encoded = try await client.get(
      Self.bucket + "?encoding-type=url&prefix=%3C%0D%0A&delimiter=%26", headers)
    #expect(Self.values("Prefix", in: encoded.text) == ["%3C%0D%0A"])
    #expect(Self.values("Delimiter", in: encoded.text) == ["%26"])
    for method in [HTTPRequest.Method.put, .post, .delete] {
      for path in [Self.bucket, Self.bucket + "/bed.zarr/x"] {
        let answer = try await client.send(method, path, try await workspace.token("owner", .write))
        #expect([404, 405].contains(answer.status.code), "\(method) \(path): \(answer.status)")
      }
    }
  }

  @Test("who may ask what is said of buckets and objects", arguments: Workspace.users)
  func heads(user: String) async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let headers = try await workspace.token(user)
    let team = ["owner", "editor", "reader"]
    for (path, users) in [
      ("/datasets", team + ["guest"]), ("/pyramids", team + ["guest"]), ("/none", []),
      ("/datasets/bed.zarr/.zgroup", team + ["guest"]), ("/datasets/surface.zarr/.zgroup", team),
      ("/pyramids/surface.levels/0.zarr/.zgroup", team), ("/datasets/none.zarr/.zgroup", []),
      ("/datasets/bed.zarr/none", []), ("/datasets/bed.zarr", []),
    ] {
      let answer = try await client.send(.head, "/teams/ice/api/s3" + path, headers)
      let wanted: HTTPResponse.Status = users.contains(user) ? .ok : .notFound
      #expect(answer.status == wanted && answer.text.isEmpty, "\(user) \(path)")
      let nobody = try await client.send(.head, "/teams/ice/api/s3" + path, [:])
      #expect(nobody.status == .unauthorized)
    }
  }

  @Test func objectsComeAsTheyAreStored() async throws {
    let workspace = try await Workspace.withCubes()
    let text = "{\"zarr_format\":2" + String(repeating: " ", count: 2000) + "}"
    try workspace.folder.write(text, to: "teams/ice/cubes/bed.zarr/more.json")
    let client = try workspace.client()
    var headers = try await workspace.token("guest")
    headers[.acceptEncoding] = "gzip"
    let path = Self.bucket + "/bed.zarr/more.json"
    let whole = try await client.get(path, headers)
    #expect(whole.text == text && whole.headers[.contentEncoding] == nil)
    headers[.range] = "bytes=1-13"
    let part = try await client.get(path, headers)
    #expect(part.status == .partialContent && part.text == "\"zarr_format\"")
    headers[.range] = "bytes=9999-"
    let past = try await client.get(path, headers)
    #expect(past.status == .rangeNotSatisfiable && past.text.contains("<Code>InvalidRange</Code>"))
    #expect(past.headers[.contentRange] == "bytes */\(text.utf8.count)")
    headers[.range] = nil
    headers[.ifMatch] = "\"other\""
    let changed = try await client.get(path, headers)
    #expect(changed.text.contains("<Code>PreconditionFailed</Code>"))
  }

  /// Built cubes and xcube's `.levels` have their levels in the bucket `pyramids`, others level 0.
  @Test func levelsAreInABucketOfTheirOwn() async throws {
    let workspace = try await Workspace.withCubes()
    for level in [0, 1] {
      try workspace.folder.write(
        "{\"level\":\(level)}", to: "teams/ice/site/datasets/bed/cube.zarr/\(level)/zarr.json")
      try workspace.folder.write(
        "{\"level\":\(level)}", to: "teams/ice/cubes/deep.levels/\(level).zarr/.zgroup")
    }
    let ice = try #require(try await workspace.database.team(named: "ice"))
    try await workspace.database.removeCubeSource("bed", of: ice)
    try await workspace.database.setCubeSource(
      try .init(dataset: "deep", title: "", path: "cubes/deep.levels"), of: ice)
    let client = try workspace.client()
    let headers = try await workspace.token("reader")
    let pyramids = "/teams/ice/api/s3/pyramids"
    for (path, text) in [
      ("/bed.levels/1.zarr/zarr.json", "{\"level\":1}"),
      ("/deep.levels/1.zarr/.zgroup", "{\"level\":1}"),
      ("/deep.levels/0.zarr/.zgroup", "{\"level\":0}"),
    ] {
      let answer = try await client.get(pyramids + path, headers)
      #expect(answer.status == .ok && answer.text == text, "\(path): \(answer.text)")
    }
    #expect(
      try await client.get(Self.bucket + "/deep.zarr/.zgroup", headers).text == "{\"level\":0}")
    for path in [
      "/deep.levels/2.zarr/.zgroup", "/deep.levels/.zgroup", "/surface.levels/1.zarr/.zgroup",
    ] {
      #expect(try await client.get(pyramids + path, headers).status == .notFound, "\(path)")
    }
    #expect(
      try await client.get(pyramids + "/surface.levels/0.zarr/.zgroup", headers).status == .ok)
    let list = try await client.get(pyramids + "?delimiter=/&prefix=deep.levels/", headers).text
    #expect(
      Self.values("Prefix", in: list) == [
        "deep.levels/", "deep.levels/0.zarr/", "deep.levels/1.zarr/",
      ])
    let top = try await client.get(pyramids + "?delimiter=/", headers).text
    #expect(
      Self.values("Prefix", in: top) == ["bed.levels/", "deep.levels/", "surface.levels/"])
  }

  /// Clients of S3 send the token as the access key; the rest of what they sign does not count.
  @Test func aTokenIsAnAccessKey() async throws {
    let workspace = try await Workspace.withCubes()
    let client = try workspace.client()
    let bearer = try await workspace.token("guest")
    let token = try #require(bearer[.authorization]?.dropFirst("Bearer ".count))
    func ask(_ credential: String, _ store: String) async throws -> Int {
      let field =
        "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=host;x-amz-date, Signature=00"
      return Int(
        try await client.get(Self.bucket + "/\(store).zarr/.zgroup", [.authorization: field])
          .status.code)
    }
    let scope = "/20261130/us-east-1/s3/aws4_request"
    #expect(try await ask(token + scope, "bed") == 200)
    #expect(try await ask(token + scope, "surface") == 404)
    for wrong in ["cpt_wrong" + scope, scope, "", "x/\(token)" + scope] {
      #expect(try await ask(wrong, "bed") == 401, "\(wrong)")
    }
    let empty = try await client.get(Self.bucket, [.authorization: "AWS4-HMAC-SHA256 "])
    #expect(empty.status == .unauthorized)
  }
}
