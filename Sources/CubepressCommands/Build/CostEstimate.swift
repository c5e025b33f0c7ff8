import Cubes
import Foundation
import JSON
import Jobs
import Multiscales
import Recipes
import Series

/// What a site will take in a bucket: objects, bytes, and money at the prices of its recipe.
struct CostEstimate {
  /// Some objects.
  struct Amount {
    var objects = 0.0
    var bytes = 0.0

    /// The amounts of some units in the mean.
    init(meanOf records: [UnitRecord]) {
      let objects = records.flatMap(\.objects)
      let count = Double(max(1, records.count))
      self.init(
        objects: Double(objects.count) / count,
        bytes: Double(objects.map(\.size).reduce(0, +)) / count)
    }

    init(objects: Double = 0, bytes: Double = 0) {
      self.objects = objects
      self.bytes = bytes
    }

    static func + (one: Amount, other: Amount) -> Amount {
      Amount(objects: one.objects + other.objects, bytes: one.bytes + other.bytes)
    }

    static func * (amount: Amount, factor: Double) -> Amount {
      Amount(objects: amount.objects * factor, bytes: amount.bytes * factor)
    }

    static func += (amount: inout Amount, other: Amount) { amount = amount + other }

    var json: JSONValue {
      ["objects": .integer(Int64(objects.rounded())), "bytes": .integer(Int64(bytes.rounded()))]
    }
  }

  /// What one dataset takes.
  struct Dataset {
    /// How many fields of each variable are made to measure them.
    private static let sampleCount = 3

    let id: String
    var fields = 0
    var tiles = Amount()
    var cube = Amount()
    var series = Amount()
    /// The tiles for the 4D viewer.
    var viewer = Amount()
    /// What one more time of all variables adds or changes; nothing for a dataset without times.
    var newTime = Amount()

    var total: Amount { tiles + cube + series + viewer }

    /// Makes fields at even distances in time and measures them.
    ///
    /// The series hold the values of the cube in another order, so they take about as many bytes.
    ///
    /// - Throws: where a field cannot be made.
    init(_ prepared: PreparedDataset, workshop: Workshop) throws {
      id = prepared.recipe.id
      for (number, variable) in prepared.variables.enumerated() {
        let all = variable.fields
        let count = min(Self.sampleCount, all.count)
        let sample = (0..<count).map { all[(2 * $0 + 1) * all.count / (2 * count)] }
        let cubes = prepared.arrays.cubes
        let plan = try workshop.fieldPass.plan([
          FieldWork(
            variable: variable.variable, fields: sample,
            products: [variable.builder] + (cubes.isEmpty ? [] : [cubes[number]])
              + [variable.viewerLayer].compactMap { $0 })
        ])
        try workshop.fieldPass.run(plan)
        let products = plan.records.first ?? []
        let tile = Amount(meanOf: products.first?.records ?? [])
        let chunk = cubes.isEmpty ? Amount() : Amount(meanOf: products[1].records)
        let layer =
          variable.viewerLayer == nil ? Amount() : Amount(meanOf: products.last?.records ?? [])
        fields += all.count
        tiles += tile * Double(all.count)
        cube += chunk * Double(all.count)
        viewer += layer * Double(all.count)
        let times = Set(all.compactMap(\.time)).count
        if times > 0 { newTime += (tile + chunk + layer) * (Double(all.count) / Double(times)) }
        let series = prepared.arrays.series
        guard series.indices.contains(number), let builder = series[number] else { continue }
        let bytes = (chunk.bytes > 0 ? chunk.bytes : tile.bytes) * Double(all.count)
        self.series += Amount(objects: Double(builder.shardCount), bytes: bytes)
        // The latest shards are written anew, whole.
        let latest = 1 - Double(builder.historyCount) / Double(max(1, times))
        newTime += Amount(
          objects: Double(builder.shardCountOfLatest),
          bytes: builder.shardCount == builder.shardCountOfLatest ? bytes : bytes * latest)
      }
    }
  }

  let datasets: [Dataset]
  let prices: PriceRecipe?

  private var total: Amount { datasets.reduce(Amount()) { $0 + $1.total } }

