/// Triangles that are too far off, roughly the furthest first.
///
/// They lie in buckets by the magnitude of their error, eight to an octave; within a bucket the last
/// one comes first. So all operations take constant time, and the order depends on nothing but the
/// calls.
struct TriangleQueue {
  private static let perOctave = 8
  private static let buckets = 24 * perOctave

  private var first = [Int32](repeating: -1, count: buckets)
  private var next: [Int32]
  private var previous: [Int32]
  private var bucket: [Int16]
  private var highest = -1

  /// Makes room for triangles 0 ..< `capacity`.
  init(capacity: Int) {
    next = [Int32](repeating: -1, count: capacity)
    previous = next
    bucket = [Int16](repeating: -1, count: capacity)
  }

  /// Puts a triangle in that is not there.
  ///
  /// - Parameters:
  ///   - triangle: which.
  ///   - error: its error, in multiples of what is allowed; at least 1.
  mutating func insert(_ triangle: Int, error: Float) {
    // A float's bits above its mantissa's third count eighths of octaves from 1.
    let steps = Int(error.bitPattern >> 20) - Int(Float(1).bitPattern >> 20)
    let place = min(max(steps, 0), Self.buckets - 1)
    let head = first[place]
    next[triangle] = head
    previous[triangle] = -1
    if head >= 0 { previous[Int(head)] = Int32(triangle) }
    first[place] = Int32(triangle)
    bucket[triangle] = Int16(place)
    highest = max(highest, place)
  }

  /// Takes a triangle out, where it is there.
  mutating func remove(_ triangle: Int) {
    let place = Int(bucket[triangle])
    guard place >= 0 else { return }
    bucket[triangle] = -1
    let (before, after) = (previous[triangle], next[triangle])
    if before >= 0 { next[Int(before)] = after } else { first[place] = after }
    if after >= 0 { previous[Int(after)] = before }
  }

  /// Takes out one of those that are furthest off; `nil` where none is left.
  mutating func removeFurthest() -> Int? {
    while highest >= 0 {
      let triangle = Int(first[highest])
      if triangle >= 0 {
        remove(triangle)
        return triangle
      }
      highest -= 1
    }
    return nil
  }
}
