import Sanitising

/// Any bytes as HTML, as prose and as a picture.
///
/// What was cleaned and written, cleaned again, is the
/// same: so a reader of it sees no element that was not meant.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeBufferPointer(start: start, count: count)
  for form in [Sanitiser.Form.output, .prose] {
    let first = written(Sanitiser(form).clean(bytes).tokens)
    let second = written(Sanitiser(form).clean(first).tokens)
    precondition(first == second)
    let text = String(decoding: first, as: UTF8.self).lowercased()
    precondition(!text.contains("<script") && !text.contains("<iframe"))
  }
  let picture = written(Sanitiser(.picture).clean(bytes).tokens)
  precondition(!String(decoding: picture, as: UTF8.self).lowercased().contains("<script"))
  return 0
}

private func written(_ tokens: [MarkupToken]) -> [UInt8] {
  var writer = MarkupWriter()
  for token in tokens { writer.write(token) }
  return writer.utf8
}
