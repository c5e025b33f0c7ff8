public import Buckets

/// Where a site goes, and what stays there for how long.
public struct PublishRecipe: Sendable, Hashable {
  /// `s3://bucket/prefix`, or a folder.
  public var target: String
  /// How the bucket is reached.
  public var bucket: BucketAccess
  /// How long objects stay that are in no release any more; `nil` as the command says.
  public var grace: TimeSpan?
  /// How many releases one can go back to; `nil` as the command says.
  public var keep: Int?

  /// Says where a site goes.
  public init(
    target: String, bucket: BucketAccess = BucketAccess(), grace: TimeSpan? = nil,
    keep: Int? = nil
  ) {
    self.target = target
    self.bucket = bucket
    self.grace = grace
    self.keep = keep
  }
}

/// A length of time, written as `7d`, `12h`, `30m` or a number of seconds.
public struct TimeSpan: Sendable, Hashable, CustomStringConvertible {
  /// How many seconds.
  public let seconds: Int

  /// Makes a length of time.
  public init(seconds: Int) { self.seconds = seconds }

  /// Reads a length of time; `nil` for anything that is none.
  public init?(_ text: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    let factor = text.last.flatMap { units[$0] }
    guard let number = Int(factor == nil ? text[...] : text.dropLast()),
      (0...1_000_000).contains(number)
    else { return nil }
    seconds = number * (factor ?? 1)
  }

  /// As it may be written.
  public var description: String {
    seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : "\(seconds)s"
  }
}

/// Makes from a checked recipe how buckets are reached and where the site goes.
struct PublishRecipeBuilder {
  let folder: String
  let problems: ProblemList

  func publish(_ table: CheckedTable?) -> PublishRecipe? {
    guard let table, let target = table.text("to") else { return nil }
    if target.contains("://"), !target.hasPrefix("s3://"), let place = table["to"]?.place {
      problems.add(
        "bad-target", at: place, "'\(target)' is not a place to publish to",
        because: "Allowed are s3://bucket/prefix and folders.",
        fix: "write 's3://bucket/prefix', and the server as 'endpoint'")
    }
    var grace: TimeSpan?
    if let text = table.text("grace"), let place = table["grace"]?.place {
      grace = TimeSpan(text)
      if grace == nil {
        problems.add(
          "bad-grace", at: place, "'\(text)' is not a length of time",
          because: "Allowed is a number with s, m, h, d or w.", fix: "write '7d'")
      }
    }
    return PublishRecipe(
      target: SourcePath.resolve(target, folder: folder), bucket: Self.bucket(table), grace: grace,
      keep: table.whole("keep"))
  }

  /// How a bucket is reached; as the tools of AWS find it where nothing is said.
  static func bucket(_ table: CheckedTable?) -> BucketAccess {
    guard let table else { return BucketAccess() }
    return BucketAccess(
      endpoint: table.text("endpoint"), region: table.text("region"),
      profile: table.text("profile"),
      style: table.text("addressing").flatMap(BucketAddress.Style.init),
      isAnonymous: table.text("anonymous") == "true")
  }
}
