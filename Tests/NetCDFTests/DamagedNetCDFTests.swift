import Codecs
import Foundation
import JSON
import TestKit
import Testing

@testable import NetCDF

/// A file of which one place is damaged over and over.
struct DamagedFile {
  let path: String
  let whole: [UInt8]

  /// A copy of a sample in a folder of its own.
  init(of name: String, in folder: TemporaryFolder) throws {
    whole = [UInt8](try Data(contentsOf: URL(filePath: Sample.path(name))))
    path = folder.path + "/\(name).nc"
  }

  /// Reads everything from other bytes; returns the error, where there is one.
  func error(reading bytes: [UInt8], with readers: NetCDFReaders) throws -> NetCDFError? {
    try Data(bytes).write(to: URL(filePath: path))
    do {
      _ = try Sample.readAll(path, readers: readers)
      return nil
    } catch let error as NetCDFError {
      #expect(error.path == path)
      return error
    }
  }

  func flipping(_ mask: UInt8, at place: Int) -> [UInt8] {
    var bytes = whole
    bytes[place] ^= mask
    return bytes
  }
}

/// HDF5 crashes on some of this and loops on other; here all of it must be values or an error.
@Suite("Damaged NetCDF files give errors")
struct DamagedNetCDFTests {
  /// Gives up on a loop soon; the files are small.
  private let readers = NetCDFReaders(
    patience: ReaderPatience(processor: 0.5, wall: 300))

  @Test("cut short anywhere", arguments: ["packing", "order", "join0", "types"])
  func truncated(name: String) throws {
    let folder = try TemporaryFolder()
    let file = try DamagedFile(of: name, in: folder)
    for length in stride(from: 0, to: file.whole.count - 3, by: max(1, file.whole.count / 100)) {
      let error = try file.error(reading: Array(file.whole.prefix(length)), with: readers)
      #expect(error != nil, "cut to \(length) of \(file.whole.count) bytes")
    }
  }

  @Test("bytes changed in a classic file", arguments: ["packing", "order", "join0"])
  func flippedClassic(name: String) throws {
    let folder = try TemporaryFolder()
    let file = try DamagedFile(of: name, in: folder)
    for place in stride(from: 0, to: file.whole.count, by: max(1, file.whole.count / 200)) {
      _ = try file.error(reading: file.flipping(0xFF, at: place), with: readers)
    }
  }

  // Object headers, heaps, chunk indexes and filters of these files lie all over them.
  @Test(
    "bytes changed in a NetCDF-4 file", arguments: ["types", "groups", "filter", "curvilinear"])
  func flippedHDF5(name: String) throws {
    let folder = try TemporaryFolder()
    let file = try DamagedFile(of: name, in: folder)
    var errors = 0
    for place in stride(from: 1, to: file.whole.count, by: max(1, file.whole.count / 151)) {
      let bytes = file.flipping(place % 2 == 0 ? 0xFF : 1 << UInt8(place / 2 % 8), at: place)
      if try file.error(reading: bytes, with: readers) != nil { errors += 1 }
    }
    #expect(errors > 0)
    // After all that a good file is read as ever.
    #expect(try file.error(reading: file.whole, with: readers) == nil)
  }
}

