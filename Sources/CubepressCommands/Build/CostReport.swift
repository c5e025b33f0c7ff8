import Foundation
import JSON
import Pages
import Recipes

/// What a site will take, for people and for programs.
struct CostReport {
  let estimate: CostEstimate

  private typealias Amount = CostEstimate.Amount

  /// The products of a dataset in the order of the columns, by their names for programs.
  private static func products(
    _ dataset: CostEstimate.Dataset
  ) -> [(name: String, amount: Amount)] {
    [
      ("tiles", dataset.tiles), ("cube", dataset.cube), ("series", dataset.series),
      ("terrain", dataset.terrain), ("viewer4D", dataset.viewer),
    ]
  }

  private static let columns =
    ["objects", "size", "fields", "tiles", "cube", "series", "terrain", "4D viewer"]

  private static let how =
    "Estimated from a site built with a few fields of each variable. Not counted: the records of "
    + "nightly runs, and what stays of former releases until it is pruned."

  /// What a table says of all datasets and of what they share.
  private var rows: [(name: String, cells: [String])] {
    let datasets = estimate.datasets.map { dataset in
      (
        dataset.id,
        Self.sum(dataset.total) + [Self.count(Double(dataset.fields))]
          + Self.products(dataset).map { Self.size($0.amount) }
      )
    }
    let others = [
      ("pages and documents", estimate.site.documents), ("records of releases", estimate.records),
      ("together", estimate.total),
    ]
    // Fields and products are those of datasets.
    return datasets
      + others.map { name, amount in
        let cells = Self.sum(amount)
        return (name, cells + Self.columns.dropFirst(cells.count).map { _ in "" })
      }
  }

  private static func sum(_ amount: Amount) -> [String] { [count(amount.objects), size(amount)] }

  private var newTime: String? {
    guard estimate.newTime.objects > 0 else { return nil }
    return "A new time of all datasets: \(Self.count(estimate.newTime.objects)) objects, "
      + "\(Self.size(estimate.newTime)), and the documents that name it."
  }

  /// What is paid for, and how much.
  private func bill(_ prices: PriceRecipe) -> (month: [(String, Double)], once: [(String, Double)])
  {
    let bill = CostEstimate.Bill(estimate, prices)
    let reads = Double(prices.monthlyReads)
    var once = [("Once, storing \(Self.count(estimate.total.objects)) objects", bill.upload)]
    if estimate.newTime.objects > 0 { once.append(("For each new time", bill.newTime)) }
    return (
      [
        ("keeping \(Self.size(estimate.total))", bill.storage),
        ("\(Self.count(reads)) reads", bill.reads),
        ("sending \(Self.size(Amount(bytes: reads * estimate.bytesPerRead)))", bill.transfer),
        ("together", bill.month),
      ], once
    )
  }

  private static func price(_ value: Double) -> String {
    String(format: value < 0.1 ? "%.4f" : "%.2f", value)
  }

  // MARK: Text

  var text: String {
    var lines = Self.table([["dataset"] + Self.columns] + rows.map { [$0.name] + $0.cells })
    if let newTime { lines.append(newTime) }
    lines.append(Self.how)
    guard let prices = estimate.prices else {
      return (lines + ["For the price, add 'prices' to the recipe."]).joined(separator: "\n") + "\n"
    }
    let (month, once) = bill(prices)
    func line(_ what: String, _ value: Double) -> String {
      let gap = String(repeating: " ", count: max(0, 44 - what.count))
      return what + gap + String(format: value < 0.1 ? "%12.4f " : "%10.2f   ", value)
        + prices.currency
    }
    lines += ["", "A month"] + month.map { line("  " + $0, $1) } + once.map { line($0, $1) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Rows with columns below each other: the first to the left, the others to the right.
  private static func table(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let gap = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + gap : gap + cell.0
      }.joined(separator: "  ")
    }
  }

  // MARK: JSON

  var json: JSONValue {
    var object: JSONObject = [
      "datasets": .array(estimate.datasets.map(Self.json)),
      "documents": Self.json(estimate.site.documents), "records": Self.json(estimate.records),
      "total": Self.json(estimate.total), "newTime": Self.json(estimate.newTime),
    ]
    if let prices = estimate.prices, let bill = estimate.bill {
      object["prices"] = [
        "currency": .string(prices.currency), "storage": .number(bill.storage),
        "reads": .number(bill.reads), "transfer": .number(bill.transfer),
        "month": .number(bill.month), "upload": .number(bill.upload),
        "newTime": .number(bill.newTime),
      ]
    }
    return .object(object)
  }

  private static func json(_ dataset: CostEstimate.Dataset) -> JSONValue {
    var object: JSONObject = [
      "id": .string(dataset.id), "fields": .integer(Int64(dataset.fields)),
      "newTime": json(dataset.newTime),
    ]
    for product in products(dataset) { object[product.name] = json(product.amount) }
    return .object(object)
  }

  private static func json(_ amount: Amount) -> JSONValue {
    [
      "objects": .integer(Int64(amount.objects.rounded())),
      "bytes": .integer(Int64(amount.bytes.rounded())),
    ]
  }

  // MARK: Page

  /// A page that needs no other file.
  ///
  /// - Parameters:
  ///   - site: what the site says about itself.
  ///   - share: where the templates and style sheets are.
  /// - Returns: the HTML.
  /// - Throws: `PageError` where one is missing.
  func page(site: SiteRecipe, share: SharedFiles) throws -> [UInt8] {
    let styles = try ["tokens.css", "site.css"].map {
      try String(contentsOf: URL(fileURLWithPath: "\(share.site)/\($0)"), encoding: .utf8)
    }
    var context: [String: PageValue] = [
      "language": .text(site.language), "siteTitle": .text(site.title),
      "inlineStyles": .markup(styles.joined(separator: "\n")),
      "columns": .list(Self.columns.map { .text($0) }),
      "costRows": .list(
        rows.map { row in
          ["costName": .text(row.name), "costCells": .list(row.cells.map { .text($0) })]
        }),
      "newTime": .optional(newTime), "how": .text(Self.how),
    ]
    if let prices = estimate.prices {
      let (month, once) = bill(prices)
      func list(_ lines: [(String, Double)]) -> PageValue {
        .list(lines.map { ["billName": .text($0), "billPrice": .text(Self.price($1))] })
      }
      context["bill"] = [
        "currency": .text(prices.currency), "monthPrice": .text(Self.price(month.last?.1 ?? 0)),
        "month": list(month), "once": list(once), "tariff": .list(Self.tariff(prices)),
      ]
    }
    return Array(try PageTemplates.load(folder: share.templates).render("costs", context).utf8)
  }

  private static func tariff(_ prices: PriceRecipe) -> [PageValue] {
    [
      ("a GB kept for a month", prices.storage), ("a thousand objects stored", prices.writes),
      ("a thousand reads", prices.reads), ("a GB sent to readers", prices.transfer),
    ].map { ["tariffName": .text($0), "tariffPrice": .text("\($1)")] }
  }

  private static func size(_ amount: Amount) -> String {
    amount.bytes < 0.5 ? "–" : ByteCount.text(Int(amount.bytes.rounded()))
  }

  /// A number with gaps between thousands.
  private static func count(_ number: Double) -> String {
    var digits = String(Int(number.rounded()))
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: " ")
  }
}
