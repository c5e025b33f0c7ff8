import Cubes
import Foundation
import JSON
import Jobs
import Multiscales
import Stores
import Synchronization
import TestKit
import Testing

/// The pass over fields: what it reads, what it hands to which product, and what it remembers.
struct FieldPassTests {
  /// Ten steps of 29 × 45 cells in chunks of 4 × 7 × 11.
  private static let days = (0..<10).map(Double.init)

  private static func value(time: Int, row: Int, column: Int) -> Double {
    (row * 7 + column * 13 + time) % 5 == 0 ? .nan : Double(time * 10_000 + row * 100 + column)
  }

  private func writeCube(_ folder: TemporaryFolder, type: String = "f4") throws -> String {
    var cube = TestCube(
      x: TestCube.centres(from: -30, step: 1, count: 45),
      y: TestCube.centres(from: 70, step: -1.5, count: 29))
    cube.days = Self.days
    cube.chunkTimes = 4
    cube.type = type
    return try cube.write(to: folder, value: Self.value)
  }

  /// Serves a store over HTTP, which cannot list: with consolidated metadata.
  private func serve(_ path: String) throws -> LoopbackServer {
    var objects: [String: [UInt8]] = [:]
    var heads: [String] = []
    let files = try #require(FileManager.default.enumerator(atPath: path))
    for case let key as String in files {
      guard let data = try? Data(contentsOf: URL(fileURLWithPath: path + "/" + key)) else {
        continue
      }
      objects["cube.zarr/" + key] = Array(data)
      if key.contains(".z") { heads.append("\"\(key)\":" + String(decoding: data, as: UTF8.self)) }
    }
    objects["cube.zarr/.zmetadata"] = Array(
      (#"{"zarr_consolidated_format":1,"metadata":{"# + heads.joined(separator: ",") + "}}").utf8)
    return try LoopbackServer.serving(objects)
  }

  private func open(_ location: String) throws -> Variable {
    try #require(try Cube.open([location]).variable(named: "v"))
  }

  private let fields = (0..<10).map { FieldSelection(time: $0, extras: []) }

  /// A product that notes what it was given: a digest of all levels of each field.
  private final class Notebook: FieldProduct {
    let name: String
    let setting: String
    let wantsDoubles: Bool
    let failsAt: Int?
    let widens: Bool
    let seen = Mutex<[Int: String]>([:])
    let exact = Mutex<[Int: [Double]]>([:])

    init(
      _ name: String, setting: String = "", wantsDoubles: Bool = false, failsAt: Int? = nil,
      widens: Bool = false
    ) {
      self.name = name
      self.setting = setting
      self.wantsDoubles = wantsDoubles
      self.failsAt = failsAt
      self.widens = widens
    }

    struct Refusal: Error {}

    func unit(of field: FieldSelection) -> String { "\(name)/\(field.time ?? 0)" }

    func fingerprint(of field: FieldSelection, source: String) -> String {
      "\(name) \(setting) \(source)"
    }

    func fieldsToMake(
      stale: Set<FieldSelection>, of fields: [FieldSelection]
    ) throws -> Set<FieldSelection> { widens && !stale.isEmpty ? Set(fields) : stale }

    func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult {
      let time = field.time ?? 0
      if time == failsAt { throw Refusal() }
      var bytes: [UInt8] = []
      for level in levels.levels {
        let cells = UnsafeBufferPointer(start: level.row(0), count: level.rows * level.columns)
        bytes += UnsafeRawBufferPointer(cells)
      }
      let digest = sha256Hex(bytes)
      seen.withLock { $0[time] = digest }
      if let doubles = levels.doubles {
        let row = Array(UnsafeBufferPointer(start: doubles.row(3), count: 45))
        exact.withLock { $0[time] = row }
      }
      return FieldResult(objects: [], summary: .string(digest))
    }

    var times: [Int] { seen.withLock { $0.keys.sorted() } }
  }

  private func pass(
    _ folder: TemporaryFolder, _ site: String, workers: Int = 2, budget: Int = 1 << 30
  ) throws -> FieldPass {
    FieldPass(
      journal: Journal(try SiteFolder(path: folder.path + "/" + site)),
      memory: FieldMemory(budget: budget, scratchFolder: folder.path),
      pool: WorkerPool(workers: workers))
  }

  /// The digests of fields that are read one by one.
  private func expected(_ variable: Variable, _ folder: TemporaryFolder) throws -> [Int: String] {
    var digests: [Int: String] = [:]
    let notebook = Notebook("expected")
    for field in fields {
      let levels = try Levels(
        of: variable, field: field,
        memory: FieldMemory(budget: 1 << 30, scratchFolder: folder.path),
        pool: WorkerPool(workers: 1))
      _ = try notebook.build(field, levels: levels)
      digests = notebook.seen.withLock(\.self)
    }
    return digests
  }

  @Test(arguments: [1, 2, 3])
  func eachChunkIsReadOnce(workers: Int) throws {
    let folder = try TemporaryFolder()
    let path = try writeCube(folder)
    let server = try serve(path)
    let variable = try open(server.url("cube.zarr"))
    let product = Notebook("n")
    let before = server.requests.count
    _ = try pass(folder, "site", workers: workers).run([
      FieldWork(variable: variable, fields: fields, products: [product, Notebook("other")])
    ])
    var reads: [String: Int] = [:]
    for request in server.requests[before...] where request.method == "GET" {
      reads[request.target, default: 0] += 1
    }
    let chunks = (0..<3).flatMap { time in
      (0..<5).flatMap { row in (0..<5).map { "/cube.zarr/v/\(time).\(row).\($0)" } }
    }
    #expect(reads.keys.sorted() == chunks.sorted())
    #expect(reads.values.allSatisfy { $0 == 1 })
    #expect(product.seen.withLock(\.self) == (try expected(try open(path), folder)))
  }

  @Test(arguments: [(1, 1 << 30), (2, 1 << 30), (2, 20_000), (2, 0)])
  func memoryAndWorkersDoNotChangeTheLevels(workers: Int, budget: Int) throws {
    let folder = try TemporaryFolder()
    let variable = try open(try writeCube(folder))
    let product = Notebook("n")
    let counted = Mutex(0)
    let records = try pass(folder, "site", workers: workers, budget: budget).run([
      FieldWork(variable: variable, fields: fields, products: [product])
    ]) { counted.withLock { $0 += 1 } }
    let expected = try expected(variable, folder)
    #expect(product.seen.withLock(\.self) == expected)
    #expect(records[0][0].records.map(\.summary) == (0..<10).map { .string(expected[$0] ?? "") })
    #expect(records[0][0].made == 10)
    #expect(counted.withLock(\.self) == 10)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(left == ["cube.zarr", "site"])
  }

  @Test func aBuildThatStoppedGoesOnWithWhatIsMissing() throws {
    let folder = try TemporaryFolder()
    let variable = try open(try writeCube(folder))
    let pass = try pass(folder, "site", workers: 1)
    let failing = Notebook("n", failsAt: 6)
    #expect(throws: Notebook.Refusal.self) {
      try pass.run([FieldWork(variable: variable, fields: fields, products: [failing])])
    }
    #expect(failing.times == [0, 1, 2, 3, 4, 5])
    let second = Notebook("n")
    let records = try pass.run([
      FieldWork(variable: variable, fields: fields, products: [second])
    ])
    #expect(second.times == [6, 7, 8, 9])
    let expected = try expected(variable, folder)
    #expect(records[0][0].records.map(\.summary) == (0..<10).map { .string(expected[$0] ?? "") })
    let third = Notebook("n")
    _ = try pass.run([FieldWork(variable: variable, fields: fields, products: [third])])
    #expect(third.times.isEmpty)
  }

  @Test func eachProductGetsTheFieldsThatItLacks() throws {
    let folder = try TemporaryFolder()
    let variable = try open(try writeCube(folder))
    let pass = try pass(folder, "site")
    let some = [fields[2], fields[5]]
    _ = try pass.run([
      FieldWork(variable: variable, fields: some, products: [Notebook("a"), Notebook("c")])
    ])
    let (a, b, c) = (Notebook("a"), Notebook("b"), Notebook("c", widens: true))
    let records = try pass.run([
      FieldWork(variable: variable, fields: fields, products: [a, b, c])
    ])
    #expect(a.times == [0, 1, 3, 4, 6, 7, 8, 9])
    #expect(b.times == Array(0..<10))
    #expect(c.times == Array(0..<10))
    #expect(records[0].map(\.made) == [8, 10, 10])
    let changed = Notebook("a", setting: "new")
    let again = Notebook("b")
    _ = try pass.run([
      FieldWork(variable: variable, fields: fields, products: [changed, again])
    ])
    #expect(changed.times == Array(0..<10))
    #expect(again.times.isEmpty)
  }

  @Test func doublesKeepWhatAFloatCannot() throws {
    let folder = try TemporaryFolder()
    var cube = TestCube(
      x: TestCube.centres(from: -30, step: 1, count: 45),
      y: TestCube.centres(from: 70, step: -1.5, count: 29))
    cube.days = Self.days
    cube.chunkTimes = 4
    cube.type = "f8"
    func value(_ time: Int, _ row: Int, _ column: Int) -> Double {
      1e9 + Double(time) + Double(row * 45 + column) / 1024
    }
    let path = try cube.write(to: folder, value: value)
    let product = Notebook("n", wantsDoubles: true)
    let variable = try open(path)
    for budget in [1 << 30, 0] {
      _ = try pass(folder, "site\(budget)", budget: budget).run([
        FieldWork(variable: variable, fields: fields, products: [product, Notebook("other")])
      ])
      for time in 0..<10 {
        let row = try #require(product.exact.withLock { $0[time] })
        #expect(row == (0..<45).map { value(time, 3, $0) })
      }
    }
  }
}

extension FieldPass {
  /// Makes everything that is not up to date; the records of each product of each variable.
  fileprivate func run(
    _ work: [FieldWork], done: @Sendable () -> Void = {}
  ) throws -> [[ProductRecords]] {
    let plan = try plan(work)
    try run(plan, done: done)
    return plan.records
  }
}
