/// What a bucket costs, so that the cost of a site can be told before it is built.
public struct PriceRecipe: Sendable, Hashable {
  /// The currency, such as USD.
  public var currency: String
  /// Keeping a GB (10⁹ bytes) for a month.
  public var storage: Double
  /// Storing a thousand objects (PUT requests).
  public var writes: Double
  /// Answering a thousand GET requests.
  public var reads: Double
  /// Sending a GB to readers.
  public var transfer: Double
  /// How many objects readers are expected to get in a month.
  public var monthlyReads: Int

  /// Makes a list of prices.
  public init(
    currency: String, storage: Double, writes: Double, reads: Double, transfer: Double,
    monthlyReads: Int
  ) {
    self.currency = currency
    self.storage = storage
    self.writes = writes
    self.reads = reads
    self.transfer = transfer
    self.monthlyReads = monthlyReads
  }

  init(_ table: CheckedTable, problems: ProblemList) {
    func price(_ key: String) -> Double {
      let price = table.number(key) ?? 0
      if price < 0, let place = table[key]?.place {
        problems.add(
          "bad-price", at: place, "the price '\(key)' is below zero",
          because: "A price is 0 or more.")
      }
      return price
    }
    self.init(
      currency: table.text("currency") ?? "USD", storage: price("storage"),
      writes: price("writes"), reads: price("reads"), transfer: price("transfer"),
      monthlyReads: table.whole("monthly-reads") ?? 0)
  }
}
