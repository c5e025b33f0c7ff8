/// Memory for a fixed count of numbers whose places nobody checks.
///
/// For inner loops that use as places only numbers which they made themselves, below `count`. What was not
/// written yet must not be read.
struct BareMemory<Element: BitwiseCopyable>: ~Copyable {
  let start: UnsafeMutablePointer<Element>
  let count: Int

  init(count: Int) {
    start = .allocate(capacity: count)
    self.count = count
  }

  deinit { start.deallocate() }

  @inline(__always)
  subscript(place: Int) -> Element {
    get { start[place] }
    nonmutating set { start[place] = newValue }
  }

  func fill(_ element: Element) { start.update(repeating: element, count: count) }
}
