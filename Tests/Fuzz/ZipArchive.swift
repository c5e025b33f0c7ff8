import Stores

/// Any bytes as a zip archive: every file in it is read whole and in part.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  var limits = ZipLimits()
  limits.objectSize = 1 << 20
  guard let zip = try? ZipStore("a.zip", in: MemoryStore(["a.zip": bytes]), limits: limits) else {
    return 0
  }
  walk(zip, "", depth: 0)
  return 0
}

private func walk(_ zip: ZipStore, _ prefix: String, depth: Int) {
  guard depth < 4, let names = try? zip.list(prefix) else { return }
  for name in names.prefix(20) {
    let key = prefix.isEmpty ? name : prefix + "/" + name
    if let whole = try? zip.read(key) { precondition(whole.count == (try? zip.size(of: key))) }
    _ = try? zip.read(key, range: .from(offset: 1, length: 3))
    _ = try? zip.read(key, range: .suffix(length: 5))
    walk(zip, key, depth: depth + 1)
  }
}
