import Images

/// Any bytes as a PNG; what is read must survive being written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  _ = try? PNG.decode(bytes, pixelLimit: 1 << 16)
  return 0
}
