import CKernels

/// What the indices of an image have in common.
public struct IndexSummary: Sendable, Hashable {
  /// Whether there is nothing to see: every value is missing.
  public let allMissing: Bool
  /// The one index that all pixels have, if so.
  public let uniform: UInt8?
  /// The lowest index but 0; nil if all are missing.
  public let lowest: UInt8?
  /// The highest index; 0 if all are missing.
  public let highest: UInt8
  /// How many pixels are missing.
  public let missing: Int

  /// Summarises indices.
  public init(_ indices: UnsafeBufferPointer<UInt8>) {
    guard let start = indices.baseAddress, !indices.isEmpty else {
      self.init(allMissing: true, uniform: nil, lowest: nil, highest: 0, missing: 0)
      return
    }
    let found = cubepress_summarise(start, indices.count)
    let allMissing = found.missing == indices.count
    let isUniform = allMissing || (found.missing == 0 && found.lowest == found.highest)
    self.init(
      allMissing: allMissing, uniform: isUniform ? found.highest : nil,
      lowest: allMissing ? nil : found.lowest, highest: found.highest, missing: found.missing)
  }

  private init(
    allMissing: Bool, uniform: UInt8?, lowest: UInt8?, highest: UInt8, missing: Int
  ) {
    self.allMissing = allMissing
    self.uniform = uniform
    self.lowest = lowest
    self.highest = highest
    self.missing = missing
  }
}
