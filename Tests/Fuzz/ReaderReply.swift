import JSON

@testable import NetCDF

/// Any JSON as what a reader process answers: what is taken can be sent again and stays the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let message = try? JSONValue(parsing: bytes) else { return 0 }
  _ = ReaderRequest(message: message)
  guard let reply = ReaderReply(message: message) else { return 0 }
  let sent = reply.message.serialized()
  precondition(
    (try? JSONValue(parsing: sent)).flatMap(ReaderReply.init)?.message.serialized() == sent)
  return 0
}
