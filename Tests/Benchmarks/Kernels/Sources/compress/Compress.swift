import Codecs
import Dispatch
import Foundation
import Synchronization

/// The bound of a builder of arrays: its source read and decoded, its chunks compressed, nothing else.
///
///     compress SOURCE CHUNKS ENCODER THREADS
///
/// SOURCE is a folder of files with one Blosc container each, as a Zarr v2 array has them. CHUNKS is a
/// file of the chunks to be made, before they are compressed: a length (8 bytes, little-endian) and
/// so many bytes, again and again. ENCODER is `numbers-n`, our own for numbers of n bytes, or a level
/// of libdeflate. Prints the seconds and processor seconds that both together take and the bytes that
/// the chunks become, as JSON.
@main
struct Compress {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let threads = Int(arguments[4]), threads > 0,
      encoder(arguments[3]) != nil
    else {
      print("usage: compress SOURCE CHUNKS numbers-WIDTH|LEVEL THREADS")
      exit(2)
    }
    let source = try files(in: arguments[1])
    let chunks = try Data(contentsOf: URL(fileURLWithPath: arguments[2]), options: .mappedIfSafe)
    let places = pieces(of: chunks)
    // Both are read once before, so that the disk is not measured.
    for file in source { _ = try Data(contentsOf: file) }
    let start = ProcessInfo.processInfo.systemUptime
    let processor = clock()
    inParts(threads) { part in
      for file in stride(from: part, to: source.count, by: threads) {
        guard let data = try? Data(contentsOf: source[file]) else { continue }
        _ = try? data.withUnsafeBytes {
          try BloscCodec().decode($0, expectedSize: nil, limit: 1 << 30)
        }
      }
    }
    let made = Mutex(0)
    chunks.withUnsafeBytes { all in
      nonisolated(unsafe) let bytes = all
      inParts(threads) { part in
        guard let encoder = encoder(arguments[3]) else { return }
        var size = 0
        for place in stride(from: part, to: places.count, by: threads) {
          let chunk = UnsafeRawBufferPointer(rebasing: bytes[places[place]])
          size += (try? encoder.encode(chunk))?.count ?? 0
        }
        made.withLock { $0 += size }
      }
    }
    let seconds = ProcessInfo.processInfo.systemUptime - start
    let processorSeconds = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
    let size = made.withLock { $0 }
    print(
      "{\"seconds\": \(seconds), \"processor\": \(processorSeconds), \"bytes\": \(size)}")
  }

  static func encoder(_ name: String) -> GzipEncoder? {
    if let level = Int(name) { return try? GzipEncoder(level: level) }
    guard name.hasPrefix("numbers-"), let width = Int(name.dropFirst(8)),
      [1, 2, 4, 8].contains(width)
    else { return nil }
    return GzipEncoder(numbersOf: width)
  }

  static func inParts(_ count: Int, _ work: @Sendable (Int) -> Void) {
    DispatchQueue.concurrentPerform(iterations: count, execute: work)
  }

  /// The chunks of an array: files whose names begin with a digit.
  static func files(in folder: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.first?.isNumber == true }.sorted()
      .map { URL(fileURLWithPath: folder + "/" + $0) }
  }

  static func pieces(of chunks: Data) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var at = 0
    chunks.withUnsafeBytes { bytes in
      while at + 8 <= bytes.count {
        let length = Int(
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
        guard length > 0, length <= bytes.count - at - 8 else { return }
        places.append(at + 8..<at + 8 + length)
        at += 8 + length
      }
    }
    return places
  }
}
