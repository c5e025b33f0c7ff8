import JSON

/// Any bytes as a JSON text: what parses must be written and read alike.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let value = try? JSONValue(parsing: bytes) else { return 0 }
  let text = value.serialized()
  precondition((try? JSONValue(parsing: text))?.serialized() == text)
  _ = value.serialized(pretty: true)
  return 0
}
