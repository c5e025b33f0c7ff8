internal import Dispatch
internal import Foundation
internal import GRDB
public import Teams

/// Where teams keep their data, and how much of it they may.
public struct WorkspaceSettings: Sendable {
  /// The folder that holds everything: the database and the teams' files.
  public var dataFolder: String
  /// How much a team may keep where nothing else was decided for it, in bytes.
  public var teamQuota: Int64 = 100 << 30
  /// The largest file that is put with one request, in bytes.
  public var largestFile: Int64 = 4 << 30
  /// The most versions that are kept of one file.
  public var versionsOfFile = 1000
  /// The most uploads of a team that may be under way at once.
  public var uploadsUnderWay = 200
  /// Of how many ended uploads of a team the outcome is kept; as many as can be under way, so that whoever waits
  /// for one hears of it.
  public var outcomesKept = 200
  /// How long an upload may rest before it is forgotten, in seconds.
  public var uploadLifetime: Int64 = 7 * 86_400
  /// How long the bytes of a dataset stay after it was replaced, for those who read them just then, in seconds.
  public var replacedLifetime: Int64 = 3600
  /// How long entries of the log stay, in seconds; they go at the end of a day.
  public var logLifetime: Int64 = 400 * 86_400
  /// How long a content stays after the public site is made of another, for a build that reads it just then,
  /// in seconds.
  public var unpublishedLifetime: Int64 = 2 * 86_400
  /// How long a query of places, or a change of those that one names, may take.
  public var queryTime = Duration.seconds(30)
  /// The path of the program `cubepress`, which looks into what is handed in.
  public var program: String

  /// Sets what has no default; the program lies beside the running one where nothing else is said.
  public init(dataFolder: String, program: String? = nil) {
    self.dataFolder = dataFolder
    self.program = program ?? Self.programBeside
  }

  private static var programBeside: String {
    let running = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: running ?? CommandLine.arguments.first ?? "")
      .deletingLastPathComponent().appending(path: "cubepress").path(percentEncoded: false)
  }
}

/// What teams keep: uploads and the datasets made of them, files, places, and what they publish.
///
/// Knows nothing of HTTP and decides nothing about who may; whoever calls it has asked `Teams`.
public final class Workspace: Sendable {
  /// Where things lie, and how much of it there may be.
  public let settings: WorkspaceSettings
  let database: TeamDatabase
  let uploadsAtWork = NamesAtWork()
  let tally = UploadTally()
  let arriving = BytesArriving()
  /// How uploads are looked at: one at a time, since each may need much memory.
  let checks = Turns(atOnce: 1)
  /// How pages of stories are made; a check of a large cube takes minutes, a page seconds, a hostile one two minutes.
  let stories = Turns(atOnce: 2, mostWaiting: 20)
  let storyFailures = StoryFailures()
  /// How places are asked for: of the few connections to the database some must always be left for everything else.
  let queries = Turns(atOnce: 3, mostWaiting: 50)

  /// A workspace within a database and a data folder.
  public init(database: TeamDatabase, settings: WorkspaceSettings) {
    self.database = database
    self.settings = settings
  }

  /// Takes up what a stop or a crash of the server left: checks of uploads begin again, files that
  /// belong to nothing go, recipes of publications are as the database says.
  ///
  /// Call it once, before the first request.
  ///
  /// - Throws: ``WorkspaceError`` where the database or the disk fails.
  public func takeUp(now: Int64) async throws(WorkspaceError) {
    try await tidy(now: now)
    try await removeOrphans()
    try await writePublishedRecipes()
    for upload in try await uploadsToCheck() { startCheck(of: upload) }
    tidyFromTimeToTime()
  }

  /// Removes what was kept for long enough.
  private func tidy(now: Int64) async throws(WorkspaceError) {
    try await forgetOldUploads(now: now)
    try await removeReplaced(now: now)
  }

  /// Goes on until the workspace is let go of.
  private func tidyFromTimeToTime() {
    Task { [weak self] in
      // Not before the first request: a log that was never cut may be long.
      try? await self?.cutLog(now: Self.secondsNow)
      while true {
        try? await Task.sleep(for: .seconds(300))
        guard let self else { return }
        // What cannot be removed now can later.
        try? await tidy(now: Self.secondsNow)
        try? await cutLog(now: Self.secondsNow)
      }
    }
  }

  private static var secondsNow: Int64 { Int64(Date.now.timeIntervalSince1970) }

  /// Removes entries of the log that were kept for long enough: whole days, so that it says so once a day at most.
  func cutLog(now: Int64) async throws(TeamsError) {
    try await database.cutAudit(before: now - now % 86_400 - settings.logLifetime, now: now)
  }

  func teamFolder(_ team: String) -> String { "\(settings.dataFolder)/teams/\(team)" }

  func look<Value: Sendable>(
    _ attempt: String, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(WorkspaceError) -> Value {
    do { return try await database.pool.read(body) } catch { throw WorkspaceError(attempt, error) }
  }

  /// Looks something up that may take long.
  ///
  /// - Throws: ``WorkspaceError``, of kind `tooLong` after the limit; `CancellationError` where nobody waits for it any
  ///   more.
  func look<Value: Sendable>(
    _ attempt: String, within limit: Duration,
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    let pool = database.pool
    let work = Task { try await pool.read(body) }
    let end = Self.cancel(work, after: limit)
    defer { end.cancel() }
    do {
      return try await withTaskCancellationHandler {
        try await work.value
      } onCancel: {
        work.cancel()
      }
    } catch {
      try Task.checkCancellation()
      throw WorkspaceError(attempt, error)
    }
  }

  /// Cancelled in time, it cancels nothing.
  private static func cancel<Value: Sendable>(
    _ work: Task<Value, any Error>, after limit: Duration
  ) -> Task<Void, any Error> {
    Task {
      try await Task.sleep(for: limit)
      work.cancel()
    }
  }

  /// Changes the database in one transaction; all of them run one after the other.
  ///
  /// Goes on when the request that asked for it is cancelled: what was received must be written down.
  ///
  /// - Parameters:
  ///   - attempt: what is tried.
  ///   - limit: the longest that it may take; then nothing was changed.
  ///   - body: what is done within the transaction.
  /// - Returns: what the body returns.
  /// - Throws: ``WorkspaceError``.
  @discardableResult
  func change<Value: Sendable>(
    _ attempt: String, within limit: Duration? = nil,
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(WorkspaceError) -> Value {
    let pool = database.pool
    let work = Task { try await pool.write(body) }
    let end = limit.map { Self.cancel(work, after: $0) }
    defer { end?.cancel() }
    do { return try await work.value } catch { throw WorkspaceError(attempt, error) }
  }
}

/// Blocking work, kept off the threads that answer requests.
enum BlockingWork {
  private static let queue = DispatchQueue(label: "cubepress.files", attributes: .concurrent)

  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body() }) }
    }
  }
}
