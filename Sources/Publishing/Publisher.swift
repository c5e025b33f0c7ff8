public import Jobs
public import Stores

/// What a publication did.
public struct PublishReport: Sendable {
  /// The number of the current release now.
  public var release: Int
  /// How it differs from the one before.
  public var changes = ReleaseChanges()
  /// How many objects were sent, copies of documents included.
  public var sentCount = 0
  /// How many bytes were sent.
  public var sentBytes = 0
  /// How many objects a stopped run had sent already.
  public var resumedCount = 0
  /// Objects of other releases that stay for their readers until they are pruned.
  public var goneCount = 0

  /// Whether there was nothing to publish.
  public var isUnchanged: Bool { changes.isEmpty && sentCount == 0 && resumedCount == 0 }
}

/// Publishes a built site: only what changed, and so that readers always find something whole.
///
/// The order is: the parts of the new manifest and a note in the claim of what will be written; all
/// objects that are new or changed; documents, new ones first, and those that are pointed at before
/// those that point; `_release/<n>.json`; and `_release/current.json`, whose conditional write
/// is the moment of publication. Nothing is deleted. A run that is killed at any moment leaves
/// documents whose references all resolve, and the next one goes on.
public struct Publisher {
  private let target: any PublishingTarget
  private let folder: SiteFolder
  private let progress: ProgressDisplay
  private let takesOver: Bool

  /// Prepares to publish.
  ///
  /// - Parameters:
  ///   - folder: the site as built; also keeps the journal of what was sent.
  ///   - target: where to.
  ///   - takesOver: whether to take the claim from a publisher that still holds it.
  ///   - progress: told how far it is.
  public init(
    _ folder: SiteFolder, to target: any PublishingTarget, takesOver: Bool = false,
    progress: ProgressDisplay = ProgressDisplay(style: .quiet)
  ) {
    self.folder = folder
    self.target = target
    self.takesOver = takesOver
    self.progress = progress
  }

  /// Publishes the current release of the folder.
  ///
  /// - Throws: ``PublishingError``, `BucketError` or `StoreError`; then readers still find the former
  ///   release, or the new one where only its last record could not be written.
  public func publish() throws -> PublishReport {
    try folder.startBuild()
    let source = try BuiltSource(folder)
    if let current = try target.current(),
      let release = try target.release(current.pointer.release), release.parts == source.parts,
      try PublishingClaim.read(from: target)?.document.pending.isEmpty ?? true
    {
      return PublishReport(release: release.number)
    }
    return try publish(source)
  }

  /// Publishes what a source has.
  func publish(_ source: some ReleaseSource) throws -> PublishReport {
    let journal = try UploadJournal(in: folder, for: target.location)
    let claim = try PublishingClaim(on: target, id: journal.id, force: takesOver)
    if !claim.isResumed { try journal.forget() }
    try target.abandonUnfinished()
    let publication = try Publication(
      source, to: target, claim: claim, journal: journal, progress: progress)
    let report = try publication.run()
    journal.remove()
    return report
  }
}
