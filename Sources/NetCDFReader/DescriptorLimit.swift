import Foundation

/// Keeps the library from opening other files than those that were asked for.
///
/// HDF5 follows what a file says of values in other files (external storage, virtual datasets, external
/// links) to any path. Somebody who may hand in a file could so read what only this program may. The
/// system gives out the lowest free number for a new descriptor: with a limit just above it there is room
/// for the file itself and for nothing else.
enum DescriptorLimit {
  /// Set where files are of strangers, as uploads are. Not always: the library also finds plug-ins for
  /// filters by opening files.
  private static let isWanted =
    ProcessInfo.processInfo.environment["CUBEPRESS_FOREIGN_FILES"] != nil

  /// Allows one more open file while something opens it; afterwards none.
  static func opening<Value>(_ body: () throws -> Value) throws -> Value {
    guard isWanted else { return try body() }
    let free = try lowestFree()
    try set(free + 1)
    do {
      return try body()
    } catch {
      try set(free)
      throw error
    }
  }

  private static func lowestFree() throws -> Int32 {
    // A limit that is in force would keep the number from being found.
    try set(4096)
    let number = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw CocoaError(.fileReadUnknown) }
    close(number)
    return number
  }

  private static func set(_ limit: Int32) throws {
    var limits = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(kind, &limits) == 0 else { throw CocoaError(.fileReadUnknown) }
    limits.rlim_cur = min(rlim_t(limit), limits.rlim_max)
    guard setrlimit(kind, &limits) == 0 else { throw CocoaError(.fileReadUnknown) }
  }
}
