@testable import Transport

/// Any text as the header of an answer, line by line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  var fields = HTTPFields()
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    fields.add(line: UnsafeRawBufferPointer(rebasing: line))
  }
  _ = fields.contentLength
  _ = fields.head(size: nil)
  if let range = fields["content-range"].flatMap(ContentRange.init), let offsets = range.offsets {
    precondition(offsets.lowerBound >= 0 && offsets.upperBound <= range.size ?? .max)
  }
  return 0
}
