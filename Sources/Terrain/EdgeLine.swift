/// The places of a tile's edge that its mesh uses.
///
/// They follow from the heights along the edge alone, taken from west to east or north to south, so
/// that both tiles beside it choose the same ones: meshes meet without a crack.
enum EdgeLine {
  /// Chooses places so that the line through them keeps within an error of all heights, by Douglas and
  /// Peucker's method (1973): where a piece of the line is too far off, it is bent at the furthest place.
  ///
  /// - Parameters:
  ///   - heights: the heights, at least two.
  ///   - step: the line goes through heights rounded to it.
  ///   - error: how far off the line may be.
  /// - Returns: the places in order, both ends included.
  static func places(_ heights: [Float], step: HeightStep, error: Float) -> [Int] {
    var isUsed = [Bool](repeating: false, count: heights.count)
    let rounded = heights.map { step.height(step.count($0)) }
    var open = [0..<heights.count - 1]
    isUsed[0] = true
    isUsed[heights.count - 1] = true
    while let piece = open.popLast() {
      let slope = (rounded[piece.upperBound] - rounded[piece.lowerBound]) / Float(piece.count)
      var (furthest, distance) = (0, error)
      for place in piece.dropFirst() {
        let line = rounded[piece.lowerBound] + slope * Float(place - piece.lowerBound)
        let off = abs(heights[place] - line)
        if off > distance { (furthest, distance) = (place, off) }
      }
      guard distance > error else { continue }
      isUsed[furthest] = true
      open.append(piece.lowerBound..<furthest)
      open.append(furthest..<piece.upperBound)
    }
    return isUsed.indices.filter { isUsed[$0] }
  }
}