  private var newTime: Amount { datasets.reduce(Amount()) { $0 + $1.newTime } }

  /// What is paid, in the currency of the prices.
  private struct Bill {
    let storage: Double
    let reads: Double
    let transfer: Double
    let upload: Double
    let newTime: Double

    var month: Double { storage + reads + transfer }

    init(_ estimate: CostEstimate, _ prices: PriceRecipe) {
      let total = estimate.total
      storage = total.bytes / 1e9 * prices.storage
      reads = Double(prices.monthlyReads) / 1000 * prices.reads
      transfer = Double(prices.monthlyReads) * estimate.bytesPerRead / 1e9 * prices.transfer
      upload = total.objects / 1000 * prices.writes
      newTime = estimate.newTime.objects / 1000 * prices.writes
    }
  }

  /// What readers mostly get is tiles, or chunks of the cube where there are no tiles.
  private var bytesPerRead: Double {
    let tiles = datasets.reduce(Amount()) { $0 + $1.tiles }
    let read = tiles.objects > 0 ? tiles : total
    return read.objects > 0 ? read.bytes / read.objects : 0
  }

  /// The estimate for people.
  var text: String {
    var rows = [["dataset", "fields", "tiles", "cube", "series", "4D viewer", "objects", "size"]]
    for dataset in datasets {
      rows.append([
        dataset.id, "\(dataset.fields)", Self.size(dataset.tiles), Self.size(dataset.cube),
        Self.size(dataset.series), Self.size(dataset.viewer), Self.count(dataset.total.objects),
        Self.size(dataset.total),
      ])
    }
    let sum = total
    rows.append(["together", "", "", "", "", "", Self.count(sum.objects), Self.size(sum)])
    var lines = Self.table(rows)
    if newTime.objects > 0 {
      lines.append(
        "A new time of all datasets: \(Self.count(newTime.objects)) objects, \(Self.size(newTime))."
      )
    }
    lines.append(
      "Estimated from a few fields of each variable, without pages and the viewer (4 MB).")
    guard let prices else {
      return (lines + ["For the price, add 'prices' to the recipe."]).joined(separator: "\n") + "\n"
    }
    lines += billLines(prices)
    return lines.joined(separator: "\n") + "\n"
  }

  private func billLines(_ prices: PriceRecipe) -> [String] {
    let bill = Bill(self, prices)
    func line(_ what: String, _ value: Double) -> String {
      let gap = String(repeating: " ", count: max(0, 44 - what.count))
      return what + gap + String(format: value < 0.1 ? "%12.4f " : "%10.2f   ", value)
        + prices.currency
    }
    let reads = Double(prices.monthlyReads)
    var lines = [
      "", "A month", line("  keeping \(Self.size(total))", bill.storage),
      line("  \(Self.count(reads)) reads", bill.reads),
      line("  sending \(Self.size(Amount(bytes: reads * bytesPerRead)))", bill.transfer),
      line("  together", bill.month),
      line("Once, storing \(Self.count(total.objects)) objects", bill.upload),
    ]
    if newTime.objects > 0 { lines.append(line("For each new time", bill.newTime)) }
    return lines
  }

  /// The estimate for programs.
  var json: JSONValue {
    var object: JSONObject = [
      "datasets": .array(
        datasets.map { dataset in
          [
            "id": .string(dataset.id), "fields": .integer(Int64(dataset.fields)),
            "tiles": dataset.tiles.json, "cube": dataset.cube.json, "series": dataset.series.json,
            "viewer4D": dataset.viewer.json,
            "newTime": dataset.newTime.json,
          ]
        }),
      "total": total.json, "newTime": newTime.json,
    ]
    if let prices {
      let bill = Bill(self, prices)
      object["prices"] = [
        "currency": .string(prices.currency), "storage": .number(bill.storage),
        "reads": .number(bill.reads), "transfer": .number(bill.transfer),
        "month": .number(bill.month), "upload": .number(bill.upload),
        "newTime": .number(bill.newTime),
      ]
    }
    return .object(object)
  }

  private static func size(_ amount: Amount) -> String {
    amount.bytes == 0 ? "–" : ByteCount.text(Int(amount.bytes.rounded()))
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
}
