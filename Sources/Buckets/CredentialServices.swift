import Foundation
import JSON
import Stores
import Transport

/// The services that lend credentials for a time.
struct CredentialServices: Sendable {
  let environment: [String: String]
  let region: String

  // MARK: Roles (AWS STS)

  /// Takes a role with a token that another service has given (AssumeRoleWithWebIdentity).
  func assume(
    role: String, session: String?, webIdentity token: String
  ) throws(BucketError) -> AWSCredentials {
    try askSTS(
      [
        ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
        ("RoleSessionName", session ?? "cubepress"), ("WebIdentityToken", token),
      ], with: nil)
  }

  /// Takes a role with other credentials (AssumeRole).
  func assume(
    role: String, session: String?, externalID: String?, duration: String?,
    with base: AWSCredentials
  ) throws(BucketError) -> AWSCredentials {
    var items = [
      ("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", role),
      ("RoleSessionName", session ?? "cubepress"),
    ]
    if let externalID { items.append(("ExternalId", externalID)) }
    if let duration { items.append(("DurationSeconds", duration)) }
    return try askSTS(items, with: base)
  }

  private func askSTS(
    _ items: [(String, String)], with base: AWSCredentials?
  ) throws(BucketError) -> AWSCredentials {
    let endpoint =
      environment["AWS_ENDPOINT_URL_STS"] ?? environment["AWS_ENDPOINT_URL"]
      ?? "https://sts.\(region).amazonaws.com"
    let address = try BucketAddress("s3://sts", endpoint: endpoint, region: region)
    let body = Array(URIEncoding.query(items).utf8)
    var fields = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")]
    if let base {
      let request = SignatureV4.Request(
        method: "POST", host: address.host, path: "/", query: "", fields: fields,
        bodyHash: sha256Hex(body))
      fields = SignatureV4(region: region, service: "sts")
        .signedFields(request, base, at: Int(time(nil)))
    }
    let reply = try send(
      HTTPRequest("POST", address.endpoint + "/", fields: fields, body: .bytes(body)),
      asking: "AWS STS for a role")
    let text = reply.body[...]
    guard reply.isSuccess, let access = S3XML.text("AccessKeyId", in: text),
      let secret = S3XML.text("SecretAccessKey", in: text)
    else {
      let said = S3XML.text("Message", in: text) ?? "status \(reply.status)"
      throw BucketError(
        .credentials, attempt: "take a role", reason: said,
        remedy: "Check role_arn and whether its trust policy names you.")
    }
    return AWSCredentials(
      accessKey: access, secretKey: secret, sessionToken: S3XML.text("SessionToken", in: text),
      expires: S3XML.text("Expiration", in: text).flatMap(AmazonTime.seconds(iso:)))
  }

  // MARK: Single sign-on, containers, instances

  /// Exchanges the token of a single sign-on for a role's credentials.
  func singleSignOn(
    token: String, account: String, role: String, region: String
  ) throws(BucketError) -> AWSCredentials {
    let query = URIEncoding.query([("account_id", account), ("role_name", role)])
    let base = environment["AWS_ENDPOINT_URL_SSO"] ?? "https://portal.sso.\(region).amazonaws.com"
    let document = try json(
      HTTPRequest(
        "GET", "\(base)/federation/credentials?\(query)",
        fields: [("x-amz-sso_bearer_token", token)]), asking: "single sign-on for a role")
    guard let role = document["roleCredentials"],
      let access = role["accessKeyId"]?.stringValue,
      let secret = role["secretAccessKey"]?.stringValue
    else { throw unusable("single sign-on") }
    return AWSCredentials(
      accessKey: access, secretKey: secret, sessionToken: role["sessionToken"]?.stringValue,
      expires: role["expiration"]?.intValue.map { $0 / 1000 })
  }

  /// Asks the address that a container is given; `nil` outside of one.
  func container() throws(BucketError) -> AWSCredentials? {
    let url: String
    if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      url = "http://169.254.170.2" + path
    } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
      url = full
    } else {
      return nil
    }
    var token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      token = (try? String(contentsOfFile: file, encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let document = try json(
      HTTPRequest("GET", url, fields: token.map { [("Authorization", $0)] } ?? []),
      asking: "the container's credentials")
    guard let found = Self.credentials(in: document, access: "AccessKeyId", token: "Token") else {
      throw unusable("the container")
    }
    return found
  }

  /// Asks the instance metadata service, version 2; `nil` where there is none.
  func instance() throws(BucketError) -> AWSCredentials? {
    if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
    let base = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
    var patience = HTTPConfiguration()
    patience.connectTimeout = .seconds(1)
    patience.stallTimeout = .seconds(2)
    let engine = HTTPEngine(configuration: patience)
    let asked = HTTPRequest(
      "PUT", base + "/latest/api/token",
      fields: [("x-aws-ec2-metadata-token-ttl-seconds", "21600")], body: .bytes([]))
    guard let reply = try? engine.perform(asked), reply.isSuccess else { return nil }
    let fields = [("x-aws-ec2-metadata-token", String(decoding: reply.body, as: UTF8.self))]
    let path = base + "/latest/meta-data/iam/security-credentials/"
    guard let names = try? engine.perform(HTTPRequest("GET", path, fields: fields)),
      names.isSuccess,
      let role = String(decoding: names.body, as: UTF8.self).split(whereSeparator: \.isNewline)
        .first
    else { return nil }
    let document = try json(
      HTTPRequest("GET", path + role, fields: fields), asking: "the instance's credentials")
    guard let found = Self.credentials(in: document, access: "AccessKeyId", token: "Token") else {
      throw unusable("the instance")
    }
    return found
  }

  /// Reads the form in which containers, instances and programs give credentials.
  static func credentials(
    in document: JSONValue, access: String, token: String
  ) -> AWSCredentials? {
    guard let access = document[access]?.stringValue,
      let secret = document["SecretAccessKey"]?.stringValue
    else { return nil }
    return AWSCredentials(
      accessKey: access, secretKey: secret, sessionToken: document[token]?.stringValue,
      expires: document["Expiration"]?.stringValue.flatMap(AmazonTime.seconds(iso:)))
  }

  private func json(_ request: HTTPRequest, asking whom: String) throws(BucketError) -> JSONValue {
    let reply = try send(request, asking: whom)
    guard reply.isSuccess, let document = try? JSONValue(parsing: reply.body) else {
      throw BucketError(
        .credentials, attempt: "ask \(whom)", reason: "the answer has status \(reply.status)")
    }
    return document
  }

  /// Sends a request, a few times where the service does not answer.
  private func send(
    _ request: HTTPRequest, asking whom: String
  ) throws(BucketError) -> HTTPReply {
    let engine = HTTPEngine()
    var attempt = 1
    while true {
      do {
        let reply = try engine.perform(request)
        if reply.status < 500 || attempt == 4 { return reply }
      } catch {
        if attempt == 4 {
          throw BucketError(.credentials, attempt: "ask \(whom)", reason: error.reason)
        }
      }
      usleep(UInt32.random(in: 50_000...200_000) << UInt32(attempt))
      attempt += 1
    }
  }

  private func unusable(_ whom: String) -> BucketError {
    BucketError(
      .credentials, attempt: "use the answer of \(whom)", reason: "it holds no credentials")
  }
}
