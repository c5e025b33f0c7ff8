public import Codecs
public import JSON

/// A NetCDF file described for reading: classic, 64-bit offset, 64-bit data or NetCDF-4 (HDF5).
///
/// It may be used by several threads, and holds nothing open: reader processes do that, so that a
/// damaged file cannot take this one with it.
public final class NetCDFFile: Sendable {
  /// The path of the file.
  public let path: String
  /// The attributes of the root group.
  public var attributes: JSONObject { description.attributes }
  /// The dimensions of all groups.
  public var dimensions: [NetCDFDimension] { description.dimensions }
  /// The variables of all groups, in the order of the file.
  public var variables: [NetCDFVariable] { description.variables }

  private let readers: NetCDFReaders
  private let state: FileState
  private let description: NetCDFDescription
  private let byName: [String: Int]

  /// The most numbers that one call reads, so that a lying header cannot ask for all memory.
  public static let readLimit = 1 << 29

  /// Looks at a file and what is in it, but reads no values.
  ///
  /// - Throws: `NetCDFError` where the file is not there, not NetCDF, damaged or cut short.
  public convenience init(path: String) throws(NetCDFError) {
    try self.init(path: path, readers: .shared)
  }

  init(path: String, readers: NetCDFReaders) throws(NetCDFError) {
    self.path = path
    self.readers = readers
    state = try Self.checkFile(path)
    try ClassicHeader.checkLength(path: path)
    let operation = "read the header"
    do {
      let request = ReaderRequest.describe(path: path, state: state)
      switch try readers.answer(request, goingThrough: min(Double(state.size), 1e9)).reply {
      case .description(let described): description = described
      case .refusal(let reason): throw NetCDFError(operation, of: path, reason: reason)
      default: throw ReaderProcess.Failure.lied
      }
    } catch let error as NetCDFError {
      throw error
    } catch {
      throw NetCDFError(operation, of: path, failure: error)
    }
    byName = Dictionary(
      description.variables.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The variable of that name.
  public func variable(named name: String) -> NetCDFVariable? { byName[name].map { variables[$0] } }

  /// Reads the numbers of a region as stored, in C order.
  ///
  /// - Parameters:
  ///   - variable: The name, with groups.
  ///   - region: One range for each dimension, inside the shape.
  /// - Returns: An array of the shape of the region.
  /// - Throws: `NetCDFError` for what is not there, not numbers, or damaged.
  public func read(
    _ variable: String, _ region: [Range<Int>]
  ) throws(NetCDFError) -> NumericArray {
    let operation = "read variable \"\(variable)\""
    let described = try self.described(variable, operation)
    guard let type = described.elementType else {
      throw NetCDFError(operation, of: path, reason: "it does not hold numbers")
    }
    try check(region, of: described, operation)
    let shape = region.map(\.count)
    let bytes = shape.reduce(type.size, *)
    do {
      let request = ReaderRequest.read(
        path: path, state: state, variable: variable, region: region)
      let answer = try readers.answer(
        request, goingThrough: described.bytesTouched(by: region), room: bytes,
        turn: described.turn(of: region))
      switch answer.reply {
      case .numbers: return try NumericArray(type: type, shape: shape, bytes: answer.numbers)
      case .refusal(let reason):
        throw NetCDFError(operation, of: path, reason: "\(reason) (region \(region))")
      default: throw ReaderProcess.Failure.lied
      }
    } catch let error as NetCDFError {
      throw error
    } catch {
      throw NetCDFError(operation, of: path, failure: error)
    }
  }

  /// Reads all texts of a variable, in C order, without blanks and zero bytes at their ends.
  ///
  /// - Throws: `NetCDFError` for what is not there, not text, or damaged.
  public func readStrings(_ variable: String) throws(NetCDFError) -> [String] {
    let operation = "read variable \"\(variable)\""
    let described = try self.described(variable, operation)
    guard described.isString else {
      throw NetCDFError(operation, of: path, reason: "it does not hold texts")
    }
    let shape = described.shape + (described.textLength.map { [$0] } ?? [])
    let letters = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard (0...1 << 26).contains(letters) else {
      throw NetCDFError(operation, of: path, reason: "\(shape) is too much text")
    }
    do {
      let request = ReaderRequest.read(
        path: path, state: state, variable: variable, region: described.shape.map { 0..<$0 })
      switch try readers.answer(request, goingThrough: Double(state.size)).reply {
      case .texts(let texts) where texts.count == described.shape.reduce(1, *): return texts
      case .refusal(let reason): throw NetCDFError(operation, of: path, reason: reason)
      default: throw ReaderProcess.Failure.lied
      }
    } catch let error as NetCDFError {
      throw error
    } catch {
      throw NetCDFError(operation, of: path, failure: error)
    }
  }
}

extension NetCDFFile {
  private func described(
    _ name: String, _ operation: String
  ) throws(NetCDFError) -> NetCDFVariable {
    guard let variable = variable(named: name) else {
      throw NetCDFError(operation, of: path, reason: "there is no such variable")
    }
    if let reason = variable.unreadableReason {
      throw NetCDFError(operation, of: path, reason: reason)
    }
    return variable
  }

  private func check(
    _ region: [Range<Int>], of variable: NetCDFVariable, _ operation: String
  ) throws(NetCDFError) {
    let fits =
      region.count == variable.shape.count
      && zip(region, variable.shape).allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= $1 }
    guard fits else {
      throw NetCDFError(
        operation, of: path, reason: "the region \(region) leaves the shape \(variable.shape)")
    }
    var count = 1
    for range in region {
      count = count.multipliedReportingOverflow(by: range.count).partialValue
      guard (0...Self.readLimit).contains(count) else {
        throw NetCDFError(
          operation, of: path, reason: "the region \(region) is too much to read at once")
      }
    }
  }

  /// Only plain files: a path with a scheme would make netCDF-C ask the network.
  private static func checkFile(_ path: String) throws(NetCDFError) -> FileState {
    guard !path.contains("://"), !path.contains("#") else {
      throw NetCDFError(
        "open the header", of: path, reason: "it is not the path of a file",
        remedy: "download the file first and give its path, without \"#\"")
    }
    do throws(FileState.Failure) {
      return try FileState(path: path)
    } catch {
      throw NetCDFError("open the header", of: path, reason: error.reason)
    }
  }
}

extension NetCDFVariable {
  /// How many bytes of stored numbers a region makes the library go through: whole chunks.
  fileprivate func bytesTouched(by region: [Range<Int>]) -> Double {
    let chunks = chunkShape ?? region.map { _ in 1 }
    return zip(region, chunks).reduce(Double(elementType?.size ?? 1)) { bytes, dimension in
      let (range, chunk) = dimension
      guard !range.isEmpty else { return 0 }
      let count = (range.upperBound - 1) / chunk - range.lowerBound / chunk + 1
      return bytes * Double(count) * Double(chunk)
    }
  }

  /// A number that regions have in common which need the same chunks along the slowest dimension;
  /// `nil` where a region needs them whole.
  fileprivate func turn(of region: [Range<Int>]) -> Int? {
    guard let chunk = chunkShape?.first, let range = region.first, range.count < chunk else {
      return nil
    }
    return range.lowerBound / chunk
  }
}
