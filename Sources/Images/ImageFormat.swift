/// How an image is written.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable, Codable {
  /// PNG with a palette: exact, read by everything.
  case png
  /// WebP: exact, or much smaller at a stated quality.
  case webp

  /// What HTTP calls it.
  public var mediaType: String { "image/\(rawValue)" }
  /// The end of its file names, without a dot.
  public var fileExtension: String { rawValue }
}

/// What to spend on making images smaller.
public enum Effort: String, Sendable, Hashable, CaseIterable {
  /// As many tiles a second as possible.
  case fast
  /// Close to the smallest at a good speed.
  case standard
  /// As small as pays.
  case small
}
