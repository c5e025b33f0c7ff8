import CNetCDF
import Codecs
import Foundation
import NetCDF

/// The NetCDF files that a reader process has open: those used last.
final class OpenFiles {
  private struct OpenFile {
    let path: String
    let state: FileState
    let handle: Int32
    let description: NetCDFDescription
    let places: [String: NetCDFContents.Place]
    /// Variables whose chunk cache has been sized.
    var cached: Set<String> = []
  }

  private static let limit = 16

  private let library = NetCDFLibrary()
  private let memory: Int32
  private var files: [OpenFile] = []

  /// No files yet, and the memory into which numbers go.
  init(memory: Int32) {
    self.memory = memory
  }

  /// Does what is asked.
  func reply(to request: ReaderRequest) -> ReaderReply {
    do {
      switch request {
      case .describe(let path, let state):
        return .description(try open(path, state).description)
      case .read(let path, let state, let variable, let region):
        return try read(variable, region, try open(path, state))
      }
    } catch let status as NetCDFStatus {
      return .refusal(status.text)
    } catch let refusal as Refusal {
      return .refusal(refusal.reason)
    } catch {
      return .refusal("\(error)")
    }
  }

  private struct Refusal: Error {
    let reason: String
  }

  /// Opens a file if it is not open, and makes it the one used last.
  private func open(_ path: String, _ state: FileState) throws -> OpenFile {
    guard try FileState(path: path) == state else {
      throw Refusal(reason: "the file was changed or replaced after it was opened first")
    }
    if let place = files.firstIndex(where: { $0.path == path }) {
      let file = files.remove(at: place)
      if file.state == state {
        files.append(file)
        return file
      }
      library.close(file.handle)
    }
    while files.count >= Self.limit { library.close(files.removeFirst().handle) }
    let handle = try library.open(path)
    do {
      // Whoever hands in a file must not get at another one of this machine.
      if let name = try library.objectOutside(path) {
        throw Refusal(reason: "the data of \"\(name)\" are in another file, which is not read")
      }
    } catch {
      library.close(handle)
      throw error
    }
    var contents = NetCDFContents()
    try contents.collect(handle, named: "", with: library)
    let description = NetCDFDescription(
      attributes: try library.attributes(ofGroup: handle), dimensions: contents.dimensions,
      variables: contents.variables)
    let file = OpenFile(
      path: path, state: state, handle: handle, description: description, places: contents.places)
    files.append(file)
    return file
  }

  private func read(
    _ name: String, _ region: [Range<Int>], _ file: OpenFile
  ) throws -> ReaderReply {
    guard let place = file.places[name],
      let variable = file.description.variables.first(where: { $0.name == name }),
      variable.unreadableReason == nil, region.count == variable.shape.count
    else { throw Refusal(reason: "there is no such variable") }
    var start = region.map(\.lowerBound)
    var count = region.map(\.count)
    if let type = variable.elementType, !variable.isString {
      sizeChunkCache(variable, type: type, at: place)
      return .numbers(
        byteCount: try readShared(place, start, count, byteCount: count.reduce(type.size, *)))
    }
    guard let length = variable.textLength else {
      return .texts(try library.readStrings(place.group, place.id, start: start, count: count))
    }
    start.append(0)
    count.append(length)
    return .texts(try readLetters(place, start, count))
  }

  /// Reads numbers into the shared memory.
  private func readShared(
    _ place: NetCDFContents.Place, _ start: [Int], _ count: [Int], byteCount: Int
  ) throws -> Int {
    guard byteCount > 0 else { return 0 }
    // The other side has made room; what lies behind the end cannot be mapped in a useful way.
    var status = stat()
    guard fstat(memory, &status) == 0, status.st_size >= byteCount else {
      throw Refusal(reason: "there is no room for \(byteCount) bytes")
    }
    let mapped = mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, Int32(MAP_SHARED) | Int32(MAP_POPULATE), memory, 0)
    guard let mapped, mapped != MAP_FAILED else {
      throw Refusal(reason: "no memory for \(byteCount) bytes: \(String(cString: strerror(errno)))")
    }
    defer { munmap(mapped, byteCount) }
    try library.read(place.group, place.id, start: start, count: count, into: mapped)
    return byteCount
  }

  /// The texts of a character array, whose last dimension is their length, without their padding.
  private func readLetters(
    _ place: NetCDFContents.Place, _ start: [Int], _ count: [Int]
  ) throws -> [String] {
    let length = count.last ?? 0
    let texts = count.dropLast().reduce(1, *)
    guard length > 0, texts > 0 else { return Array(repeating: "", count: texts) }
    var letters = [CChar](repeating: 0, count: texts * length)
    try letters.withUnsafeMutableBytes { (letters) throws in
      guard let base = letters.baseAddress else { return }
      try library.read(place.group, place.id, start: start, count: count, into: base)
    }
    return (0..<texts).map { number in
      let text = NetCDFLibrary.text(Array(letters[number * length..<(number + 1) * length]))
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension OpenFiles {
  /// What HDF5 gives each variable anyway.
  private static let smallCache = 16 << 20
  private static let largeCache = 128 << 20

  /// Lets HDF5 keep one layer of chunks, so that the steps within one chunk decode it once.
  private func sizeChunkCache(
    _ variable: NetCDFVariable, type: ElementType, at place: NetCDFContents.Place
  ) {
    guard let chunks = variable.chunkShape, chunks.count == variable.shape.count,
      let last = files.indices.last, files[last].cached.insert(variable.name).inserted
    else { return }
    let chunkBytes = chunks.reduce(type.size) { $0.multipliedReportingOverflow(by: $1).0 }
    // The two dimensions that vary fastest, nearly always the horizontal ones, span a layer.
    let layer = zip(chunks, variable.shape).suffix(2)
      .reduce(1) { $0 * (($1.1 + max(1, $1.0) - 1) / max(1, $1.0)) }
    let (wanted, overflow) = chunkBytes.multipliedReportingOverflow(by: layer)
    guard !overflow, wanted > Self.smallCache, chunkBytes > 0 else { return }
    let bytes = min(wanted, max(Self.largeCache, chunkBytes))
    library.setChunkCache(
      place.group, place.id, bytes: bytes, slots: 100 * (bytes / chunkBytes) + 1)
  }
}
