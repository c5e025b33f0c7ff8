/// Triangles that are too far off, roughly the furthest first.
///
/// They lie in buckets by the magnitude of their error, eight to an octave; within a bucket the last
/// one comes first. So all operations take constant time, and the order depends on nothing but the
/// calls.
struct TriangleQueue: ~Copyable {
  private static let perOctave = 8
  private static let buckets = 24 * perOctave

  private let first = BareMemory<Int32>(count: buckets)
  private let next: BareMemory<Int32>
  private let previous: BareMemory<Int32>
  private let bucket: BareMemory<Int16>
  private var highest = -1

  /// Makes room for triangles 0 ..< `capacity`; callers name no others.
  init(capacity: Int) {
    next = BareMemory(count: capacity)
    previous = BareMemory(count: capacity)
    bucket = BareMemory(count: capacity)
    removeAll()
  }

  mutating func removeAll() {
    first.fill(-1)
    bucket.fill(-1)
    highest = -1
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
    if head >= 0 { previous[Int(head)] = Int32(truncatingIfNeeded: triangle) }
    first[place] = Int32(truncatingIfNeeded: triangle)
    bucket[triangle] = Int16(truncatingIfNeeded: place)
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

  /// The bucket of those that are furthest off; `nil` where none is left.
  mutating func furthestBucket() -> Int? {
    while highest >= 0, first[highest] < 0 { highest -= 1 }
    return highest >= 0 ? highest : nil
  }

  /// Takes the first triangle out of a bucket; `nil` where it is empty.
  mutating func removeFirst(of bucket: Int) -> Int? {
    let triangle = Int(first[bucket])
    guard triangle >= 0 else { return nil }
    remove(triangle)
    return triangle
  }
}
