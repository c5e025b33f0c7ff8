import Glibc

/// Room for the cells of one level of a field.
///
/// Small fields live on the heap. A field above the memory budget lives in a file that has no name
/// any more and is mapped into memory: the operating system writes what is not needed back to disk,
/// and ``letGo()`` gives back the pages that this process holds, so that the memory of a build does
/// not grow with the size of its cube.
///
/// Several threads write disjoint cells at once and read only what is complete; that the parts are
/// disjoint is argued where they are handed out. This is why the type may be shared unchecked.
final class LevelMemory<Cell: BitwiseCopyable>: @unchecked Sendable {
  let cells: UnsafeMutablePointer<Cell>
  let count: Int
  private let isMapped: Bool

  /// Makes room for `count` cells; their content is not defined.
  ///
  /// - Parameters:
  ///   - count: how many cells.
  ///   - scratchFolder: where a file takes their place; nil for the heap.
  /// - Throws: `MultiscaleError` where there is no room.
  init(count: Int, scratchFolder: String?) throws(MultiscaleError) {
    self.count = count
    let bytes = max(1, count) * MemoryLayout<Cell>.stride
    guard let scratchFolder else {
      guard let memory = Self.allocate(bytes) else {
        throw MultiscaleError.scratch("\(bytes >> 20) MB of memory cannot be had", path: nil)
      }
      cells = memory.bindMemory(to: Cell.self, capacity: max(1, count))
      isMapped = false
      return
    }
    cells = try Self.map(bytes: bytes, folder: scratchFolder)
      .bindMemory(to: Cell.self, capacity: max(1, count))
    isMapped = true
  }

  deinit {
    if isMapped {
      munmap(cells, max(1, count) * MemoryLayout<Cell>.stride)
    } else {
      free(cells)
    }
  }

  /// Gives back the memory pages of a mapped file; the cells keep their values.
  func letGo() {
    if isMapped { madvise(cells, count * MemoryLayout<Cell>.stride, MADV_DONTNEED) }
  }

  /// Memory to be freed; large pieces in large pages, since touching each small page for the first
  /// time costs more than making a level of it.
  private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let page = 2 << 20
    guard bytes >= 2 * page, let memory = aligned_alloc(page, (bytes + page - 1) / page * page)
    else { return malloc(bytes) }
    madvise(memory, bytes, MADV_HUGEPAGE)
    return memory
  }

  private static func map(
    bytes: Int, folder: String
  ) throws(MultiscaleError) -> UnsafeMutableRawPointer {
    let path = "\(folder)/field-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw MultiscaleError.scratch(
        "it cannot be made: " + String(cString: strerror(errno)), path: path)
    }
    defer { close(file) }
    unlink(path)
    // Reserved now: a write to a mapped hole on a full disk would end the program with a signal.
    let failure = posix_fallocate(file, 0, bytes)
    guard failure == 0 else {
      throw MultiscaleError.scratch(
        "\(bytes >> 20) MB of disk cannot be had: " + String(cString: strerror(failure)), path: path
      )
    }
    guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
      memory != MAP_FAILED
    else {
      throw MultiscaleError.scratch(
        "it cannot be mapped: " + String(cString: strerror(errno)), path: path)
    }
    return memory
  }
}
