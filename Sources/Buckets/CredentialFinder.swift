import CCrypto
import Foundation
import JSON
import Stores
import Transport

/// One search for credentials.
struct CredentialFinder: Sendable {
  let environment: [String: String]
  let profile: String?
  let files: ProfileFiles
  private let services: CredentialServices

  init(environment: [String: String], profile: String? = nil, files: ProfileFiles? = nil) {
    self.environment = environment
    self.profile = profile
    let files = files ?? ProfileFiles(environment: environment)
    self.files = files
    let name = profile ?? environment["AWS_PROFILE"] ?? "default"
    services = CredentialServices(
      environment: environment,
      region: environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        ?? files.profile(name)?["region"] ?? "us-east-1")
  }

  /// Looks in every place until something is found.
  ///
  /// - Throws: ``BucketError`` when a place is named but holds nothing usable, or no place does.
  func find() throws(BucketError) -> AWSCredentials {
    if profile == nil, let found = environmentKeys() { return found }
    let name = profile ?? environment["AWS_PROFILE"] ?? "default"
    if files.profile(name) == nil, let asked = profile ?? environment["AWS_PROFILE"] {
      throw failure(
        "there is no profile “\(asked)”", "Name one of those in ~/.aws/config and credentials.")
    }
    if environment["AWS_WEB_IDENTITY_TOKEN_FILE"] != nil, profile == nil,
      let found = try webIdentity(environment)
    {
      return found
    }
    if let found = try fromProfile(name, visited: []) { return found }
    if let found = try services.container() { return found }
    if let found = try services.instance() { return found }
    throw BucketError(
      .noCredentials, attempt: "find credentials",
      reason: "none were found in the environment, in the profile “\(name)”, from a container "
        + "or an instance",
      remedy: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run aws configure.")
  }

  private func environmentKeys() -> AWSCredentials? {
    guard let access = environment["AWS_ACCESS_KEY_ID"], !access.isEmpty,
      let secret = environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
    else { return nil }
    let token = environment["AWS_SESSION_TOKEN"] ?? environment["AWS_SECURITY_TOKEN"]
    return AWSCredentials(
      accessKey: access, secretKey: secret, sessionToken: token.flatMap { $0.isEmpty ? nil : $0 })
  }

  private func fromProfile(
    _ name: String, visited: Set<String>
  ) throws(BucketError) -> AWSCredentials? {
    guard let profile = files.profile(name) else { return nil }
    if let role = profile["role_arn"], !visited.contains(name) {
      return try assumed(role, profile, name, visited: visited.union([name]))
    }
    if let found = try singleSignOn(profile) { return found }
    if let access = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"] {
      return AWSCredentials(
        accessKey: access, secretKey: secret, sessionToken: profile["aws_session_token"])
    }
    if let command = profile["credential_process"] { return try fromProgram(command) }
    return nil
  }

  private func assumed(
    _ role: String, _ profile: [String: String], _ name: String, visited: Set<String>
  ) throws(BucketError) -> AWSCredentials {
    if let file = profile["web_identity_token_file"] {
      return try services.assume(
        role: role, session: profile["role_session_name"], webIdentity: try token(file))
    }
    let base: AWSCredentials?
    switch (profile["source_profile"], profile["credential_source"]) {
    case (let source?, _): base = try fromProfile(source, visited: visited)
    case (_, "Environment"?): base = environmentKeys()
    case (_, "EcsContainer"?): base = try services.container()
    case (_, "Ec2InstanceMetadata"?): base = try services.instance()
    default: base = nil
    }
    guard let base else {
      throw failure(
        "the profile “\(name)” takes a role, but has no credentials to take it with",
        "Check its source_profile or credential_source.")
    }
    return try services.assume(
      role: role, session: profile["role_session_name"], externalID: profile["external_id"],
      duration: profile["duration_seconds"], with: base)
  }

  private func webIdentity(
    _ settings: [String: String]
  ) throws(BucketError) -> AWSCredentials? {
    guard let file = settings["AWS_WEB_IDENTITY_TOKEN_FILE"], let role = settings["AWS_ROLE_ARN"]
    else { return nil }
    return try services.assume(
      role: role, session: settings["AWS_ROLE_SESSION_NAME"], webIdentity: try token(file))
  }

  private func token(_ path: String) throws(BucketError) -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw failure("the web identity token \(path) cannot be read")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Uses the token that `aws sso login` has left.
  private func singleSignOn(_ profile: [String: String]) throws(BucketError) -> AWSCredentials? {
    guard let account = profile["sso_account_id"], let role = profile["sso_role_name"] else {
      return nil
    }
    let session = profile["sso_session"].flatMap { name in
      files.sections["sso-session \(name)"].map { (name, $0) }
    }
    guard let start = session?.1["sso_start_url"] ?? profile["sso_start_url"],
      let region = session?.1["sso_region"] ?? profile["sso_region"]
    else { throw failure("the profile's single sign-on lacks sso_start_url or sso_region") }
    let home = environment["HOME"] ?? NSHomeDirectory()
    let path = "\(home)/.aws/sso/cache/\(sha1Hex(session?.0 ?? start)).json"
    guard let text = FileManager.default.contents(atPath: path),
      let document = try? JSONValue(parsing: Array(text)),
      let token = document["accessToken"]?.stringValue,
      let ends = document["expiresAt"]?.stringValue.flatMap(AmazonTime.seconds(iso:)),
      ends > Int(time(nil))
    else {
      throw failure("the single sign-on has ended", "Run aws sso login and try again.")
    }
    return try services.singleSignOn(token: token, account: account, role: role, region: region)
  }

  /// Runs the program that a profile names; it prints credentials as JSON.
  private func fromProgram(_ command: String) throws(BucketError) -> AWSCredentials {
    // Not by Foundation's `Process`, which may crash where a thousand files are open.
    guard let output = popen(command, "re") else {
      throw failure("credential_process cannot be run: \(String(cString: strerror(errno)))")
    }
    var text: [UInt8] = []
    var byte = getc(output)
    while byte != EOF {
      text.append(UInt8(truncatingIfNeeded: byte))
      byte = getc(output)
    }
    guard pclose(output) == 0, let document = try? JSONValue(parsing: text),
      document["Version"]?.intValue == 1,
      let found = CredentialServices.credentials(
        in: document, access: "AccessKeyId", token: "SessionToken")
    else { throw failure("credential_process does not print credentials (version 1)") }
    return found
  }

  private func failure(_ reason: String, _ remedy: String? = nil) -> BucketError {
    BucketError(.credentials, attempt: "find credentials", reason: reason, remedy: remedy)
  }
}

/// The SHA-1 of a text in hexadecimal, by which single sign-on names its files.
private func sha1Hex(_ text: String) -> String {
  var size: UInt32 = 0
  let bytes = Array(text.utf8)
  let sum = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
    EVP_Digest(bytes, bytes.count, buffer.baseAddress, &size, EVP_sha1(), nil)
    count = Int(size)
  }
  return hexadecimal(sum)
}
