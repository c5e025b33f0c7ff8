internal import Pages
internal import Teams

/// The log as the pages of teams and of administrators show it (`audit-table.mustache`).
struct AuditTable {
  /// The most entries that a page shows.
  static let most = 500

  /// Newest first.
  let entries: [AuditEntry]
  /// For how many days they are kept.
  let days: Int

  var value: PageValue {
    [
      "days": .number(days), "most": .number(Self.most),
      "entries": .list(
        entries.map { entry in
          [
            "day": .text(DateText.day(entry.at)), "clock": .text(DateText.clock(entry.at)),
            "actor": .text(entry.actor), "action": .text(entry.action),
            "object": .text(entry.object),
          ]
        }),
    ]
  }
}
