import Foundation
import Stores
import Synchronization
import TestKit
import Testing
import Transport

@testable import Buckets

/// A client of a bucket on a server of the test.
private func client(
  _ server: LoopbackServer, environment: [String: String] = [:], prefix: String = ""
) throws -> S3Client {
  let keys = ["AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "SECRET", "HOME": "/nowhere"]
  return S3Client(
    try BucketAddress("s3://cubes" + prefix, endpoint: server.url("")),
    source: CredentialSource(environment: environment.isEmpty ? keys : environment))
}

private func complaint(
  _ status: String, _ code: String, fields: [String: String] = [:], more: String = ""
) -> [LoopbackServer.Step] {
  let body = "<Error><Code>\(code)</Code><Message>said so</Message>\(more)</Error>"
  return LoopbackServer.answer(status, fields, body: Array(body.utf8))
}

struct S3ClientTests {
  @Test func triesAgainWhatMayPass() throws {
    let server = try LoopbackServer { request in
      switch request.index {
      case 0: complaint("503 Slow Down", "SlowDown", fields: ["Retry-After": "0"])
      case 1: [.reset]
      case 2: complaint("500 Internal Server Error", "InternalError")
      case 3: [.send(LoopbackServer.head("200 OK", ["Content-Length": "9"])), .close]
      default: LoopbackServer.answer("200 OK", ["ETag": "\"t\""], body: Array("bytes".utf8))
      }
    }
    let object = try client(server, prefix: "/p").read("a b=c.json", limit: 100)
    #expect(object?.bytes == Array("bytes".utf8))
    #expect(object?.tag == "\"t\"")
    #expect(server.requests.count == 5)
    #expect(server.requests.allSatisfy { $0.target == "/cubes/p/a%20b%3Dc.json" })
  }

  @Test func learnsTheServersTime() throws {
    let server = try LoopbackServer { request in
      request.index == 0
        ? complaint(
          "403 Forbidden", "RequestTimeTooSkewed", fields: ["Date": "Sat, 01 Jan 2050 00:00:00 GMT"]
        )
        : LoopbackServer.answer()
    }
    let client = try client(server)
    try client.write([1], to: "a", fields: [])
    #expect(server.requests[1].fields["x-amz-date"]?.hasPrefix("20500101T0000") == true)
    #expect(abs(client.now - 2_524_608_000) < 60)
  }

  /// Also where the server takes signatures that are some minutes off: claims count by its clock.
  @Test func takesTheServersTimeFromItsFirstAnswer() throws {
    let server = try LoopbackServer { _ in
      LoopbackServer.answer("200 OK", ["Date": "Sat, 01 Jan 2050 00:00:00 GMT"])
    }
    let client = try client(server)
    try client.write([1], to: "a", fields: [])
    #expect(abs(client.now - 2_524_608_000) < 60)
  }

  @Test func learnsTheRegion() throws {
    let server = try LoopbackServer { request in
      request.index == 0
        ? complaint(
          "400 Bad Request", "AuthorizationHeaderMalformed", more: "<Region>eu-west-3</Region>")
        : LoopbackServer.answer()
    }
    try client(server).write([1], to: "a", fields: [])
    #expect(server.requests[1].fields["authorization"]?.contains("/eu-west-3/s3/") == true)
  }

  @Test func fetchesOtherCredentialsWhenTheyHaveEnded() throws {
    let lent = Mutex(0)
    let server = try LoopbackServer { request in
      if request.target == "/credentials" {
        let number = lent.withLock { count in
          count += 1
          return count
        }
        let text =
          "{\"AccessKeyId\":\"K\(number)\",\"SecretAccessKey\":\"S\",\"Token\":\"T\(number)\","
          + "\"Expiration\":\"2050-01-01T00:00:00Z\"}"
        return LoopbackServer.answer("200 OK", body: Array(text.utf8))
      }
      return request.fields["x-amz-security-token"] == "T1"
        ? complaint("403 Forbidden", "ExpiredToken") : LoopbackServer.answer()
    }
    let environment = [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url("credentials"), "HOME": "/nowhere",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN": "secret",
    ]
    let client = try client(server, environment: environment)
    try client.write([1], to: "a", fields: [])
    try client.write([1], to: "b", fields: [])
    let asked = server.requests.filter { $0.target == "/credentials" }
    #expect(asked.count == 2)
    #expect(asked.allSatisfy { $0.fields["authorization"] == "secret" })
  }

  @Test(arguments: [
    ("404 Not Found", "NoSuchBucket", BucketError.Kind.absent, "no bucket"),
    ("403 Forbidden", "SignatureDoesNotMatch", .credentials, "secret key"),
    ("403 Forbidden", "AccessDenied", .denied, "s3:PutObject"),
    ("412 Precondition Failed", "PreconditionFailed", .condition, "somebody else"),
    ("501 Not Implemented", "NotImplemented", .unsupported, "does not know"),
    ("507 Insufficient Storage", "InsufficientStorage", .full, "no room"),
  ])
  func explainsFailures(status: String, code: String, kind: BucketError.Kind, words: String) throws
  {
    let server = try LoopbackServer { _ in complaint(status, code) }
    let error = #expect(throws: BucketError.self) {
      try client(server).write([1], to: "a", fields: [], when: .absent)
    }
    #expect(error?.kind == kind)
    #expect(error?.description.contains(words) == true)
    #expect(error?.description.contains("SECRET") == false)
    #expect(server.requests.count == 1)
  }

  @Test func sendsHashesAndConditions() throws {
    let server = try LoopbackServer { _ in LoopbackServer.answer() }
    try client(server).write(
      [], to: "a", fields: [("content-type", "text/plain")], when: .tag("\"x\""))
    let fields = server.requests[0].fields
    #expect(fields["content-length"] == "0")
    #expect(fields["content-type"] == "text/plain")
    #expect(fields["if-match"] == "\"x\"")
    #expect(fields["x-amz-content-sha256"] == S3Call.hashOfNothing)
    // The SHA-256 of nothing in base 64.
    #expect(fields["x-amz-checksum-sha256"] == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    #expect(fields["expect"] == nil)
  }

  @Test func listsAllPages() throws {
    let server = try LoopbackServer { request in
      let isSecond = request.target.contains("continuation-token=next%2B1")
      let key = isSecond ? "p/a%2Bb+c.png" : "p/x%3Dy%26.png"
      let more = "<NextContinuationToken>next+1</NextContinuationToken>"
      let body =
        "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>\(!isSecond)</IsTruncated>"
        + "<Contents><Key>\(key)</Key><Size>7</Size></Contents>\(isSecond ? "" : more)"
        + "</ListBucketResult>"
      return LoopbackServer.answer("200 OK", body: Array(body.utf8))
    }
    var found: [ListedObject] = []
    try client(server, prefix: "/p").list(below: "") { found.append($0) }
    #expect(
      found == [ListedObject(key: "x=y&.png", size: 7), ListedObject(key: "a+b c.png", size: 7)])
  }
}

