import Cubes
import Foundation
import Grids
import Images
import Jobs
import Multiscales
import TestKit
import Testing

@testable import Pyramids

/// Sampling against a plain reading of its rules, pixel by pixel.
struct TileSamplerTests {
  private static let rows = 40
  private static let columns = 64

  /// Values that make every mistake in place visible, with gaps.
  private static func value(row: Int, column: Int) -> Double {
    (row * 5 + column * 3) % 11 == 0 ? .nan : Double(row * 100 + column)
  }

  private func levels(_ folder: TemporaryFolder, wrapping: Bool) throws -> Levels {
    let step = wrapping ? 360 / Double(Self.columns) : 1
    let path = try TestCube(
      x: TestCube.centres(from: -180 + step / 2, step: step, count: Self.columns),
      y: TestCube.centres(from: 39.5, step: -1, count: Self.rows)
    ).write(to: folder) { Self.value(row: $1, column: $2) }
    let variable = try #require(try Cube.open([path]).variable(named: "v"))
    let levels = try Levels(
      of: variable, field: FieldSelection(time: nil, extras: []),
      memory: FieldMemory(budget: 1 << 30, scratchFolder: folder.path),
      pool: WorkerPool(workers: 1))
    #expect(levels.wraps == wrapping)
    return levels
  }

  /// The rules of `TileSampler`, written for one pixel of level 0.
  private func expected(
    row: Double, column: Double, wraps: Bool, interpolation: Style.Interpolation
  ) -> Double {
    func cell(_ row: Int, _ column: Int) -> Double {
      let column = wraps ? (column + Self.columns) % Self.columns : column
      return Self.value(
        row: min(max(row, 0), Self.rows - 1), column: min(max(column, 0), Self.columns - 1))
    }
    guard !row.isNaN, !column.isNaN else { return .nan }
    let nearest = cell(Int((row + 0.5).rounded(.down)), Int((column + 0.5).rounded(.down)))
    if nearest.isNaN || interpolation == .nearest { return nearest }
    let top = Int(row.rounded(.down))
    let left = Int(column.rounded(.down))
    let down = row - Double(top)
    let across = column - Double(left)
    var sum = 0.0
    var share = 0.0
    for (r, c, weight) in [
      (top, left, (1 - down) * (1 - across)), (top, left + 1, (1 - down) * across),
      (top + 1, left, down * (1 - across)), (top + 1, left + 1, down * across),
    ] where !cell(r, c).isNaN {
      sum += weight * cell(r, c)
      share += weight
    }
    return sum / share
  }

