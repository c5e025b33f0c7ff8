import Notebooks

/// Any bytes as a notebook.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  do {
    _ = try Notebook(parsing: Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}
