import Codecs
import Stores
import Zarr

/// Any bytes as the metadata of an array or a group of either version, with a small chunk there.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let chunk = [UInt8](repeating: 1, count: 64)
  for name in ["zarr.json", ".zarray", ".zmetadata"] {
    var objects = [name: bytes]
    for key in ["0", "0.0", "0/0", "c", "c/0", "c/0/0", "c.0"] { objects[key] = chunk }
    let store = MemoryStore(objects)
    if let group = try? ZarrGroup.open(store) {
      for array in group.arrayNames { read(try? group.array(array)) }
    }
    read(try? ZarrArray.open(store, path: ""))
  }
  return 0
}

private func read(_ array: ZarrArray?) {
  guard let array else { return }
  let region = array.shape.map { 0..<min($0, 2) }
  _ = array.chunkShape
  _ = try? array.read(region)
  _ = try? array.fingerprint(of: region)
  // Chunks of gigabytes are allowed and slow; the numbers of small ones are the interesting part.
  if array.shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) < 1000 {
    _ = try? array.readStrings()
  }
}
