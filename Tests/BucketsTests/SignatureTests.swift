import Foundation
import JSON
import Testing

@testable import Buckets

struct SignatureTests {
  // AWS's published examples: “Signature Calculations for the Authorization Header”, S3 API
  // reference, and the first of the Signature Version 4 test suite.
  private let example = AWSCredentials(
    accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
  /// The time of the examples, 2013-05-24T00:00:00Z.
  private let day = 1_369_353_600

  private func signature(
    _ method: String, path: String, query: [(String, String)] = [],
    fields: [(name: String, value: String)] = [], bodyHash: String = S3Call.hashOfNothing
  ) -> String {
    let request = SignatureV4.Request(
      method: method, host: "examplebucket.s3.amazonaws.com", path: path,
      query: URIEncoding.query(query), fields: fields, bodyHash: bodyHash)
    let signed = SignatureV4(region: "us-east-1", service: "s3")
      .signedFields(request, example, at: day)
    return String(signed.last?.value.suffix(64) ?? "")
  }

  @Test func readsARange() {
    #expect(
      signature("GET", path: "/test.txt", fields: [("Range", "bytes=0-9")])
        == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
  }

  @Test func writesAnObject() {
    #expect(
      signature(
        "PUT", path: "/" + URIEncoding.path("test$file.text"),
        fields: [
          ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ],
        bodyHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
  }

  @Test func asksForTheLifecycle() {
    #expect(
      signature("GET", path: "/", query: [("lifecycle", "")])
        == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
  }

  @Test func lists() {
    #expect(
      signature("GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")])
        == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
  }

  @Test func signsForOtherServices() {
    let credentials = AWSCredentials(
      accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    let signed = SignatureV4(region: "us-east-1", service: "service").signedFields(
      SignatureV4.Request(
        method: "GET", host: "example.amazonaws.com", path: "/", query: "", fields: [],
        bodyHash: S3Call.hashOfNothing), credentials, at: 1_440_938_160)
    #expect(
      signed.last?.value == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/"
        + "aws4_request, SignedHeaders=host;x-amz-date, Signature="
        + "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
  }
}

/// Requests that botocore has signed: `Tests/Golden/make_sigv4.py`.
struct SignatureGoldenTests {
  @Test func signsAsBotocoreDoes() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/sigv4.json")
    let golden = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    let text = { (value: JSONValue?) in value?.stringValue ?? "" }
    let pairs = { (value: JSONValue?) in
      (value?.arrayValue ?? []).map { (text($0[0]), text($0[1])) }
    }
    let cases = try #require(golden["cases"]?.arrayValue)
    #expect(cases.count > 20)
    for entry in cases {
      let request = SignatureV4.Request(
        method: text(entry["method"]), host: text(entry["host"]),
        path: "/" + URIEncoding.path(text(entry["key"])),
        query: URIEncoding.query(pairs(entry["query"])),
        fields: pairs(entry["fields"]).map { (name: $0.0, value: $0.1) },
        bodyHash: text(entry["bodyHash"]))
      let credentials = AWSCredentials(
        accessKey: text(golden["access"]), secretKey: text(golden["secret"]),
        sessionToken: entry["token"]?.stringValue)
      let signed = SignatureV4(region: "eu-central-1", service: "s3")
        .signedFields(request, credentials, at: golden["time"]?.intValue ?? 0)
      #expect(signed.last?.value == text(entry["authorization"]), "\(text(entry["key"]))")
    }
  }
}
