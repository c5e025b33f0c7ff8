import ArgumentParser
import Buckets
import Foundation

/// `cubepress bucket`: prepares a bucket for a site, or tells what is missing.
struct BucketCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bucket",
    abstract: "Set up a bucket for a public site, or check it.",
    subcommands: [BucketSetupCommand.self, BucketCheckCommand.self])
}

/// `cubepress bucket setup`.
struct BucketSetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup",
    abstract: "Let everybody read a bucket, and browsers from every page.",
    discussion: """
      Sets the bucket's policy (everybody reads; missing keys answer 404), CORS, a rule that removes
      unfinished uploads, and with --website the page of folders. What a server does not know is
      said. With --print nothing is set: the settings for a kind of server are printed.

        cubepress bucket setup s3://cubes
        cubepress bucket setup s3://cubes --print cloudfront
      """)

  @Argument(help: ArgumentHelp("s3://bucket", valueName: "target"))
  var location: String

  @Flag(help: "Also let index.html stand for its folder (needs the website address of the bucket).")
  var website = false

  @Option(
    name: .customLong("print"), help: "Print settings instead: aws, ceph, cloudfront or nginx.")
  var printed: BucketAdvice?

  @OptionGroup var options: TargetOptions

  func run() throws {
    let client = try options.client(location)
    if let printed {
      print(printed.text(bucket: client.address.bucket, endpoint: client.address.endpoint))
      return
    }
    var failures = 0
    for setting in BucketConfiguration.Setting.allCases where website || setting != .website {
      do throws(BucketError) {
        try client.configure(setting)
        print("set     \(setting.rawValue)")
      } catch {
        // A server without a setting may still do by itself what it is for: the check will tell.
        let isMissing = [.unsupported, .wrongAnswer].contains(error.kind)
        failures += isMissing ? 0 : 1
        print("\(isMissing ? "not set" : "FAILED "): \(setting.rawValue): \(error)")
      }
    }
    print("Now try it as its readers will: cubepress bucket check \(location)")
    if failures > 0 { throw ExitCode.failure }
  }
}

/// `cubepress bucket check`.
struct BucketCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that a bucket can be published to, and read by everybody.",
    discussion: """
      Writes and removes a small object, tries conditional writes, and then reads without
      credentials as browsers do: ranges, CORS, missing keys.

        cubepress bucket check s3://cubes
      """)

  @Argument(help: ArgumentHelp("s3://bucket/prefix", valueName: "target"))
  var location: String

  @OptionGroup var options: TargetOptions

  func run() throws {
    let client = try options.client(location)
    let key = "_release/check-\(UUID().uuidString).json"
    let fields = [("content-type", "application/json"), ("cache-control", "no-cache")]
    try client.write(Array("{\"check\": 12345}".utf8), to: key, fields: fields)
    var findings = LiveFindings()
    findings.good("objects can be written")
    defer { try? client.delete(key) }
    do throws(BucketError) {
      try client.write([1], to: key, fields: fields, when: .absent)
      try client.write(Array("{\"check\": 12345}".utf8), to: key, fields: fields)
      findings.note(
        "the server ignores If-None-Match: two publishers at the same moment may not notice each "
          + "other. Let only one publish, or use a server with conditional writes")
    } catch {
      if error.kind == .condition {
        findings.good("conditional writes are honoured: of two publishers one waits")
      } else {
        findings.note(
          "the server has no conditional writes (\(error.reason)): let only one publish")
      }
    }
    let base = String(client.publicAddress(of: key).dropLast(key.utf8.count))
    try LiveProbes(base: base, findings: findings).ofAnyBucket(present: key).close()
  }
}

/// Settings in words for kinds of servers.
enum BucketAdvice: String, ExpressibleByArgument, CaseIterable {
  case aws
  case ceph
  case cloudfront
  case nginx

  func text(bucket: String, endpoint: String) -> String {
    let configuration = BucketConfiguration(bucket: bucket)
    let exposed = BucketConfiguration.exposed
    switch self {
    case .aws, .ceph:
      let server = self == .ceph ? " --endpoint-url \(endpoint)" : ""
      return """
        # Save each document under the name in front of it, then:
        #   aws s3api\(server) put-bucket-policy --bucket \(bucket) --policy file://policy.json
        #   aws s3api\(server) put-bucket-cors --bucket \(bucket) --cors-configuration file://cors.json
        \(self == .aws ? "# and switch off “Block public access” for this bucket first.\n" : "")
        # policy.json
        \(configuration.document(.policy))
        # cors.json
        {"CORSRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "HEAD"],
          "AllowedHeaders": ["*"], "MaxAgeSeconds": 86400,
          "ExposeHeaders": [\(exposed.map { "\"\($0)\"" }.joined(separator: ", "))]}]}
        """
    case .cloudfront:
      return """
        # A distribution in front of the bucket \(bucket):
        #  1. Origin: the bucket with origin access control. Its policy must allow the distribution
        #     s3:GetObject on arn:aws:s3:::\(bucket)/* and s3:ListBucket on arn:aws:s3:::\(bucket);
        #     without the latter missing keys answer 403. Where listing is not wanted, add a custom
        #     error response: 403 → response page none, response code 404, TTL 60.
        #  2. Default root object: index.html. Viewer protocol: redirect to HTTPS.
        #  3. Cache policy: Managed-CachingOptimized (honours Cache-Control, gzip and Brotli).
        #  4. Response headers policy:
        {"CorsConfig": {"AccessControlAllowOrigins": {"Quantity": 1, "Items": ["*"]},
          "AccessControlAllowMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
          "AccessControlAllowHeaders": {"Quantity": 1, "Items": ["*"]},
          "AccessControlExposeHeaders": {"Quantity": \(exposed.count), "Items": [\(
            exposed.map { "\"\($0)\"" }.joined(separator: ", "))]},
          "AccessControlAllowCredentials": false, "AccessControlMaxAgeSec": 86400,
          "OriginOverride": true}}
        # Pages of folders (datasets/x/) need a function at “viewer request” that appends index.html.
        """
    case .nginx:
      return """
        # nginx in front of the bucket \(bucket) at \(endpoint)
        location / {
          if ($request_method = OPTIONS) {
            add_header Access-Control-Allow-Origin * always;
            add_header Access-Control-Allow-Methods "GET, HEAD" always;
            add_header Access-Control-Allow-Headers "Range, If-Match, If-None-Match" always;
            add_header Access-Control-Max-Age 86400 always;
            return 204;
          }
          rewrite ^(.*)/$ $1/index.html;
          proxy_pass \(endpoint)/\(bucket)$uri;
          proxy_intercept_errors on;
          error_page 403 =404 /;          # only where the bucket does not allow listing
          proxy_hide_header Access-Control-Allow-Origin;
          proxy_hide_header Access-Control-Expose-Headers;
          add_header Access-Control-Allow-Origin * always;
          add_header Access-Control-Expose-Headers "\(exposed.joined(separator: ", "))" always;
          gzip on;                        # never for what is read by ranges: only these types
          gzip_proxied any;
          gzip_types text/css text/javascript application/json application/geo+json application/xml;
        }
        """
    }
  }
}
