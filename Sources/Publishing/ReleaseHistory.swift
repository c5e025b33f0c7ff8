/// The releases that a target has.
public struct ReleaseHistory {
  private let target: any PublishingTarget

  /// Looks at a target.
  public init(_ target: any PublishingTarget) { self.target = target }

  /// The current release and those before it that are still known, newest first.
  ///
  /// - Throws: ``PublishingError`` when a document is damaged, and what the target throws.
  public func releases(atMost limit: Int = .max) throws -> [Release] {
    var found: [Release] = []
    var number = try target.current()?.pointer.release
    while let wanted = number, found.count < limit, let release = try target.release(wanted) {
      found.append(release)
      // Numbers go down, so that damaged documents cannot lead in a circle.
      number = release.former.flatMap { $0 < wanted ? $0 : nil }
    }
    return found
  }

  /// A release by its number.
  ///
  /// - Throws: ``PublishingError`` when there is none, or none any more.
  public func release(_ number: Int) throws -> Release {
    if let release = try target.release(number) { return release }
    throw PublishingError(
      .absent, attempt: "find release \(number) of \(target.location)",
      reason: "there is none of that number, or it was pruned",
      remedy: "cubepress releases lists them.")
  }

  /// Visits every key that differs between two releases, in order.
  ///
  /// - Parameters:
  ///   - former: the number of the one release.
  ///   - current: the number of the other.
  ///   - visit: gets what the one and the other say of the key.
  /// - Throws: ``PublishingError`` when one is missing or damaged, and what `visit` throws.
  public func compare(
    _ former: Int, _ current: Int,
    _ visit: (String, ManifestEntry?, ManifestEntry?) throws -> Void
  ) throws {
    try target.compare(try release(former).parts, try release(current).parts, visit)
  }
}
