/// A Delaunay triangulation of places of a square lattice, to which places are added.
///
/// Places are whole numbers (column, row), 0 to `side`, so all decisions are exact. Triangle *t* has
/// the corners `corners[3 t ... 3 t + 2]`, turning from columns to rows; side *e* = 3 *t* + *k* leads from its
/// corner *k* to the next one, and `opposite[e]` is the same side seen from the other triangle, -1 on the
/// border. After Guibas and Stolfi (1985) and Lawson's flips.
///
/// This is the inner loop of making terrain, so its lists are bare memory for as many triangles as the
/// lattice can have. What is read and written there are numbers that were made here: corners below
/// `cornerCount`, triangles below `count`; callers hand in those and places of the lattice, each once.
struct Triangulation: ~Copyable {
  /// Columns of the corners, by number.
  let columns: BareMemory<Int32>
  /// Rows of the corners, by number.
  let rows: BareMemory<Int32>
  /// How many corners there are.
  private(set) var cornerCount = 0
  let corners: BareMemory<Int32>
  let opposite: BareMemory<Int32>
  /// How many triangles there are.
  private(set) var count = 0
  /// Triangles that were made or changed since they were last forgotten, each once.
  let changed: BareMemory<Int32>
  /// How many those are.
  private(set) var changedCount = 0
  let isChanged: BareMemory<Bool>
  /// By corner on the border, the side that starts there.
  private let borderSide: BareMemory<Int32>
  /// Triangles around a new place whose first side may have to be flipped, each once.
  private let doubtful: BareMemory<Int32>
  private var doubtfulCount = 0
  private let side: Int

  /// Cuts the square in two.
  ///
  /// - Parameter side: steps along a side of the lattice, at most 2^14 so that nothing overflows.
  init(side: Int) {
    // Corners at all places make two triangles of each cell of the lattice.
    let (places, triangles) = ((side + 1) * (side + 1), 2 * side * side)
    self.side = side
    columns = BareMemory(count: places)
    rows = BareMemory(count: places)
    borderSide = BareMemory(count: places)
    corners = BareMemory(count: 3 * triangles)
    opposite = BareMemory(count: 3 * triangles)
    changed = BareMemory(count: triangles)
    isChanged = BareMemory(count: triangles)
    doubtful = BareMemory(count: triangles)
    startAnew()
  }

  /// Forgets all places but the corners of the square.
  mutating func startAnew() {
    (cornerCount, count, changedCount) = (0, 0, 0)
    for (column, row) in [(0, 0), (side, 0), (side, side), (0, side)] { add(column, row) }
    let (one, other) = (newTriangle(), newTriangle())
    set(one, 0, 1, 2)
    set(other, 0, 2, 3)
    link(3 * one, -1)
    link(3 * one + 1, -1)
    link(3 * one + 2, 3 * other)
    link(3 * other + 1, -1)
    link(3 * other + 2, -1)
  }

  /// From now on only later changes count as such.
  mutating func forgetChanged() {
    for place in 0..<changedCount { isChanged[Int(changed[place])] = false }
    changedCount = 0
  }

  /// The corner at which the side of the border that starts at a corner ends.
  func nextOnBorder(_ corner: Int) -> Int { end(of: Int(borderSide[corner])) }

  /// Adds a place on the side of the border that starts at a corner; returns its number.
  @discardableResult
  mutating func add(column: Int, row: Int, onBorderAfter corner: Int) -> Int {
    let place = add(column, row)
    split(side: Int(borderSide[corner]), at: place)
    return place
  }

  /// Adds a place in a triangle or on one of its sides, but not on the border.
  mutating func add(column: Int, row: Int, in triangle: Int) {
    let place = add(column, row)
    for edge in 3 * triangle..<3 * triangle + 3
    where turn(Int(corners[edge]), end(of: edge), place) == 0 {
      return split(side: edge, at: place)
    }
    split(triangle: triangle, at: place)
  }

  @discardableResult
  private mutating func add(_ column: Int, _ row: Int) -> Int {
    let corner = cornerCount
    columns[corner] = Int32(truncatingIfNeeded: column)
    rows[corner] = Int32(truncatingIfNeeded: row)
    borderSide[corner] = -1
    cornerCount += 1
    return corner
  }

  private mutating func newTriangle() -> Int {
    isChanged[count] = false
    count += 1
    return count - 1
  }

  private mutating func set(_ triangle: Int, _ a: Int, _ b: Int, _ c: Int) {
    corners[3 * triangle] = Int32(truncatingIfNeeded: a)
    corners[3 * triangle + 1] = Int32(truncatingIfNeeded: b)
    corners[3 * triangle + 2] = Int32(truncatingIfNeeded: c)
    guard !isChanged[triangle] else { return }
    isChanged[triangle] = true
    changed[changedCount] = Int32(truncatingIfNeeded: triangle)
    changedCount += 1
  }

  /// Says what lies on the other side; corners of the triangle must be set.
  private func link(_ edge: Int, _ other: Int) {
    opposite[edge] = Int32(truncatingIfNeeded: other)
    if other >= 0 {
      opposite[other] = Int32(truncatingIfNeeded: edge)
    } else {
      borderSide[Int(corners[edge])] = Int32(truncatingIfNeeded: edge)
    }
  }

