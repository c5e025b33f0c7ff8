/// Which of several workers does a piece of work: the third of eight, for example.
///
/// It follows from the piece alone, so a worker that is started again, late or twice finds the same
/// pieces, whatever others have done meanwhile.
public struct Share: Sendable, Hashable, CustomStringConvertible {
  /// The number of the worker, from 1.
  public let number: Int
  /// How many workers there are.
  public let count: Int

  /// All of the work.
  public static let all = Share(number: 1, count: 1)

  private init(number: Int, count: Int) {
    self.number = number
    self.count = count
  }

  /// Reads `3/8`, the third of eight; `nil` where the text is not like that.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1],
      (1...100_000).contains(count), (1...count).contains(number)
    else { return nil }
    self.init(number: number, count: count)
  }

  /// The share of several to which a piece of work falls by its turn.
  ///
  /// - Parameters:
  ///   - turn: the number of the piece, at least 0.
  ///   - count: how many shares there are, at least one.
  public init(ofTurn turn: Int, among count: Int) {
    self.init(number: turn % count + 1, count: count)
  }

  /// Whether the piece of work with that turn belongs to this share.
  public func takes(turn: Int) -> Bool { Share(ofTurn: turn, among: count) == self }

  /// Such as `3/8`.
  public var description: String { "\(number)/\(count)" }
}
