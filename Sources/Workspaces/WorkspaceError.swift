internal import GRDB
internal import Teams

/// Why something in a team's workspace could not be done.
public struct WorkspaceError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, for a caller that answers each differently.
  public enum Kind: Sendable, Equatable {
    /// The words of the request break a rule: a name, a query, a geometry.
    case invalid
    /// What is named does not exist.
    case unknown
    /// It exists already.
    case taken
    /// The team's quota does not allow it, or there are as many of this kind as there may be.
    case full
    /// It is larger than one thing may be.
    case tooLarge
    /// Something else was there than the request supposes: another offset, another version.
    case conflict
    /// It was not done within the time that one thing may take.
    case tooLong
    /// Somebody else is at it just now.
    case busy
    /// What arrived does not fit the checksum that came with it.
    case mismatch
    /// The disk of the server is full.
    case diskFull
    /// The database or the disk fails.
    case storage
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// What was tried, as words after "cannot".
  public let attempt: String
  /// Why it could not be done.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  init(_ kind: Kind, _ attempt: String, because reason: String, remedy: String) {
    self.kind = kind
    self.attempt = attempt
    self.reason = reason
    self.remedy = remedy
  }

  /// The whole error as one sentence.
  public var description: String { "Cannot \(attempt): \(reason); \(remedy)." }
}

extension WorkspaceError {
  /// What a failure of the database or the disk means to somebody who knows neither.
  init(_ attempt: String, _ error: any Error) {
    switch error {
    case let error as WorkspaceError: self = error
    case let error as TeamsError:
      let kind: Kind =
        switch error.kind {
        case .diskFull: .diskFull
        case .full: .full
        case .invalid, .unknown, .taken, .storage: .storage
        }
      self.init(kind, error.attempt, because: error.reason, remedy: error.remedy)
    case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
      self = .diskFull(attempt)
    case let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT:
      self.init(
        .taken, attempt, because: "it exists already", remedy: "choose another name")
    case is CancellationError:
      self.init(
        .tooLong, attempt, because: "it takes too long",
        remedy: "ask for fewer at once, by a smaller box or one more condition")
    default:
      self.init(.storage, attempt, because: "\(error)", remedy: "look at the server's log")
    }
  }

  static func diskFull(_ attempt: String) -> WorkspaceError {
    WorkspaceError(
      .diskFull, attempt, because: TeamsError.diskFullReason, remedy: TeamsError.diskFullRemedy)
  }

  static func unknown(_ attempt: String, _ thing: String) -> WorkspaceError {
    WorkspaceError(
      .unknown, attempt, because: "there is no such \(thing)", remedy: "look at the list of them")
  }
}
