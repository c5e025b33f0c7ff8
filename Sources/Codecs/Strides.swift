/// How far apart neighbours lie along every dimension of a C-ordered array, in bytes.
public func byteStrides(of shape: [Int], elementSize: Int) -> [Int] {
  var strides = [Int](repeating: elementSize, count: shape.count)
  for index in shape.indices.dropLast().reversed() {
    strides[index] = strides[index + 1] &* shape[index + 1]
  }
  return strides
}

/// Bytes seen as an array whose neighbours lie at any distance.
public struct StridedBytes {
  let buffer: UnsafeRawBufferPointer
  let offset: Int
  let strides: [Int]

  /// Makes a view; `offset` and `strides` are in bytes.
  public init(_ buffer: UnsafeRawBufferPointer, offset: Int, strides: [Int]) {
    self.buffer = buffer
    self.offset = offset
    self.strides = strides
  }
}

/// Copies a block of elements between two arrays with any strides.
///
/// Every reachable byte is checked against both buffers before the first one is copied; a block
/// that does not fit is a mistake of the caller and stops the program.
public func copyStrided(
  shape: [Int], elementSize: Int, from source: StridedBytes,
  to target: UnsafeMutableRawBufferPointer, offset: Int, strides: [Int]
) {
  guard !shape.contains(0) else { return }
  precondition(
    fits(shape, elementSize, source.offset, source.strides, source.buffer.count)
      && fits(shape, elementSize, offset, strides, target.count),
    "a block must lie within its buffers")
  guard let from = source.buffer.baseAddress, let to = target.baseAddress else { return }
  let plan = CopyPlan(
    shape: shape, elementSize: elementSize, source: source.strides, target: strides)
  plan.run(from: from + source.offset, to: to + offset)
}

private func fits(
  _ shape: [Int], _ elementSize: Int, _ offset: Int, _ strides: [Int], _ count: Int
) -> Bool {
  guard strides.count == shape.count, offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
    return false
  }
  var end = offset + elementSize
  for (length, stride) in zip(shape, strides) { end += (length - 1) * stride }
  return end <= count
}

/// A block copy in its simplest form: dimensions of length one are gone and neighbours that lie
/// one after the other on both sides are one dimension.
private struct CopyPlan {
  var lengths: [Int] = []
  var source: [Int] = []
  var target: [Int] = []
  /// How many bytes are copied at once.
  var run: Int

  init(shape: [Int], elementSize: Int, source: [Int], target: [Int]) {
    run = elementSize
    var dimensions = shape.indices.filter { shape[$0] > 1 }
    while let last = dimensions.last, source[last] == run, target[last] == run {
      run *= shape[last]
      dimensions.removeLast()
    }
    for dimension in dimensions {
      lengths.append(shape[dimension])
      self.source.append(source[dimension])
      self.target.append(target[dimension])
    }
    // The target is written in its own order where that is possible: writes that jump cost more
    // than reads that do.
    let order = lengths.indices.sorted { self.target[$0] > self.target[$1] }
    lengths = order.map { lengths[$0] }
    self.source = order.map { self.source[$0] }
    self.target = order.map { self.target[$0] }
  }

  func run(from: UnsafeRawPointer, to: UnsafeMutableRawPointer) {
    guard let length = lengths.last, let inner = source.last, let outer = target.last else {
      to.copyMemory(from: from, byteCount: run)
      return
    }
    var counters = [Int](repeating: 0, count: lengths.count - 1)
    var from = from
    var to = to
    while true {
      line(from, to, length, inner, outer)
      var dimension = counters.count - 1
      while dimension >= 0 {
        counters[dimension] += 1
        from += source[dimension]
        to += target[dimension]
        if counters[dimension] < lengths[dimension] { break }
        counters[dimension] = 0
        from -= source[dimension] * lengths[dimension]
        to -= target[dimension] * lengths[dimension]
        dimension -= 1
      }
      if dimension < 0 { return }
    }
  }

  private func line(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ length: Int, _ inner: Int,
    _ outer: Int
  ) {
    switch run {
    case 1: words(from, to, length, inner, outer, UInt8.self)
    case 2: words(from, to, length, inner, outer, UInt16.self)
    case 4: words(from, to, length, inner, outer, UInt32.self)
    case 8: words(from, to, length, inner, outer, UInt64.self)
    default:
      for index in 0..<length {
        (to + index * outer).copyMemory(from: from + index * inner, byteCount: run)
      }
    }
  }

  private func words<Word: BitwiseCopyable>(
    _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ length: Int, _ inner: Int,
    _ outer: Int, _ type: Word.Type
  ) {
    for index in 0..<length {
      let word = from.loadUnaligned(fromByteOffset: index * inner, as: Word.self)
      to.storeBytes(of: word, toByteOffset: index * outer, as: Word.self)
    }
  }
}
