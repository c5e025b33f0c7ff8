import Recipes

/// Any text as a recipe; the problems are worded, too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  do {
    _ = try Recipe.parse(text, path: "folder/recipe.yaml")
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}