struct S3UploadsTests {
  /// A server that breaks every few requests in every way must still get everything once.
  @Test func everythingArrivesOverABadConnection() throws {
    let stored = Mutex<[String: [UInt8]]>([:])
    let server = try LoopbackServer { request in
      switch request.index % 7 {
      case 2: return complaint("503 Slow Down", "SlowDown", fields: ["Retry-After": "0"])
      case 4: return [.reset]
      case 5: return [.close]
      default:
        stored.withLock { $0[request.target] = request.body }
        return LoopbackServer.answer()
      }
    }
    let uploads = S3Uploads(try client(server), connections: 8)
    var number = 0
    var confirmed = 0
    try uploads.store {
      guard number < 60 else { return nil }
      number += 1
      let bytes = Array("object \(number)".utf8)
      return Upload(
        key: "\(number)", content: .bytes(bytes), sha256: sha256Hex(bytes), fields: [])
    } stored: { _ in
      confirmed += 1
    }
    #expect(confirmed == 60)
    let all = stored.withLock { $0 }
    #expect(all.count == 60)
    for number in 1...60 { #expect(all["/cubes/\(number)"] == Array("object \(number)".utf8)) }
  }

  /// Completes a large upload whose first completion is done, though its answer gets lost; what is there
  /// afterwards is what was sent, or else what was there before.
  @Test(arguments: [true, false])
  func aLostAnswerToTheCompletionIsNoFailure(isNew: Bool) throws {
    let size = S3Uploads.largestSingle + 1
    let completions = Mutex(0)
    let server = try LoopbackServer { request in
      switch (request.method, request.target.split(separator: "?").last ?? "") {
      case ("HEAD", _):
        let isDone = completions.withLock { $0 > 0 }
        let tag = isDone && isNew ? "new-3" : "old-3"
        return [
          .send(
            LoopbackServer.head("200 OK", ["Content-Length": "\(size)", "ETag": "\"\(tag)\""]))
        ]
      case ("POST", "uploads="):
        return LoopbackServer.answer(body: Array("<UploadId>U</UploadId>".utf8))
      case ("POST", _):
        let count = completions.withLock { count in
          count += 1
          return count
        }
        return count == 1 ? [.reset] : complaint("404 Not Found", "NoSuchUpload")
      default: return LoopbackServer.answer("200 OK", ["ETag": "\"p\""])
      }
    }
    let temporary = try TemporaryFolder()
    let path = temporary.path + "/large"
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    #expect(truncate(path, size) == 0)
    var uploads = [
      Upload(
        key: "large", content: .file(path: path, size: size), sha256: S3Call.hashOfNothing,
        fields: [])
    ]
    var stored = 0
    let sending = {
      try S3Uploads(try client(server)).store {
        uploads.popLast()
      } stored: { _ in
        stored += 1
      }
    }
    if isNew { try sending() } else { #expect(throws: BucketError.self, performing: sending) }
    #expect(stored == (isNew ? 1 : 0))
  }

  @Test func aFailureThatLastsEndsIt() throws {
    let server = try LoopbackServer { request in
      request.target.hasSuffix("/5")
        ? complaint("403 Forbidden", "AccessDenied")
        : LoopbackServer.answer()
    }
    var number = 0
    let error = #expect(throws: BucketError.self) {
      try S3Uploads(try client(server), connections: 2).store {
        number += 1
        return Upload(
          key: "\(number)", content: .bytes([]), sha256: S3Call.hashOfNothing, fields: [])
      } stored: { _ in
      }
    }
    #expect(error?.kind == .denied)
  }

  @Test func staysBelowTheBandwidth() throws {
    let server = try LoopbackServer { _ in LoopbackServer.answer() }
    let bytes = [UInt8](repeating: 1, count: 10_000)
    var number = 0
    let began = ProcessInfo.processInfo.systemUptime
    try S3Uploads(try client(server), connections: 8, bytesPerSecond: 100_000).store {
      number += 1
      return number > 5
        ? nil
        : Upload(key: "\(number)", content: .bytes(bytes), sha256: sha256Hex(bytes), fields: [])
    } stored: { _ in
    }
    // Four waits of a tenth of a second each lie between five starts.
    #expect(ProcessInfo.processInfo.systemUptime - began > 0.39)
  }
}

struct CredentialTests {
  private func files(_ text: String) -> ProfileFiles { ProfileFiles(text) }

