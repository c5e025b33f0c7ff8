/// The order in which corners and triangles of a mesh are written.
///
/// Triangles follow each other across common sides where that is possible, and corners are numbered
/// as triangles come to use them: then each triangle mostly names corners that were used just before,
/// and corners that follow each other lie close together, which packs well. (The format requires
/// numbers in order of first use: they are stored as distances from the highest number so far.)
struct MeshNumbering {
  /// By new number, the corner of the triangulation.
  private(set) var corners: [Int32] = []
  /// Three new numbers for each triangle, turning against the clock as seen from above.
  private(set) var triangles: [Int32] = []

  init(_ mesh: borrowing Triangulation) {
    corners.reserveCapacity(mesh.cornerCount)
    triangles.reserveCapacity(3 * mesh.count)
    var numbers = [Int32](repeating: -1, count: mesh.cornerCount)
    var isDone = [Bool](repeating: false, count: mesh.count)
    func name(_ place: Int) {
      let corner = Int(mesh.corners[place])
      if numbers[corner] < 0 {
        numbers[corner] = Int32(corners.count)
        corners.append(Int32(corner))
      }
      triangles.append(numbers[corner])
    }
    // Sides by which triangles are entered.
    var entries: [Int32] = [0]
    while let entry = entries.popLast().map(Int.init) {
      guard !isDone[entry / 3] else { continue }
      isDone[entry / 3] = true
      let onward = entry % 3 == 2 ? entry - 2 : entry + 1
      let back = onward % 3 == 2 ? onward - 2 : onward + 1
      // Rows count southwards, so our triangles turn with the clock: backwards. (One by one: a list of
      // three would be allocated for each triangle.)
      name(onward)
      name(entry)
      name(back)
      if mesh.opposite[back] >= 0 { entries.append(mesh.opposite[back]) }
      if mesh.opposite[onward] >= 0 { entries.append(mesh.opposite[onward]) }
      // Only the first triangle was not entered from a neighbour.
      if triangles.count == 3, mesh.opposite[entry] >= 0 { entries.append(mesh.opposite[entry]) }
    }
  }
}
