import Dispatch
import Foundation
import Stores
import Synchronization

/// Where copies of NetCDF and GeoTIFF files from servers find room while they are read.
///
/// Copies are kept until their room is needed for others, and are gone with the program.
public final class Spool: Sendable {
  /// How many bytes copies may take together.
  public let limit: Int
  /// Where they lie.
  public let folder: String

  /// How much room there is where nobody says: 20 GiB.
  public static let usualLimit = 20 << 30

  private enum Entry {
    case fetching
    case ready(Copy, users: Int, lastUse: Int)
  }

  private struct Copy {
    let file: TemporaryCopy
    let source: any ArraySource
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var sizes: [String: Int] = [:]
    var uses = 0
    var waiting: [DispatchSemaphore] = []

    var byteCount: Int { sizes.values.reduce(0, +) }
  }

  private let state = Mutex(State())

  /// Makes room.
  ///
  /// - Parameters:
  ///   - limit: how many bytes copies may take together.
  ///   - folder: where they lie; the system's folder for temporary files without.
  public init(limit: Int = Spool.usualLimit, folder: String? = nil) {
    self.limit = limit
    let folder = folder ?? NSTemporaryDirectory()
    self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    TemporaryCopy.removeAbandoned(in: self.folder)
  }

  /// Does something with the copy of a file, which is fetched where it is not there.
  ///
  /// Waits while there is no room because of copies that are in use.
  ///
  /// - Parameters:
  ///   - identity: a text that other bytes do not have.
  ///   - kind: what kind of file it is.
  ///   - name: what people call the file.
  ///   - size: how many bytes it has.
  ///   - fetch: fetches a copy to a folder.
  ///   - body: what to do with it.
  /// - Returns: what `body` returns.
  /// - Throws: `CubeError` where the file is larger than the spool or cannot be fetched, and what
  ///   `body` throws.
  func withCopy<Result>(
    of identity: String, kind: FileKind, name: String, size: Int,
    fetch: (_ folder: String) throws(StoreError) -> TemporaryCopy,
    _ body: (any ArraySource) throws(CubeError) -> Result
  ) throws(CubeError) -> Result {
    guard size <= limit else {
      throw CubeError(
        "copy the file", of: name,
        reason: "it has \(size) bytes, and copies may take \(limit) bytes together",
        remedy: "allow more with --spool, such as --spool \(size / (1 << 30) + 1)G")
    }
    var source = begin(identity, size)
    if source == nil {
      do {
        let file = try fetch(folder)
        let opened = try kind.open(path: file.path, location: name, identity: identity)
        finish(identity, Copy(file: file, source: opened))
        source = opened
      } catch {
        finish(identity, nil)
        throw error as? CubeError ?? CubeError("copy the file", of: name, reason: "\(error)")
      }
    }
    defer { end(identity) }
    guard let source else { throw CubeError("copy the file", of: name, reason: "it is gone") }
    return try body(source)
  }

  /// The copy, which is in use then; `nil` where the caller must fetch it and room is kept for it.
  private func begin(_ identity: String, _ size: Int) -> (any ArraySource)? {
    while true {
      let semaphore = DispatchSemaphore(value: 0)
      var found: (any ArraySource)?
      let mustWait = state.withLock { state in
        state.uses += 1
        switch state.entries[identity] {
        case .ready(let copy, let users, _)?:
          state.entries[identity] = .ready(copy, users: users + 1, lastUse: state.uses)
          found = copy.source
          return false
        case nil where makeRoom(size, &state):
          state.entries[identity] = .fetching
          state.sizes[identity] = size
          return false
        case .fetching?, nil:
          state.waiting.append(semaphore)
          return true
        }
      }
      if !mustWait { return found }
      semaphore.wait()
    }
  }

  /// Lets go of copies that nobody uses until there is room.
  private func makeRoom(_ size: Int, _ state: inout State) -> Bool {
    while state.byteCount + size > limit {
      var oldest: (identity: String, lastUse: Int)?
      for case (let identity, .ready(_, users: 0, let lastUse)) in state.entries
      where lastUse < oldest?.lastUse ?? .max {
        oldest = (identity, lastUse)
      }
      guard let oldest else { return false }
      state.entries[oldest.identity] = nil
      state.sizes[oldest.identity] = nil
    }
    return true
  }

  private func finish(_ identity: String, _ copy: Copy?) {
    change { state in
      state.entries[identity] = copy.map { .ready($0, users: 1, lastUse: state.uses) }
      if copy == nil { state.sizes[identity] = nil }
    }
  }

  private func end(_ identity: String) {
    change { state in
      guard case .ready(let copy, let users, let lastUse) = state.entries[identity] else { return }
      state.entries[identity] = .ready(copy, users: users - 1, lastUse: lastUse)
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let waiting = state.withLock { state in
      body(&state)
      defer { state.waiting = [] }
      return state.waiting
    }
    for semaphore in waiting { semaphore.signal() }
  }
}
