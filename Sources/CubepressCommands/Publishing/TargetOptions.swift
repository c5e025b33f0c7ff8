import ArgumentParser
import Buckets
import Foundation
import Publishing
import Stores

/// Where a release is published to, and how it is reached.
struct TargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The server of the bucket, for others than AWS; also AWS_ENDPOINT_URL_S3.", valueName: "url"))
  var endpoint: String?

  @Option(help: ArgumentHelp("The region of the bucket.", valueName: "name"))
  var region: String?

  @Option(help: ArgumentHelp("The profile in ~/.aws to use.", valueName: "name"))
  var profile: String?

  @Option(help: "Where the bucket's name goes: path or virtual (the host name).")
  var addressing: Addressing?

  @Option(help: ArgumentHelp("How many requests may be under way at once.", valueName: "n"))
  var connections = 64

  @Option(
    help: ArgumentHelp("How fast to send at most, such as 10M a second.", valueName: "size"))
  var bandwidth: ByteCount?

  enum Addressing: String, ExpressibleByArgument, CaseIterable {
    case path
    case virtual
  }

  func validate() throws {
    guard (1...1024).contains(connections) else {
      throw ValidationError("--connections must be between 1 and 1024.")
    }
    if let bandwidth, bandwidth.bytes < 1024 {
      throw ValidationError("--bandwidth must be at least 1k.")
    }
  }

  /// Opens a bucket or a folder for publishing.
  func open(_ location: String) throws -> any PublishingTarget {
    guard location.hasPrefix("s3://") else {
      if location.contains("://") {
        throw ValidationError("Publish to s3://bucket/prefix or to a folder, not to \(location).")
      }
      return try FolderTarget(path: location)
    }
    return BucketTarget(
      try client(location), connections: connections, bytesPerSecond: bandwidth?.bytes ?? 0)
  }

  /// A client of a bucket.
  func client(_ location: String) throws -> S3Client {
    let settings = BucketSettings(
      environment: ProcessInfo.processInfo.environment, profile: profile)
    let address = try BucketAddress(
      location, endpoint: endpoint ?? settings.endpoint,
      region: region ?? settings.region ?? "us-east-1",
      style: addressing.flatMap { BucketAddress.Style(rawValue: $0.rawValue) })
    return S3Client(address, source: settings.source, connections: connections)
  }

  /// A folder for what has to be kept between two steps, gone with the program.
  static func scratch() throws -> (folder: SiteFolder, remove: () -> Void) {
    let path = NSTemporaryDirectory() + "cubepress-" + UUID().uuidString
    return (try SiteFolder(path: path), { try? FileManager.default.removeItem(atPath: path) })
  }
}

/// A length of time, written as `7d`, `12h`, `30m` or a number of seconds.
struct TimeSpan: ExpressibleByArgument {
  let seconds: Int

  init(seconds: Int) { self.seconds = seconds }

  init?(argument: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    let factor = argument.last.flatMap { units[$0] }
    guard let number = Int(factor == nil ? argument[...] : argument.dropLast()),
      (0...1_000_000).contains(number)
    else { return nil }
    seconds = number * (factor ?? 1)
  }

  var defaultValueDescription: String {
    seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : "\(seconds)s"
  }
}