  @Test(arguments: [Style.Interpolation.nearest, .bilinear], [false, true])
  func separableAndScatteredFollowTheRules(
    interpolation: Style.Interpolation, wraps: Bool
  ) throws {
    let folder = try TemporaryFolder()
    let levels = try levels(folder, wrapping: wraps)
    var sampler = TileSampler(levels)
    // From outside on one side to outside on the other, never exactly half-way between cells.
    let start = wraps ? -0.49 : -3.21
    let columns = (0..<256).map { pixel -> Double in
      let index = start + Double(pixel) * (wraps ? 63.97 / 256 : 70.3 / 256)
      return !wraps && (index < -0.5 || index > Double(Self.columns) - 0.5) ? .nan : index
    }
    let rows = (0..<256).map { pixel -> Double in
      let index = -2.13 + Double(pixel) * 44.7 / 256
      return index < -0.5 || index > Double(Self.rows) - 0.5 ? .nan : index
    }
    var separable = [Float](repeating: 0, count: 65_536)
    #expect(
      sampler.sample(
        .separable(columns: columns, rows: rows), level: 0, interpolation: interpolation,
        into: &separable))
    var scattered = separable
    #expect(
      sampler.sample(
        .full(
          columns: (0..<65_536).map { Float(columns[$0 % 256]) },
          rows: (0..<65_536).map { Float(rows[$0 / 256]) }), level: 0,
        interpolation: interpolation, into: &scattered))
    for pixel in 0..<65_536 {
      let wanted = expected(
        row: rows[pixel / 256], column: columns[pixel % 256], wraps: wraps,
        interpolation: interpolation)
      for found in [separable[pixel], scattered[pixel]] {
        let agrees =
          wanted.isNaN
          ? found.isNaN : abs(Double(found) - wanted) <= 0.002 * max(1, abs(wanted) / 100)
        if !agrees {
          Issue.record("pixel \(pixel % 256), \(pixel / 256): \(found), not \(wanted)")
          return
        }
      }
    }
  }

  /// Places that are taken together agree to the bit with each taken alone.
  @Test(arguments: [false, true]) func neighboursDoNotMatter(wraps: Bool) throws {
    let folder = try TemporaryFolder()
    let levels = try levels(folder, wrapping: wraps)
    let columns = (0..<4003).map { Float($0 % 251) * 0.2831 - 3.7 }
    let rows = (0..<4003).map { Float($0 / 17 % 199) * 0.2318 - 2.9 }
    func sampled(_ range: Range<Int>, level: Int) -> [UInt32] {
      var values = [Float](repeating: 0, count: range.count)
      columns[range].withUnsafeBufferPointer { columns in
        rows[range].withUnsafeBufferPointer { rows in
          levels.sample(
            level: level, columns: columns, rows: rows, interpolation: .bilinear, into: &values)
        }
      }
      return values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
    }
    for level in 0..<2 {
      let alone = columns.indices.flatMap { sampled($0..<$0 + 1, level: level) }
      #expect(sampled(columns.indices, level: level) == alone)
    }
  }

  @Test func coarseLevelsKeepTheirPlace() throws {
    // A plane stays a plane when it is averaged, so every level must give it back, also beside the
    // narrower cells at the end of a level.
    let folder = try TemporaryFolder()
    let path = try TestCube(
      x: TestCube.centres(from: 0, step: 0.01, count: 301),
      y: TestCube.centres(from: 1, step: -0.01, count: 203)
    ).write(to: folder) { Double($1) * 2 + Double($2) }
    let variable = try #require(try Cube.open([path]).variable(named: "v"))
    let levels = try Levels(
      of: variable, field: FieldSelection(time: nil, extras: []),
      memory: FieldMemory(budget: 1 << 30, scratchFolder: folder.path),
      pool: WorkerPool(workers: 2))
    var sampler = TileSampler(levels)
    for level in 0...4 {
      let side = Double(1 << level)
      // Inside the outermost cell centres, where nothing is held constant.
      let columns = (0..<256).map { side + Double($0) * (299 - 2.5 * side) / 256 }
      let rows = (0..<256).map { side + Double($0) * (201 - 2.5 * side) / 256 }
      var pixels = [Float](repeating: 0, count: 65_536)
      #expect(
        sampler.sample(
          .separable(columns: columns, rows: rows), level: level, interpolation: .bilinear,
          into: &pixels))
      for pixel in stride(from: 0, to: 65_536, by: 37) {
        let wanted = rows[pixel / 256] * 2 + columns[pixel % 256]
        // The rows' areas differ by little: the mean of a cell lies that little off its middle.
        #expect(abs(Double(pixels[pixel]) - wanted) < 0.01, "level \(level), pixel \(pixel)")
      }
    }
  }

  @Test func outsideIsNotDrawn() throws {
    let folder = try TemporaryFolder()
    var sampler = TileSampler(try levels(folder, wrapping: false))
    var pixels = [Float](repeating: 0, count: 65_536)
    let nothing = [Double](repeating: .nan, count: 256)
    #expect(!sampler.sample(.outside, level: 0, interpolation: .nearest, into: &pixels))
    #expect(
      !sampler.sample(
        .separable(columns: nothing, rows: nothing), level: 0, interpolation: .bilinear,
        into: &pixels))
  }
}
