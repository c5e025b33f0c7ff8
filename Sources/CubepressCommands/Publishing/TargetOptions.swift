import ArgumentParser
import Buckets
import Foundation
import Publishing
import Recipes
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
  ///
  /// - Parameters:
  ///   - location: `s3://bucket/prefix`, or a folder.
  ///   - named: how a recipe says that the bucket is reached; options go before it.
  /// - Returns: what is published to.
  /// - Throws: `ValidationError` for an address of another kind, and where it cannot be opened.
  func open(
    _ location: String, or named: BucketAccess = BucketAccess()
  ) throws -> any PublishingTarget {
    guard location.hasPrefix("s3://") else {
      if location.contains("://") {
        throw ValidationError("Publish to s3://bucket/prefix or to a folder, not to \(location).")
      }
      return try FolderTarget(path: location)
    }
    return BucketTarget(
      try client(location, or: named), connections: connections,
      bytesPerSecond: bandwidth?.bytes ?? 0)
  }

  /// How the bucket is reached, as far as options say it.
  private var bucket: BucketAccess {
    BucketAccess(
      endpoint: endpoint, region: region, profile: profile,
      style: addressing.flatMap { BucketAddress.Style(rawValue: $0.rawValue) })
  }

  /// A client of a bucket.
  func client(
    _ location: String, or named: BucketAccess = BucketAccess()
  ) throws -> S3Client {
    try bucket.or(named).client(
      location, environment: ProcessInfo.processInfo.environment, signing: .always,
      connections: connections)
  }

  /// A folder for what has to be kept between two steps, gone with the program.
  static func scratch() throws -> (folder: SiteFolder, remove: () -> Void) {
    let path = NSTemporaryDirectory() + "cubepress-" + UUID().uuidString
    return (try SiteFolder(path: path), { try? FileManager.default.removeItem(atPath: path) })
  }
}

extension TimeSpan {
  /// Reads an option.
  static func argument(_ text: String) throws -> TimeSpan {
    guard let span = TimeSpan(text) else {
      throw ValidationError("“\(text)” is not a length of time: write 7d, 12h, 30m or seconds.")
    }
    return span
  }
}
