import Codecs
import Foundation
import JSON
import Testing

@testable import NetCDF

/// Files that `Tests/Golden/make_cubes.py` writes with netCDF4-python.
enum Sample {
  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "CubesTests/Fixtures/\(name).nc").path(percentEncoded: false)
  }

  /// Reads everything that a file holds.
  static func readAll(_ path: String, readers: NetCDFReaders = .shared) throws -> Int {
    let file = try NetCDFFile(path: path, readers: readers)
    var bytes = 0
    for variable in file.variables where variable.unreadableReason == nil {
      if variable.isString {
        bytes += try file.readStrings(variable.name).count
      } else {
        bytes += try file.read(variable.name, variable.shape.map { 0..<$0 }).bytes.count
      }
    }
    return bytes
  }
}

@Suite("NetCDF files")
struct NetCDFFileTests {
  @Test("groups, dimensions, chunks and types are described")
  func description() throws {
    let file = try NetCDFFile(path: Sample.path("groups"))
    let variable = try #require(file.variable(named: "ocean/temperature"))
    #expect(variable.dimensions == ["ocean/depth", "lat", "lon"])
    #expect(variable.shape == [3, 4, 5])
    #expect(variable.chunkShape == [1, 2, 5])
    #expect(variable.elementType == .float64)
    #expect(variable.defaultFill?.doubleValue == 9.969209968386869e36)
    let part = try file.read("ocean/temperature", [1..<2, 2..<4, 1..<3])
    #expect(try part.doubles() == [31, 32, 36, 37])
  }

  @Test("every numeric type is read as it is stored")
  func types() throws {
    let file = try NetCDFFile(path: Sample.path("types"))
    let names = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
    let types: [ElementType] = [
      .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float32, .float64,
    ]
    for (name, type) in zip(names, types) {
      let array = try file.read(name, [0..<4, 0..<5])
      #expect(array.type == type)
      #expect(try array.doubles() == (0..<20).map(Double.init))
    }
    #expect(try file.readStrings("text") == ["a", "b", "c", "d"])
    #expect(file.variable(named: "compound")?.unreadableReason == "it has a user-defined type")
    #expect(file.variable(named: "i1")?.defaultFill == nil)
  }

  @Test("character arrays are texts without their padding")
  func characters() throws {
    let file = try NetCDFFile(path: Sample.path("labels"))
    #expect(try file.readStrings("band") == ["red", "near IR", "a/b"])
    #expect(file.variable(named: "band")?.dimensions == ["band"])
  }

  @Test("a filter that the library lacks is named")
  func filters() throws {
    let file = try NetCDFFile(path: Sample.path("filter"))
    let reason = try #require(file.variable(named: "zstd")?.unreadableReason)
    #expect(reason.contains("32015 (Zstandard)"))
    #expect(throws: NetCDFError.self) { try file.read("zstd", [0..<4, 0..<5]) }
  }

  @Test("what cannot be opened or read says what, on what and why")
  func refusals() throws {
    for path in ["/nowhere/a.nc", "/", "https://example.org/a.nc", #filePath] {
      let error = #expect(throws: NetCDFError.self) { try NetCDFFile(path: path) }
      #expect(error?.description.contains(path) == true)
    }
    let file = try NetCDFFile(path: Sample.path("types"))
    #expect(throws: NetCDFError.self) { try file.read("nothing", []) }
    #expect(throws: NetCDFError.self) { try file.read("i1", [0..<5, 0..<5]) }
    #expect(throws: NetCDFError.self) { try file.read("i1", [0..<4]) }
    #expect(throws: NetCDFError.self) { try file.read("text", [0..<4]) }
  }

  /// `Tests/Golden/make_outside.py` writes them: raw data of another file, and a virtual dataset.
  @Test("data of another file are not read", arguments: ["raw", "virtual"])
  func outside(name: String) throws {
    let path = Sample.path("../../NetCDFTests/Fixtures/outside-\(name)")
    let error = #expect(throws: NetCDFError.self) { try NetCDFFile(path: path) }
    #expect(error?.description.contains("in another file") == true, "\(String(describing: error))")
  }

  @Test("several threads read several files at once")
  func threads() throws {
    let names = ["types", "groups", "packing", "curvilinear"]
    let expected = try names.map { try Sample.readAll(Sample.path($0)) }
    DispatchQueue.concurrentPerform(iterations: 200) { round in
      let bytes = try? Sample.readAll(Sample.path(names[round % names.count]))
      if bytes != expected[round % names.count] { Issue.record("round \(round)") }
    }
  }
}