  private func next(_ edge: Int) -> Int { edge % 3 == 2 ? edge - 2 : edge + 1 }
  private func end(of edge: Int) -> Int { Int(corners[next(edge)]) }

  /// Twice the area of a triangle; positive where it turns as all of ours do.
  private func turn(_ a: Int, _ b: Int, _ c: Int) -> Int {
    let (ax, ay) = (Int(columns[a]), Int(rows[a]))
    return (Int(columns[b]) - ax) * (Int(rows[c]) - ay)
      - (Int(rows[b]) - ay) * (Int(columns[c]) - ax)
  }

  private mutating func split(triangle: Int, at place: Int) {
    let first = 3 * triangle
    let (a, b, c) = (Int(corners[first]), Int(corners[first + 1]), Int(corners[first + 2]))
    let (ab, bc, ca) = (Int(opposite[first]), Int(opposite[first + 1]), Int(opposite[first + 2]))
    let (second, third) = (newTriangle(), newTriangle())
    set(triangle, a, b, place)
    set(second, b, c, place)
    set(third, c, a, place)
    link(first, ab)
    link(3 * second, bc)
    link(3 * third, ca)
    link(first + 1, 3 * second + 2)
    link(3 * second + 1, 3 * third + 2)
    link(3 * third + 1, first + 2)
    doubt(triangle)
    doubt(second)
    doubt(third)
    flipDoubtful()
  }

  /// Cuts the triangles on both sides of a side in two.
  private mutating func split(side edge: Int, at place: Int) {
    let onward = next(edge)
    let back = next(onward)
    let (a, b, c) = (Int(corners[edge]), Int(corners[onward]), Int(corners[back]))
    let (bc, ca) = (Int(opposite[onward]), Int(opposite[back]))
    let across = Int(opposite[edge])
    let (one, two) = (edge / 3, newTriangle())
    set(one, c, a, place)
    set(two, b, c, place)
    link(3 * one, ca)
    link(3 * two, bc)
    link(3 * one + 2, 3 * two + 1)
    doubt(one)
    doubt(two)
    guard across >= 0 else {
      link(3 * one + 1, -1)
      link(3 * two + 2, -1)
      return flipDoubtful()
    }
    let farOnward = next(across)
    let farBack = next(farOnward)
    let d = Int(corners[farBack])
    let (ad, db) = (Int(opposite[farOnward]), Int(opposite[farBack]))
    let (three, four) = (across / 3, newTriangle())
    set(three, d, b, place)
    set(four, a, d, place)
    link(3 * three, db)
    link(3 * four, ad)
    link(3 * one + 1, 3 * four + 2)
    link(3 * two + 2, 3 * three + 1)
    link(3 * three + 2, 3 * four + 1)
    doubt(three)
    doubt(four)
    flipDoubtful()
  }

  private mutating func doubt(_ triangle: Int) {
    doubtful[doubtfulCount] = Int32(truncatingIfNeeded: triangle)
    doubtfulCount += 1
  }

  /// Flips sides around a new place, which is the third corner of each doubtful triangle, until the
  /// triangulation is Delaunay's again.
  private mutating func flipDoubtful() {
    while doubtfulCount > 0 {
      doubtfulCount -= 1
      let triangle = Int(doubtful[doubtfulCount])
      let edge = 3 * triangle
      let across = Int(opposite[edge])
      guard across >= 0 else { continue }
      let farOnward = next(across)
      let farBack = next(farOnward)
      let (a, b, place) = (Int(corners[edge]), Int(corners[edge + 1]), Int(corners[edge + 2]))
      let d = Int(corners[farBack])
      guard isInCircle(a, b, place, d) else { continue }
      let other = across / 3
      let (ad, db) = (Int(opposite[farOnward]), Int(opposite[farBack]))
      let (onward, back) = (Int(opposite[edge + 1]), Int(opposite[edge + 2]))
      set(triangle, a, d, place)
      set(other, d, b, place)
      link(edge, ad)
      link(edge + 1, 3 * other + 2)
      link(edge + 2, back)
      link(3 * other, db)
      link(3 * other + 1, onward)
      doubt(triangle)
      doubt(other)
    }
  }

  /// Whether a place lies within the circle through three others that turn as our triangles do.
  @inline(__always)
  private func isInCircle(_ a: Int, _ b: Int, _ c: Int, _ place: Int) -> Bool {
    let (x, y) = (Int(columns[place]), Int(rows[place]))
    let (ax, ay) = (Int(columns[a]) &- x, Int(rows[a]) &- y)
    let (bx, by) = (Int(columns[b]) &- x, Int(rows[b]) &- y)
    let (cx, cy) = (Int(columns[c]) &- x, Int(rows[c]) &- y)
    // At most 2^60 for sides of 2^14.
    let (aa, bb, cc) = (ax &* ax &+ ay &* ay, bx &* bx &+ by &* by, cx &* cx &+ cy &* cy)
    return aa &* (bx &* cy &- by &* cx) &- bb &* (ax &* cy &- ay &* cx)
      &+ cc &* (ax &* by &- ay &* bx) > 0
  }
}
