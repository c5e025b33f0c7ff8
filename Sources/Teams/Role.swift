/// What somebody may do in a team or with a dataset; each role may do all that the ones before it may.
public enum Role: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Sees and downloads.
  case reader
  /// Uploads, changes and removes.
  case editor
  /// Decides who may.
  case owner

  /// Orders roles by what they may.
  public static func < (first: Role, second: Role) -> Bool { first.rank < second.rank }

  private var rank: Int {
    switch self {
    case .reader: 0
    case .editor: 1
    case .owner: 2
    }
  }
}

/// What an access token may be used for, at most, whatever its user's roles are.
public enum TokenScope: String, Sendable, Hashable, CaseIterable {
  case read
  case write

  /// The highest role that a request with such a token has.
  var highestRole: Role {
    switch self {
    case .read: .reader
    case .write: .editor
    }
  }
}