/// Readers that are shell scripts, so that what they do does not depend on the library's faults.
@Suite("A reader process that fails becomes an error")
struct ReaderFailureTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func reason(
    script: String, patience: ReaderPatience = .standard
  ) throws -> String {
    try folder.write("#!/bin/sh\n\(script)\n".utf8, to: "reader")
    let program = folder.path + "/reader"
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    let readers = NetCDFReaders(count: 1, program: program, patience: patience)
    let path = Sample.path("types")
    let error = #expect(throws: NetCDFError.self) { try NetCDFFile(path: path, readers: readers) }
    #expect(error?.path == path)
    return error?.reason ?? ""
  }

  @Test("a crash")
  func crash() throws {
    #expect(try reason(script: "kill -SEGV $$").contains("crashed (signal 11)"))
    #expect(try reason(script: "kill -KILL $$").contains("want of memory"))
    #expect(try reason(script: "exit 3").contains("code 3"))
  }

  @Test("a loop, and a wait that does not end")
  func late() throws {
    let soon = ReaderPatience(processor: 0.1, wall: 300)
    #expect(try reason(script: "while :; do :; done", patience: soon).contains("come to an end"))
    let now = ReaderPatience(processor: 300, wall: 0.1)
    #expect(try reason(script: "exec sleep 1000", patience: now).contains("come to an end"))
  }

  @Test(
    "an answer that is none",
    arguments: [
      #"printf '\002\0\0\0\0\0\0\0{}' >&3; exec sleep 1000"#,
      #"printf '\002\0\0\0\0\0\0\0{x' >&3; exec sleep 1000"#,
      #"printf '\0\0\0\0\0\0\0\377' >&3; exec sleep 1000"#,
      #"printf '\013\0\0\0\0\0\0\0{"bytes":8}' >&3; exec sleep 1000"#,
    ])
  func lie(script: String) throws {
    #expect(try reason(script: script).contains("something else than it was asked"))
  }

  @Test("a program that is not there")
  func missing() throws {
    let readers = NetCDFReaders(count: 1, program: folder.path + "/nothing")
    let error = #expect(throws: NetCDFError.self) {
      try NetCDFFile(path: Sample.path("types"), readers: readers)
    }
    #expect(error?.description.contains(folder.path + "/nothing") == true)
  }

  @Test("a file that was replaced after it was opened is not read as if it were the same")
  func replaced() throws {
    let path = folder.path + "/a.nc"
    try FileManager.default.copyItem(atPath: Sample.path("packing"), toPath: path)
    let file = try NetCDFFile(path: path)
    let variable = try #require(file.variables.first { !$0.isString })
    let region = variable.shape.map { 0..<$0 }
    _ = try file.read(variable.name, region)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: Sample.path("types"), toPath: path)
    let error = #expect(throws: NetCDFError.self) { try file.read(variable.name, region) }
    #expect(error?.reason.contains("changed or replaced") == true)
  }

  @Test("what a message holds comes out as it went in, to the bit")
  func message() throws {
    let attributes: JSONObject = [
      "one": 1, "float": .number(1), "zero": .number(-0.0), "none": .number(.nan),
      "all": [.number(.infinity), 2, "text"], "bits": 7,
    ]
    let variable = NetCDFVariable(
      name: "v", dimensions: ["x"], shape: [3], elementType: .float32, isString: false,
      attributes: attributes, chunkShape: [2], defaultFill: .number(9.969209968386869e36),
      unreadableReason: nil, textLength: nil)
    let sent = ReaderReply.description(
      NetCDFDescription(
        attributes: attributes,
        dimensions: [NetCDFDimension(name: "x", length: 3, isUnlimited: true)],
        variables: [variable]))
    let text = Array(sent.message.serialized().utf8)
    guard case .description(let come) = ReaderReply(message: try JSONValue(parsing: text)) else {
      Issue.record("not a description")
      return
    }
    // As text, where NaN equals itself and 1.0 does not equal 1.
    #expect(come.attributes.map { "\($0)" } == attributes.map { "\($0)" })
    let variables = come.variables
    #expect(variables.map(\.name) == ["v"] && variables.map(\.shape) == [[3]])
    #expect(variables.map(\.dimensions) == [["x"]] && variables.map(\.chunkShape) == [[2]])
    #expect(variables.map(\.elementType) == [.float32])
    #expect(variables.map(\.defaultFill) == [variable.defaultFill])
    #expect(variables.first?.attributes.map { "\($0)" } == attributes.map { "\($0)" })
    #expect(come.dimensions == [NetCDFDimension(name: "x", length: 3, isUnlimited: true)])
  }
}
