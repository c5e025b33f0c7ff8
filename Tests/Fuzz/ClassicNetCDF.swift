import Foundation

@testable import NetCDF

/// The file into which each input goes, in memory.
private let path = "/dev/shm/cubepress-fuzz-\(getpid()).nc"

/// Any bytes as a classic NetCDF file, behind the first letters of each version.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 4, let file = fopen(path, "wb") else { return 0 }
  fwrite(start, 1, count, file)
  fclose(file)
  defer { unlink(path) }
  try? ClassicHeader.checkLength(path: path)
  return 0
}
