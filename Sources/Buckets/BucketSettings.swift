/// What the environment and the profile say of buckets, as tools of AWS read it.
public struct BucketSettings {
  private let environment: [String: String]
  private let profile: [String: String]
  private let services: [String: String]
  /// Where credentials come from.
  public let source: CredentialSource

  /// Reads the settings.
  ///
  /// - Parameters:
  ///   - environment: the variables of the process.
  ///   - profile: the profile asked for on the command line.
  public init(environment: [String: String], profile: String? = nil) {
    self.environment = environment
    let files = ProfileFiles(environment: environment)
    let settings = files.profile(profile ?? environment["AWS_PROFILE"] ?? "default") ?? [:]
    self.profile = settings
    services = settings["services"].flatMap { files.sections["services \($0)"] } ?? [:]
    source = CredentialSource(environment: environment, profile: profile)
  }

  /// The server, where it is not AWS.
  public var endpoint: String? {
    if environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true" { return nil }
    return environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"]
      ?? services["s3.endpoint_url"] ?? profile["endpoint_url"]
  }

  /// The region.
  public var region: String? {
    environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profile["region"]
  }
}
