import Glibc

/// Where fields find room: heap up to a budget, scratch files beyond.
public struct FieldMemory: Sendable {
  /// How many bytes fields may take on the heap, all together.
  public let budget: Int
  /// The folder for the scratch files of larger fields.
  public let scratchFolder: String

  /// States a budget.
  public init(budget: Int, scratchFolder: String) {
    self.budget = budget
    self.scratchFolder = scratchFolder
  }

  /// Bytes that a field with all its levels and the weights of two takes.
  static func bytes(rows: Int, columns: Int, withDoubles: Bool) -> Int {
    // Levels: 1 + 1/4 + 1/16 … ≤ 4/3; weights of levels 1 and 2: 1/4 + 1/16.
    rows * columns * MemoryLayout<Float>.stride * 5 / 3
      + (withDoubles ? rows * columns * MemoryLayout<Double>.stride : 0)
  }

  /// How many pieces of so many bytes fit the budget at once; 0 where not even one does.
  func pieces(bytes: Int) -> Int { budget / max(1, bytes) }

  /// How many pieces of so many bytes fit the disk of the scratch folder and leave half of its room
  /// to others; `.max` where that cannot be told.
  func scratchPieces(bytes: Int) -> Int {
    var status = statvfs()
    guard statvfs(scratchFolder, &status) == 0 else { return .max }
    let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return free.overflow ? .max : Int(clamping: free.partialValue / 2) / max(1, bytes)
  }
}
