import Dispatch
import Foundation
import Synchronization
public import Transport

/// A store in front of one that is far away: reads that were announced are made beforehand, several
/// at once, and what was read last is kept.
///
/// Memory is bounded: what waits to be read and what is kept take no more than the capacity together.
public final class ReadAheadStore: Store {
  /// The location of the store behind.
  public var location: String { base.location }
  private let base: any Store
  private let capacity: Int
  private let width: Int
  private let state = Mutex(State())

  private enum Answer: Sendable {
    case bytes([UInt8]?)
    case failure(StoreError)

    var count: Int { if case .bytes(let bytes?) = self { bytes.count } else { 0 } }
  }

  private struct Kept {
    let answer: Answer
    /// Counts up with every use; the one with the least goes first.
    var lastUse: Int
    /// Whether somebody who announced it still has to come for it.
    var isAwaited: Bool
  }

  private struct State {
    /// In the order in which they were announced; those that are not in `queued` any more are void.
    var queue: ArraySlice<ExpectedRead> = []
    var queued: Set<ExpectedRead> = []
    var underWay: [ExpectedRead: [DispatchSemaphore]] = [:]
    var kept: [ExpectedRead: Kept] = [:]
    var byteCount = 0
    var awaitedBytes = 0
    var uses = 0
    var threads = 0
  }

  /// Puts a store in front of another.
  ///
  /// - Parameters:
  ///   - base: the store far away.
  ///   - capacity: how many bytes are held at most, beside those being received.
  ///   - width: how many announced reads are made at once.
  public init(_ base: any Store, capacity: Int = 256 << 20, width: Int = 16) {
    self.base = base
    self.capacity = capacity
    self.width = width
  }

  /// All bytes under a key; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` as the store behind.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? {
    try read(ExpectedRead(key))
  }

  /// The bytes in a range; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` as the store behind.
  public func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    try read(ExpectedRead(key, range: range))
  }

  /// The number of bytes under a key; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` as the store behind.
  public func size(of key: String) throws(StoreError) -> Int? { try base.size(of: key) }

  /// The names directly below a prefix; `nil` when the store behind cannot list.
  ///
  /// - Throws: ``StoreError`` as the store behind.
  public func list(_ prefix: String) throws(StoreError) -> [String]? { try base.list(prefix) }

  /// A text that changes when the bytes may have changed; `nil` when there is no such key.
  ///
  /// - Throws: ``StoreError`` as the store behind.
  public func fingerprint(of key: String) throws(StoreError) -> String? {
    try base.fingerprint(of: key)
  }

  /// Tells the store behind.
  public func expectFingerprints(below prefix: String) { base.expectFingerprints(below: prefix) }

  /// Yes.
  public var looksAhead: Bool { true }

  /// Begins with reads that will come soon, as far as there is room for them.
  public func expect(_ reads: [ExpectedRead]) {
    state.withLock { state in
      for read in reads
      where state.kept[read] == nil && state.underWay[read] == nil
        && state.queued.insert(read).inserted
      {
        state.queue.append(read)
      }
      // What nobody came for must not keep others from beginning.
      if state.awaitedBytes >= capacity {
        for (read, kept) in state.kept where kept.isAwaited { stopAwaiting(read, &state) }
      }
      startThreads(&state)
    }
  }

  private func read(_ read: ExpectedRead) throws(StoreError) -> [UInt8]? {
    while true {
      let semaphore = DispatchSemaphore(value: 0)
      var answer: Answer?
      var mustWait = false
      state.withLock { state in
        if let kept = state.kept[read] {
          answer = kept.answer
          use(read, &state)
        } else if state.underWay[read] != nil {
          state.underWay[read]?.append(semaphore)
          mustWait = true
        } else {
          // Nobody has begun with it: this thread does.
          state.queued.remove(read)
          state.underWay[read] = []
        }
      }
      if mustWait {
        semaphore.wait()
        continue
      }
      switch answer ?? fetch(read, isAwaited: false) {
      case .bytes(let bytes): return bytes
      case .failure(let error):
        // The next attempt may fare better.
        state.withLock { drop(read, &$0) }
        throw error
      }
    }
  }

  /// Asks the store behind, keeps the answer and wakes who waits for it.
  private func fetch(_ read: ExpectedRead, isAwaited: Bool) -> Answer {
    let answer: Answer
    do {
      let bytes =
        if let range = read.range { try base.read(read.key, range: range) } else {
          try base.read(read.key)
        }
      answer = .bytes(bytes)
    } catch {
      answer = .failure(error)
    }
    let waiting = state.withLock { state in
      let waiting = state.underWay.removeValue(forKey: read) ?? []
      // An answer that somebody waits for must still be there when they look.
      if isAwaited || !waiting.isEmpty || answer.count <= capacity / 8 {
        keep(read, answer, isAwaited: isAwaited || !waiting.isEmpty, &state)
      }
      return waiting
    }
    for semaphore in waiting { semaphore.signal() }
    return answer
  }

  private func keep(
    _ read: ExpectedRead, _ answer: Answer, isAwaited: Bool, _ state: inout State
  ) {
    drop(read, &state)
    state.uses += 1
    state.kept[read] = Kept(answer: answer, lastUse: state.uses, isAwaited: isAwaited)
    state.byteCount += answer.count
    if isAwaited { state.awaitedBytes += answer.count }
    guard state.byteCount > capacity else { return }
    let idle = state.kept.filter { !$0.value.isAwaited && $0.key != read }
    // Somewhat more than is needed, so that this is not done for each answer.
    for (other, _) in idle.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
      guard state.byteCount > capacity / 8 * 7 else { return }
      drop(other, &state)
    }
  }

  private func use(_ read: ExpectedRead, _ state: inout State) {
    state.uses += 1
    state.kept[read]?.lastUse = state.uses
    stopAwaiting(read, &state)
    startThreads(&state)
  }

  private func stopAwaiting(_ read: ExpectedRead, _ state: inout State) {
    guard let kept = state.kept[read], kept.isAwaited else { return }
    state.kept[read]?.isAwaited = false
    state.awaitedBytes -= kept.answer.count
  }

  private func drop(_ read: ExpectedRead, _ state: inout State) {
    stopAwaiting(read, &state)
    if let kept = state.kept.removeValue(forKey: read) { state.byteCount -= kept.answer.count }
  }

  /// Starts threads for what waits in the queue; they end with it, or when there is no room.
  private func startThreads(_ state: inout State) {
    let wanted = min(width, state.queued.count)
    while state.threads < wanted, state.awaitedBytes < capacity {
      state.threads += 1
      let thread = Thread { [self] in work() }
      thread.name = "read ahead"
      thread.start()
    }
  }

  private func work() {
    while true {
      let read = state.withLock { state -> ExpectedRead? in
        while state.awaitedBytes < capacity, let read = state.queue.popFirst() {
          guard state.queued.remove(read) != nil else { continue }
          state.underWay[read] = []
          return read
        }
        state.threads -= 1
        return nil
      }
      guard let read else { return }
      _ = fetch(read, isAwaited: true)
    }
  }
}