  private func find(
    _ environment: [String: String], profile: String? = nil, files text: String = ""
  ) throws -> AWSCredentials {
    var environment = environment
    environment["AWS_EC2_METADATA_DISABLED"] = environment["AWS_EC2_METADATA_DISABLED"] ?? "true"
    return try CredentialFinder(
      environment: environment, profile: profile, files: ProfileFiles(text)
    ).find()
  }

  private static let profiles = """
    [default]
    aws_access_key_id = D
    aws_secret_access_key = d
    region = eu-north-1
    [profile made]
    credential_process = printf '{"Version":1,"AccessKeyId":"P","SecretAccessKey":"p",\
    "Expiration":"2050-01-01T00:00:00Z"}'
    [profile role]
    role_arn = arn:aws:iam::1:role/r
    source_profile = default
    [profile nested]
    services = local
    s3 =
      addressing_style = path
    [services local]
    s3 =
      endpoint_url = http://localhost:9000
    """

  @Test func theEnvironmentGoesBeforeTheProfileUnlessOneIsAskedFor() throws {
    let keys = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e", "AWS_SESSION_TOKEN": "t"]
    #expect(
      try find(keys, files: Self.profiles)
        == AWSCredentials(accessKey: "E", secretKey: "e", sessionToken: "t"))
    #expect(try find([:], files: Self.profiles).accessKey == "D")
    #expect(try find(keys, profile: "default", files: Self.profiles).accessKey == "D")
    #expect(throws: BucketError.self) { try find(keys, profile: "none", files: Self.profiles) }
    #expect(throws: BucketError.self) { try find([:]) }
  }

