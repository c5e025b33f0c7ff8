public import JSON

/// What one nightly run did, for the history of builds.
public struct BuildRun: Sendable, Hashable {
  /// What it did with one dataset.
  public struct Dataset: Sendable, Hashable {
    /// The id.
    public var id: String
    /// How many fields were made.
    public var made: Int
    /// How many fields there are.
    public var count: Int
    /// How long it took, in seconds.
    public var seconds: Double
    /// Whether it could not be made; what was published before stays then.
    ///
    /// Why is for the run's own report: it may name what is not for the public.
    public var hasFailed: Bool

    /// Describes what was done.
    public init(id: String, made: Int, count: Int, seconds: Double, hasFailed: Bool = false) {
      self.id = id
      self.made = made
      self.count = count
      self.seconds = seconds
      self.hasFailed = hasFailed
    }
  }

  /// What was sent when it was published.
  public struct Publication: Sendable, Hashable {
    /// The number of the release.
    public var release: Int
    /// How many objects were sent.
    public var objects: Int
    /// How many bytes.
    public var bytes: Int
    /// How long it took, in seconds.
    public var seconds: Double

    /// Describes what was sent.
    public init(release: Int, objects: Int, bytes: Int, seconds: Double) {
      self.release = release
      self.objects = objects
      self.bytes = bytes
      self.seconds = seconds
    }
  }

  /// When it began, as ISO 8601 in UTC.
  public var started: String
  /// How long the build took, in seconds.
  public var seconds: Double
  /// The datasets, in the recipe's order.
  public var datasets: [Dataset]
  /// What was sent; unknown while it is under way, and where publishing failed.
  public var publication: Publication?

  /// Describes a run.
  public init(
    started: String, seconds: Double, datasets: [Dataset], publication: Publication? = nil
  ) {
    self.started = started
    self.seconds = seconds
    self.datasets = datasets
    self.publication = publication
  }

  /// The run as a document.
  public var json: JSONValue {
    var object: JSONObject = ["started": .string(started), "seconds": Self.rounded(seconds)]
    object["datasets"] = .array(
      datasets.map { dataset in
        [
          "id": .string(dataset.id), "made": .integer(Int64(dataset.made)),
          "fields": .integer(Int64(dataset.count)), "seconds": Self.rounded(dataset.seconds),
          "failed": .bool(dataset.hasFailed),
        ]
      })
    if let publication {
      object["publication"] = [
        "release": .integer(Int64(publication.release)),
        "objects": .integer(Int64(publication.objects)),
        "bytes": .integer(Int64(publication.bytes)),
        "seconds": Self.rounded(publication.seconds),
      ]
    }
    return .object(object)
  }

  private static func rounded(_ seconds: Double) -> JSONValue {
    .number((seconds * 10).rounded() / 10)
  }

  /// Reads such a document; `nil` for anything else.
  public init?(_ json: JSONValue) {
    guard let started = json["started"]?.stringValue, let seconds = json["seconds"]?.doubleValue,
      let datasets = json["datasets"]?.arrayValue
    else { return nil }
    self.started = started
    self.seconds = seconds
    self.datasets = datasets.compactMap { dataset in
      guard let id = dataset["id"]?.stringValue, let made = dataset["made"]?.intValue,
        let count = dataset["fields"]?.intValue, let seconds = dataset["seconds"]?.doubleValue
      else { return nil }
      return Dataset(
        id: id, made: made, count: count, seconds: seconds,
        hasFailed: dataset["failed"]?.boolValue ?? false)
    }
    guard self.datasets.count == datasets.count else { return nil }
    if let sent = json["publication"], let release = sent["release"]?.intValue,
      let objects = sent["objects"]?.intValue, let bytes = sent["bytes"]?.intValue,
      let seconds = sent["seconds"]?.doubleValue
    {
      publication = Publication(
        release: release, objects: objects, bytes: bytes, seconds: seconds)
    }
  }
}
