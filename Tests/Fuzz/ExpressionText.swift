import Expressions

/// Any text as an expression over two arrays; what is read gives as many values as they have.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  guard let expression = try? Expression(text, over: ["a", "b"]) else { return 0 }
  let arrays = expression.names.map { _ in [1, -2.5, .nan, 0, .infinity] }
  let values = expression.values(arrays, areSingle: arrays.indices.map { $0 % 2 == 0 })
  precondition(values.count == 5)
  return 0
}