  @Test func aProgramMayPrintThem() throws {
    let found = try find(["AWS_PROFILE": "made"], files: Self.profiles)
    #expect(found.accessKey == "P")
    #expect(found.expires == 2_524_608_000)
  }

  @Test func readsNestedSettings() {
    let files = files(Self.profiles)
    #expect(files.sections["services local"]?["s3.endpoint_url"] == "http://localhost:9000")
    #expect(files.profile("nested")?["s3.addressing_style"] == "path")
  }

  @Test func takesRoles() throws {
    let folder = try TemporaryFolder()
    try folder.write("the token\n", to: "token")
    let server = try LoopbackServer { request in
      let body = String(decoding: request.body, as: UTF8.self)
      let isWeb = body.contains("AssumeRoleWithWebIdentity")
      let isSigned = request.fields["authorization"]?.contains("Credential=D/") == true
      guard isWeb ? body.contains("WebIdentityToken=the%20token") : isSigned else {
        return complaint("403 Forbidden", "AccessDenied")
      }
      return LoopbackServer.answer(
        "200 OK",
        body: Array(
          """
          <R><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s/&amp;</SecretAccessKey>
          <SessionToken>t</SessionToken><Expiration>2050-01-01T00:00:00Z</Expiration></Credentials></R>
          """.utf8))
    }
    let wanted = AWSCredentials(
      accessKey: "A", secretKey: "s/&", sessionToken: "t", expires: 2_524_608_000)
    let endpoint = ["AWS_ENDPOINT_URL_STS": server.url("")]
    #expect(
      try find(endpoint.merging(["AWS_PROFILE": "role"]) { $1 }, files: Self.profiles) == wanted)
    let web = [
      "AWS_WEB_IDENTITY_TOKEN_FILE": folder.path + "/token",
      "AWS_ROLE_ARN": "arn:aws:iam::1:role/w",
    ]
    #expect(try find(endpoint.merging(web) { $1 }) == wanted)
  }

  @Test func asksTheInstance() throws {
    let server = try LoopbackServer { request in
      let token = request.fields["x-aws-ec2-metadata-token"]
      switch (request.method, request.target) {
      case ("PUT", "/latest/api/token"): return LoopbackServer.answer(body: Array("tok".utf8))
      case ("GET", "/latest/meta-data/iam/security-credentials/") where token == "tok":
        return LoopbackServer.answer(body: Array("my-role\n".utf8))
      case ("GET", "/latest/meta-data/iam/security-credentials/my-role") where token == "tok":
        let text = "{\"AccessKeyId\":\"I\",\"SecretAccessKey\":\"i\",\"Token\":\"t\"}"
        return LoopbackServer.answer(body: Array(text.utf8))
      default: return LoopbackServer.answer("401 Unauthorized")
      }
    }
    let endpoint = String(server.url("").dropLast())
    #expect(
      try find([
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint, "AWS_EC2_METADATA_DISABLED": "false",
      ]) == AWSCredentials(accessKey: "I", secretKey: "i", sessionToken: "t"))
  }
}

struct BucketAddressTests {
  @Test func putsTheBucketWhereItBelongs() throws {
    let aws = try BucketAddress("s3://cubes/a/b/", region: "eu-central-1")
    #expect(aws.host == "cubes.s3.eu-central-1.amazonaws.com")
    #expect(aws.path(of: aws.name(of: "x y.png")) == "/a/b/x%20y.png")
    #expect(aws.path(of: nil) == "/")
    let dotted = try BucketAddress("s3://cubes.example.org")
    #expect(
      dotted.url(path: dotted.path(of: "k"), query: "")
        == "https://s3.us-east-1.amazonaws.com/cubes.example.org/k")
    let own = try BucketAddress("s3://cubes", endpoint: "http://localhost:9000/base/")
    #expect(
      own.url(path: own.path(of: "k"), query: "a=") == "http://localhost:9000/base/cubes/k?a=")
    let virtual = try BucketAddress("s3://cubes", endpoint: "https://h:443", style: .virtual)
    #expect(virtual.url(path: virtual.path(of: "k"), query: "") == "https://cubes.h/k")
    for wrong in ["cubes", "s3://", "s3:///key", "s3://a b/c"] {
      #expect(throws: BucketError.self) { try BucketAddress(wrong) }
    }
  }
}
