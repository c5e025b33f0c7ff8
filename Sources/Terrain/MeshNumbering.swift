/// The order in which corners and triangles of a mesh are written.
///
/// Triangles follow each other across common sides where that is possible, and corners are numbered
/// as triangles come to use them: then each triangle mostly names corners that were used just before,
/// and corners that follow each other lie close together, which packs well. (The format requires
/// numbers in order of first use: they are stored as distances from the highest number so far.)
struct MeshNumbering: ~Copyable {
  /// By new number, the corner of the triangulation.
  let corners: BareMemory<Int32>
  /// Three corners for each triangle, turning against the clock as seen from above: how far each one's
  /// number is below the next new number, 0 for a new one.
  let distances: BareMemory<Int32>

  // Each corner is named once, each triangle written once; when it is, two sides are left to be entered,
  // three of the first.
  init(_ mesh: borrowing Triangulation) {
    corners = BareMemory(count: mesh.cornerCount)
    distances = BareMemory(count: 3 * mesh.count)
    let numbers = BareMemory<Int32>(count: mesh.cornerCount)
    numbers.fill(-1)
    let isDone = BareMemory<Bool>(count: mesh.count)
    isDone.fill(false)
    // Sides by which triangles are entered.
    let entries = BareMemory<Int32>(count: 2 * mesh.count + 2)
    entries[0] = 0
    var (cornerCount, written, entryCount) = (0, 0, 1)
    while entryCount > 0 {
      entryCount -= 1
      let entry = Int(entries[entryCount])
      guard !isDone[entry / 3] else { continue }
      isDone[entry / 3] = true
      let onward = entry % 3 == 2 ? entry - 2 : entry + 1
      let back = onward % 3 == 2 ? onward - 2 : onward + 1
      // Rows count southwards, so our triangles turn with the clock: backwards.
      for order in 0..<3 {
        let corner = Int(mesh.corners[order == 0 ? onward : order == 1 ? entry : back])
        if numbers[corner] < 0 {
          numbers[corner] = Int32(truncatingIfNeeded: cornerCount)
          corners[cornerCount] = Int32(truncatingIfNeeded: corner)
          cornerCount += 1
          distances[written] = 0
        } else {
          distances[written] = Int32(truncatingIfNeeded: cornerCount) - numbers[corner]
        }
        written += 1
      }
      // Only the first triangle was not entered from a neighbour.
      for order in 0..<(written == 3 ? 3 : 2) {
        let side = mesh.opposite[order == 0 ? back : order == 1 ? onward : entry]
        guard side >= 0 else { continue }
        entries[entryCount] = side
        entryCount += 1
      }
    }
  }
}
