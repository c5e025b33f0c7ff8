import Foundation

@testable import GeoTIFF

/// The file into which each input goes, in memory.
private let path = "/dev/shm/cubepress-fuzz-\(getpid()).tif"

/// Any bytes as a GeoTIFF file: it is described, and its corners are read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 8, let file = fopen(path, "wb") else { return 0 }
  fwrite(start, 1, count, file)
  fclose(file)
  defer { unlink(path) }
  guard let image = try? GeoTIFFFile(path: path), image.unreadable == nil else { return 0 }
  let bands = 0..<min(2, image.bandCount)
  for (row, column) in [(0, 0), (image.rows - 1, image.columns - 1)] {
    let numbers = try? image.read(bands: bands, rows: row..<row + 1, columns: column..<column + 1)
    precondition(numbers == nil || numbers?.count == bands.count)
  }
  return 0
}
