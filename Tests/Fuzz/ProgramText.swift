import Highlighting

/// Any text as a program: its pieces together are the program.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let code = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  for language in ["python", "julia", "r", "bash"] {
    let pieces = Highlighting.pieces(code, language: language)
    precondition(Array(pieces.map(\.text).joined().utf8) == Array(code.utf8))
  }
  return 0
}
