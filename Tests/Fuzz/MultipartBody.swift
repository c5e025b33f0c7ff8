import Multipart

/// Any bytes as the body of a form: whole and byte by byte the same is found in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  precondition(found([bytes]) == found(bytes.map { [$0] }))
  return 0
}

/// The names and contents, and why it is no form; `nil` within the list stands for the end of a part.
private func found(_ pieces: [[UInt8]]) -> [[UInt8]?] {
  guard var parser = try? MultipartParser(contentType: "multipart/form-data; boundary=X") else {
    return []
  }
  var found: [[UInt8]?] = []
  do {
    for piece in pieces {
      for event in try parser.take(piece) {
        switch event {
        case .began(let head):
          found += [Array(head.name.utf8), head.fileName.map { Array($0.utf8) }, []]
        case .bytes(let bytes): found.append((found.removeLast() ?? []) + bytes)
        case .ended: found.append(nil)
        }
      }
    }
    try parser.finish()
  } catch {
    // Of a form that is none, what came before the fault counts for nobody.
    return [Array("\(error)".utf8)]
  }
  return found
}
