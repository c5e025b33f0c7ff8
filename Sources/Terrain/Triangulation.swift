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
final class Triangulation {
  /// Columns of the corners, by number.
  let columns: UnsafeMutablePointer<Int32>
  /// Rows of the corners, by number.
  let rows: UnsafeMutablePointer<Int32>
  /// How many corners there are.
  private(set) var cornerCount = 0
  let corners: UnsafeMutablePointer<Int32>
  let opposite: UnsafeMutablePointer<Int32>
  /// How many triangles there are.
  private(set) var count = 0
  /// Triangles that were made or changed since they were last taken.
  private var changed: [Int32] = []
  private let isChanged: UnsafeMutablePointer<Bool>
  /// By corner on the border, the side that starts there.
  private let borderSide: UnsafeMutablePointer<Int32>
  /// Triangles whose first side may have to be flipped.
  private var doubtful: [Int32] = []

  /// Cuts the square in two.
  ///
  /// - Parameter side: steps along a side of the lattice, at most 2^14 so that nothing overflows.
  init(side: Int) {
    // Corners at all places make two triangles of each cell of the lattice.
    let (places, triangles) = ((side + 1) * (side + 1), 2 * side * side)
    columns = .allocate(capacity: places)
    rows = .allocate(capacity: places)
    borderSide = .allocate(capacity: places)
    corners = .allocate(capacity: 3 * triangles)
    opposite = .allocate(capacity: 3 * triangles)
    isChanged = .allocate(capacity: triangles)
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

  deinit {
    for list in [columns, rows, borderSide, corners, opposite] { list.deallocate() }
    isChanged.deallocate()
  }

  /// The triangles that were made or changed since the last call.
  func takeChanged(into list: inout [Int32]) {
    swap(&changed, &list)
    changed.removeAll(keepingCapacity: true)
    for triangle in list { isChanged[Int(triangle)] = false }
  }

  /// The corner at which the side of the border that starts at a corner ends.
  func nextOnBorder(_ corner: Int) -> Int { end(of: Int(borderSide[corner])) }

  /// Adds a place on the side of the border that starts at a corner; returns its number.
  @discardableResult
  func add(column: Int, row: Int, onBorderAfter corner: Int) -> Int {
    let place = add(column, row)
    split(side: Int(borderSide[corner]), at: place)
    return place
  }

  /// Adds a place in a triangle or on one of its sides, but not on the border.
  func add(column: Int, row: Int, in triangle: Int) {
    let place = add(column, row)
    for edge in 3 * triangle..<3 * triangle + 3
    where turn(Int(corners[edge]), end(of: edge), place) == 0 {
      return split(side: edge, at: place)
    }
    split(triangle: triangle, at: place)
  }

  @discardableResult
  private func add(_ column: Int, _ row: Int) -> Int {
    let corner = cornerCount
    columns[corner] = Int32(column)
    rows[corner] = Int32(row)
    borderSide[corner] = -1
    cornerCount += 1
    return corner
  }

  private func newTriangle() -> Int {
    isChanged[count] = false
    count += 1
    return count - 1
  }

  private func set(_ triangle: Int, _ a: Int, _ b: Int, _ c: Int) {
    corners[3 * triangle] = Int32(a)
    corners[3 * triangle + 1] = Int32(b)
    corners[3 * triangle + 2] = Int32(c)
    guard !isChanged[triangle] else { return }
    isChanged[triangle] = true
    changed.append(Int32(triangle))
  }

  /// Says what lies on the other side; corners of the triangle must be set.
  private func link(_ edge: Int, _ other: Int) {
    opposite[edge] = Int32(other)
    if other >= 0 {
      opposite[other] = Int32(edge)
    } else {
      borderSide[Int(corners[edge])] = Int32(edge)
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

  private func split(triangle: Int, at place: Int) {
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
    doubtful.append(Int32(triangle))
    doubtful.append(Int32(second))
    doubtful.append(Int32(third))
    flipDoubtful()
  }

  /// Cuts the triangles on both sides of a side in two.
  private func split(side edge: Int, at place: Int) {
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
    doubtful.append(Int32(one))
    doubtful.append(Int32(two))
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
    doubtful.append(Int32(three))
    doubtful.append(Int32(four))
    flipDoubtful()
  }

  /// Flips sides around a new place, which is the third corner of each doubtful triangle, until the
  /// triangulation is Delaunay's again.
  private func flipDoubtful() {
    while let triangle = doubtful.popLast().map(Int.init) {
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
      doubtful.append(Int32(triangle))
      doubtful.append(Int32(other))
    }
  }

  /// Whether a place lies within the circle through three others that turn as our triangles do.
  private func isInCircle(_ a: Int, _ b: Int, _ c: Int, _ place: Int) -> Bool {
    let (x, y) = (Int(columns[place]), Int(rows[place]))
    let (ax, ay) = (Int(columns[a]) - x, Int(rows[a]) - y)
    let (bx, by) = (Int(columns[b]) - x, Int(rows[b]) - y)
    let (cx, cy) = (Int(columns[c]) - x, Int(rows[c]) - y)
    let (aa, bb, cc) = (ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy)
    return aa * (bx * cy - by * cx) - bb * (ax * cy - ay * cx) + cc * (ax * by - ay * bx) > 0
  }
}
