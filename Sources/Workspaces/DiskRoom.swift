internal import Foundation

/// How much room the disk has on which everything lies.
public struct DiskRoom: Sendable, Hashable {
  /// Bytes that the server may still write.
  public let bytes: Int64
  /// Files that it may still make; `nil` where the file system sets no limit.
  public let files: Int64?

  /// States how much room there is.
  public init(bytes: Int64, files: Int64?) {
    self.bytes = bytes
    self.files = files
  }

  /// The least with which the database can still be written to.
  private static let least: Int64 = 1 << 20

  /// Whether writing fails, or will with the next small thing.
  public var isFull: Bool { bytes < Self.least || files == 0 }
}

extension Workspace {
  /// How much room there is on the disk of the data folder; `nil` where the system does not tell.
  public func diskRoom() async -> DiskRoom? {
    let folder = settings.dataFolder
    return try? await BlockingWork.run { () -> DiskRoom? in
      var facts = statvfs()
      guard statvfs(folder, &facts) == 0 else { return nil }
      let (bytes, overflow) = UInt64(facts.f_bavail).multipliedReportingOverflow(
        by: UInt64(facts.f_frsize))
      return DiskRoom(
        bytes: overflow ? .max : Int64(clamping: bytes),
        files: facts.f_files == 0 ? nil : Int64(clamping: facts.f_favail))
    }
  }
}
