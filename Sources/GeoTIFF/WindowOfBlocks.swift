import Codecs

/// A window of an image that is put together from blocks.
struct WindowOfBlocks {
  let layout: BlockLayout
  let bands: Range<Int>
  let rows: Range<Int>
  let columns: Range<Int>
  /// The bytes of the number of blocks that the file leaves out.
  let empty: [UInt8]

  /// The numbers by band, row and column.
  ///
  /// - Throws: `GeoTIFFError` where a block is damaged.
  func read(_ handle: borrowing TIFFHandle) throws(GeoTIFFError) -> [UInt8] {
    let size = layout.type.size
    var target = [UInt8](repeating: 0, count: bands.count * rows.count * columns.count * size)
    // Zeros where a damaged block is shorter than it should be.
    var decoded = [UInt8](repeating: 0, count: layout.blockBytes)
    var isEmpty = false
    for block in layout.blocks(bands: bands, rows: rows, columns: columns) {
      var isThere = false
      var failure: GeoTIFFError?
      decoded.withUnsafeMutableBytes { (buffer) in
        do throws(GeoTIFFError) {
          isThere = try handle.read(block: block.number, into: buffer)
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      // Sparse files leave out many blocks in a row.
      if !isThere, !isEmpty { fill(&decoded) }
      isEmpty = !isThere
      copy(block, from: decoded, to: &target)
    }
    return target
  }

  private func fill(_ block: inout [UInt8]) {
    block.withUnsafeMutableBytes { block in
      // Doubled until it is full, as the block is a whole number of numbers long.
      var done = min(empty.count, block.count)
      for place in 0..<done { block[place] = empty[place] }
      while done < block.count {
        let count = min(done, block.count - done)
        block[done..<done + count].copyBytes(
          from: UnsafeRawBufferPointer(block)[..<count])
        done += count
      }
    }
  }

  /// Copies what is wanted of a block, row by row.
  private func copy(_ block: BlockLayout.Block, from decoded: [UInt8], to target: inout [UInt8]) {
    let size = layout.type.size
    let pixel = layout.bandsOfBlock * size
    decoded.withUnsafeBytes { from in
      target.withUnsafeMutableBytes { to in
        for band in block.bands {
          let plane = (band - bands.lowerBound) * rows.count
          for row in block.rows {
            // Blocks and windows were checked against the image: both stay within their buffers.
            let first =
              ((row - block.firstRow) * layout.blockColumns + block.columns.lowerBound
                - block.firstColumn) * pixel + (layout.isSeparate ? 0 : band * size)
            let start =
              ((plane + row - rows.lowerBound) * columns.count + block.columns.lowerBound
                - columns.lowerBound) * size
            let count = block.columns.count
            if pixel == size {
              to[start..<start + count * size].copyBytes(from: from[first..<first + count * size])
            } else {
              for column in 0..<count {
                for byte in 0..<size {
                  to[start + column * size + byte] = from[first + column * pixel + byte]
                }
              }
            }
          }
        }
      }
    }
  }
}

extension Slice where Base == UnsafeMutableRawBufferPointer {
  /// Copies as many bytes.
  fileprivate func copyBytes(from source: Slice<UnsafeRawBufferPointer>) {
    UnsafeMutableRawBufferPointer(rebasing: self)
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: source))
  }
}
