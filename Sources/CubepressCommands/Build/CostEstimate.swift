import Cubes
import Foundation
import JSON
import Jobs
import Multiscales
import Publishing
import Recipes
import Series
import Stores
import ViewerLayers

/// What a site will take in a bucket: objects, bytes, and money at the prices of its recipe.
struct CostEstimate {
  /// Some objects.
  struct Amount {
    var objects = 0.0
    var bytes = 0.0

    init(objects: Double = 0, bytes: Double = 0) {
      self.objects = objects
      self.bytes = bytes
    }

    init(_ objects: Int, _ bytes: Int) {
      self.init(objects: Double(objects), bytes: Double(bytes))
    }

    /// The amounts of some units in the mean.
    init(meanOf units: [FinishedUnit]) {
      let sum = Amount(units.map(\.count).reduce(0, +), units.map(\.bytes).reduce(0, +))
      self = sum * (1 / Double(max(1, units.count)))
    }

    static func + (one: Amount, other: Amount) -> Amount {
      Amount(objects: one.objects + other.objects, bytes: one.bytes + other.bytes)
    }

    static func - (one: Amount, other: Amount) -> Amount { one + other * -1 }

    static func * (amount: Amount, factor: Double) -> Amount {
      Amount(objects: amount.objects * factor, bytes: amount.bytes * factor)
    }

    static func += (amount: inout Amount, other: Amount) { amount = amount + other }
  }

  /// What one dataset takes, without its documents.
  struct Dataset {
    let id: String
    var fields = 0
    var tiles = Amount()
    var cube = Amount()
    var series = Amount()
    /// Meshes and Terrain-RGB.
    var terrain = Amount()
    /// The tiles for the 4D viewer.
    var viewer = Amount()
    /// What one more time of all variables adds or changes; nothing for a dataset without times.
    var newTime = Amount()
    /// What was made of the sample.
    let sampled: Amount

    var total: Amount { tiles + cube + series + terrain + viewer }

    /// Tells from a sample of the fields what all of them take.
    ///
    /// The series hold the values of the cube in another order, so they take about as many bytes.
    ///
    /// - Parameters:
    ///   - whole: the dataset with all of its fields.
    ///   - sample: the same with some of them, made.
    ///   - build: what was made of the sample.
    ///   - journal: what is known of its units.
    /// - Throws: where a record cannot be read.
    init(
      _ whole: PreparedDataset, sample: PlannedDataset, build: DatasetBuild, journal: Journal
    ) throws {
      id = whole.recipe.id
      sampled = build.products.reduce(Amount()) { $0 + Amount($1.listed.count, $1.listed.bytes) }
      for (number, variable) in whole.variables.enumerated() {
        let records = sample.fields.records[number]
        let arrays = sample.prepared.arrays.products(number).count
        let hasCube = !whole.arrays.cubes.isEmpty
        let tile = Amount(meanOf: records.first?.records ?? [])
        let chunk = hasCube ? Amount(meanOf: records[1].records) : Amount()
        let others = OtherRecords(
          records.dropFirst(1 + arrays), of: sample.prepared.variables[number])
        let ground = others.terrain.reduce(Amount()) { $0 + Amount(meanOf: $1.records) }
        let layer = Amount(meanOf: others.viewerLayer?.records ?? [])
        let count = Double(variable.fields.count)
        let times = Set(variable.fields.compactMap(\.time)).count
        fields += variable.fields.count
        tiles += tile * count
        cube += chunk * count
        terrain += ground * count
        viewer += layer * count
        if times > 0 { newTime += (tile + chunk + ground + layer) * (count / Double(times)) }
        let volumes = try sample.prepared.variables[number].viewerLayer?.volumeUnits.compactMap {
          try journal.finished($0)
        }
        if let volumes, !volumes.isEmpty {
          let volume = Amount(meanOf: volumes)
          viewer += volume * Double(max(1, times))
          if times > 0 { newTime += volume }
        }
        add(whole.arrays, number, bytes: (hasCube ? chunk : tile).bytes * count, times: times)
      }
    }

    private mutating func add(_ arrays: ArrayProducts, _ number: Int, bytes: Double, times: Int) {
      guard arrays.series.indices.contains(number), let builder = arrays.series[number] else {
        return
      }
      series += Amount(objects: Double(builder.shardCount), bytes: bytes)
      // The latest shards are written anew, whole.
      let latest = 1 - Double(builder.historyCount) / Double(max(1, times))
      newTime += Amount(
        objects: Double(builder.shardCountOfLatest),
        bytes: builder.shardCount == builder.shardCountOfLatest ? bytes : bytes * latest)
    }
  }

  /// What a site has beside the products of its datasets.
  struct Site {
    /// Pages, metadata, legends, cubes of paper, the viewer, stories.
    let documents: Amount
    /// Copies of documents by which one can go back to a release.
    let copies: Amount
    /// How many bytes the manifest has for each object.
    let manifestBytes: Double

    /// Looks at a site that was made of a sample.
    ///
    /// - Parameters:
    ///   - manifest: its release.
    ///   - sampled: what its datasets have without documents.
    /// - Throws: where the manifest cannot be read.
    init(_ manifest: ReleaseManifest, sampled: Amount) throws {
      var (all, copies) = (Amount(), Amount())
      if let release = try manifest.current() {
        var entries = manifest.objects(of: release)
        while let entry = try entries.next() {
          all += Amount(1, entry.size)
          if PublishedForm.isDocument(entry.key) { copies += Amount(1, entry.size) }
        }
      }
      var parts = 0
      try manifest.folder.forEachFile(below: "_release/parts") { parts += $0.size }
      documents = all - sampled
      self.copies = copies
      manifestBytes = Double(parts) / max(1, all.objects)
    }

    /// What publishing adds for so many objects: parts of some sixteen thousand lines, three documents
    /// and the copies.
    func records(_ objects: Double) -> Amount {
      copies + Amount(objects: (objects / 16_384).rounded(.up) + 3, bytes: objects * manifestBytes)
    }
  }

  let datasets: [Dataset]
  let site: Site
  let prices: PriceRecipe?

  /// What publishing adds.
  var records: Amount { site.records(products.objects + site.documents.objects) }

  private var products: Amount { datasets.reduce(Amount()) { $0 + $1.total } }

  var total: Amount { products + site.documents + records }

  var newTime: Amount { datasets.reduce(Amount()) { $0 + $1.newTime } }

  /// What readers mostly get is tiles, or chunks of the cube where there are no tiles.
  var bytesPerRead: Double {
    let tiles = datasets.reduce(Amount()) { $0 + $1.tiles }
    let read = tiles.objects > 0 ? tiles : products
    return read.objects > 0 ? read.bytes / read.objects : 0
  }

  /// What is paid, in the currency of the prices.
  struct Bill {
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

  var bill: Bill? { prices.map { Bill(self, $0) } }
}
