internal import Pages
internal import Teams

/// One row of the log that the pages of teams and of administrators show (`audit-table.mustache`).
enum AuditRow {
  static func values(_ entry: AuditEntry) -> PageValue {
    [
      "day": .text(DateText.day(entry.at)), "clock": .text(DateText.clock(entry.at)),
      "actor": .text(entry.actor), "action": .text(entry.action), "object": .text(entry.object),
    ]
  }
}
