/// Why something about users, teams or their grants could not be done.
public struct TeamsError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, for a caller that answers each differently.
  public enum Kind: Sendable, Equatable {
    /// The words of the request break a rule: a name, a password, a role.
    case invalid
    /// What is named does not exist, or the asker may not know of it.
    case unknown
    /// It exists already.
    case taken
    /// There are as many of this kind as there may be.
    case full
    /// The disk of the server is full.
    case diskFull
    /// The database cannot be opened, read or written.
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

extension TeamsError {
  /// Why nothing can be written on a full disk, for those who do not run the server.
  package static let diskFullReason = "the disk of the server is full"
  /// What they can do.
  package static let diskFullRemedy =
    "tell whoever runs the server, and try again when there is room"

  /// Nobody has this name.
  public static func noUser(_ name: String) -> TeamsError {
    TeamsError(
      .unknown, "find the user '\(name)'", because: "nobody has this name",
      remedy: "ask an administrator to add them")
  }

  /// A team has nothing of this name that it could share.
  public static func nothingToShare(_ item: String) -> TeamsError {
    TeamsError(
      .unknown, "share '\(item.prefix(100))'",
      because: "the team has nothing of this name and kind",
      remedy:
        "write it as in the lists of datasets, places or files, a folder with a slash at its end")
  }

  /// There is no cube where a path leads.
  public static func nothing(at path: String) -> TeamsError {
    TeamsError(
      .unknown, "register '\(path)'",
      because: "there is nothing at this place below the team's roots",
      remedy: "put the cube there first, and see that no link leads out of the root")
  }

  /// No team has this name.
  public static func noTeam(_ name: String) -> TeamsError {
    TeamsError(
      .unknown, "find the team '\(name)'", because: "no team has this name",
      remedy: "ask its members how it is spelt")
  }
}
