import Cubes
import Foundation
import Jobs
import TestKit
import Testing

@testable import Multiscales

/// Levels against a plain computation of the same definition, cell by cell.
struct LevelsTests {
  private let pool = WorkerPool(workers: 2)

  /// A field with gaps whose rows and columns divide by nothing.
  private static func value(row: Int, column: Int) -> Double {
    (row * 7 + column * 13) % 5 == 0 || (row > 20 && column < 9)
      ? .nan : sin(Double(row) * 0.3) * 10 + Double(column % 17)
  }

  private func open(
    _ folder: TemporaryFolder, attributes: String = "",
    value: (Int, Int) -> Double = Self.value
  ) throws -> Variable {
    var cube = TestCube(
      x: TestCube.centres(from: -30, step: 1, count: 45),
      y: TestCube.centres(from: 70, step: -1.5, count: 29))
    cube.attributes = attributes
    let path = try cube.write(to: folder) { value($1, $2) }
    return try #require(try Cube.open([path]).variable(named: "v"))
  }

  private func levels(
    of variable: Variable, budget: Int = 1 << 30, folder: TemporaryFolder
  ) throws -> Levels {
    try Levels(
      of: variable, field: FieldSelection(time: nil, extras: []),
      memory: FieldMemory(budget: budget, scratchFolder: folder.path), pool: pool)
  }

  @Test func everyLevelIsTheMeanOfItsSourceCells() throws {
    let folder = try TemporaryFolder()
    let levels = try levels(of: try open(folder), folder: folder)
    #expect(levels.levels.count == 7)
    for (number, level) in levels.levels.enumerated() {
      let side = 1 << number
      for row in 0..<level.rows {
        for column in 0..<level.columns {
          var sum = 0.0
          var area = 0.0
          for sourceRow in row * side..<min(29, (row + 1) * side) {
            let cosine = cos((70 - 1.5 * Double(sourceRow)) / 180 * .pi)
            for sourceColumn in column * side..<min(45, (column + 1) * side) {
              let value = Self.value(row: sourceRow, column: sourceColumn)
              if !value.isNaN {
                sum += cosine * value
                area += cosine
              }
            }
          }
          let found = Double(level.row(row)[column])
          if area == 0 {
            #expect(found.isNaN)
          } else {
            #expect(abs(found - sum / area) < 2e-5 * 27, "level \(number), \(row), \(column)")
          }
        }
      }
    }
  }

  @Test func aScratchFileHoldsTheSameLevels() throws {
    let folder = try TemporaryFolder()
    let variable = try open(folder)
    let inMemory = try levels(of: variable, folder: folder)
    let inFile = try levels(of: variable, budget: 0, folder: folder)
    inFile.letGo()
    #expect(inMemory.statistics == inFile.statistics)
    for (one, other) in zip(inMemory.levels, inFile.levels) {
      for index in 0..<one.rows * one.columns {
        #expect(one.memory.cells[index].bitPattern == other.memory.cells[index].bitPattern)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["cube.zarr"])
  }

  @Test func categoriesKeepTheMostFrequentValue() throws {
    let folder = try TemporaryFolder()
    func value(_ row: Int, _ column: Int) -> Double {
      (row + column) % 11 == 0 ? .nan : Double((row / 3 + column / 5) % 4)
    }
    let variable = try open(
      folder, attributes: #""flag_values":[0,1,2,3],"flag_meanings":"a b c d","#, value: value)
    #expect(variable.isCategorical)
    let levels = try levels(of: variable, folder: folder)
    for (number, level) in levels.levels.enumerated() {
      let side = 1 << number
      for row in 0..<level.rows {
        for column in 0..<level.columns {
          var counts = [Int](repeating: 0, count: 4)
          for sourceRow in row * side..<min(29, (row + 1) * side) {
            for sourceColumn in column * side..<min(45, (column + 1) * side) {
              let value = value(sourceRow, sourceColumn)
              if !value.isNaN { counts[Int(value)] += 1 }
            }
          }
          let most = counts.max() ?? 0
          let found = level.row(row)[column]
          if most == 0 {
            #expect(found.isNaN)
          } else {
            #expect(Int(found) == counts.firstIndex(of: most))
          }
        }
      }
    }
  }

  @Test func bitMasksBecomeTheFirstFlagThatIsSet() throws {
    let folder = try TemporaryFolder()
    let variable = try open(
      folder,
      attributes: #""flag_masks":[1,2,2147483648],"flag_meanings":"cloud ice far","#
    ) { row, column in [0, 1, 2, 3, 2_147_483_648, 4][(row + column) % 6] }
    let levels = try levels(of: variable, folder: folder)
    let expected: [Float] = [.nan, 1, 2, 1, 2_147_483_648, .nan]
    for column in 0..<45 {
      let found = levels.levels[0].row(4)[column]
      let wanted = expected[(4 + column) % 6]
      #expect(found == wanted || (found.isNaN && wanted.isNaN))
    }
  }

  @Test func statisticsAreThoseOfTheSource() throws {
    let folder = try TemporaryFolder()
    let statistics = try levels(of: try open(folder), folder: folder).statistics
    let values = (0..<29).flatMap { row in (0..<45).map { Self.value(row: row, column: $0) } }
      .filter { !$0.isNaN }.map { Float($0) }
    #expect(statistics.valid == values.count)
    #expect(statistics.missing == 29 * 45 - values.count)
    #expect(statistics.minimum == values.min())
    #expect(statistics.maximum == values.max())
    #expect(abs(statistics.sum - values.map(Double.init).reduce(0, +)) < 1e-6)
  }
}
