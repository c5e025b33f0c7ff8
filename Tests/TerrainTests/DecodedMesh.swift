import Foundation

/// A quantized-mesh tile as the specification says to read it; for tests.
struct DecodedMesh {
  var centre: [Double] = []
  var lowest: Float = 0
  var highest: Float = 0
  var sphere: [Double] = []
  var horizon: [Double] = []
  var u: [Int] = []
  var v: [Int] = []
  var height: [Int] = []
  var triangles: [[Int]] = []
  /// West, south, east, north.
  var edges: [[Int]] = []
  var extensions: [UInt8: [UInt8]] = [:]

  struct Damaged: Error {}

  init(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    func take<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
      let size = MemoryLayout<Number>.size
      guard rest.count >= size else { throw Damaged() }
      defer { rest = rest.dropFirst(size) }
      return rest.prefix(size).reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
    func doubles(_ count: Int) throws -> [Double] {
      try (0..<count).map { _ in Double(bitPattern: try take(UInt64.self)) }
    }
    centre = try doubles(3)
    lowest = Float(bitPattern: try take(UInt32.self))
    highest = Float(bitPattern: try take(UInt32.self))
    sphere = try doubles(4)
    horizon = try doubles(3)
    let count = Int(try take(UInt32.self))
    func positions() throws -> [Int] {
      var value = 0
      return try (0..<count).map { _ in
        let code = Int(try take(UInt16.self))
        value += code >> 1 ^ -(code & 1)
        return value
      }
    }
    u = try positions()
    v = try positions()
    height = try positions()
    let isWide = count > 65_536
    if isWide, (bytes.count - rest.count) % 4 != 0 { _ = try take(UInt16.self) }
    func index() throws -> Int { isWide ? Int(try take(UInt32.self)) : Int(try take(UInt16.self)) }
    var highestIndex = 0
    triangles = try (0..<Int(try take(UInt32.self))).map { _ in
      try (0..<3).map { _ in
        let code = try index()
        defer { if code == 0 { highestIndex += 1 } }
        return highestIndex - code
      }
    }
    edges = try (0..<4).map { _ in try (0..<Int(try take(UInt32.self))).map { _ in try index() } }
    while !rest.isEmpty {
      let id = try take(UInt8.self)
      let size = Int(try take(UInt32.self))
      guard rest.count >= size else { throw Damaged() }
      extensions[id] = Array(rest.prefix(size))
      rest = rest.dropFirst(size)
    }
  }

  /// The height of a vertex in metres; exact where the range is.
  func metres(_ vertex: Int) -> Double {
    Double(lowest) + Double(height[vertex]) * ((Double(highest) - Double(lowest)) / 32_767)
  }
}
