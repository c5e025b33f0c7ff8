import Synchronization

/// Keeps values as long as they fit a number of bytes; those not asked for the longest go first.
final class ByteCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry {
    let value: Value
    let bytes: Int
    /// The neighbours in the order of use.
    var older: Key?
    var newer: Key?
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var oldest: Key?
    var newest: Key?
    var bytes = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: bytes.
  init(limit: Int) { self.limit = limit }

  /// The bytes that are kept.
  var bytes: Int { state.withLock { $0.bytes } }

  subscript(key: Key) -> Value? {
    state.withLock { state in
      guard let entry = state.entries[key] else { return nil }
      if state.newest != key {
        Self.unlink(key, &state)
        Self.append(key, &state)
      }
      return entry.value
    }
  }

  /// Keeps a value; one that is larger than the whole cache is not kept.
  func keep(_ value: Value, bytes: Int, for key: Key) {
    guard bytes <= limit else { return }
    // What goes is freed outside of the lock.
    let gone = state.withLock { state in
      var gone: [Value] = []
      if let entry = state.entries[key] {
        gone.append(entry.value)
        Self.remove(key, &state)
      }
      while state.bytes + bytes > limit, let oldest = state.oldest {
        if let entry = state.entries[oldest] { gone.append(entry.value) }
        Self.remove(oldest, &state)
      }
      state.entries[key] = Entry(value: value, bytes: bytes)
      state.bytes += bytes
      Self.append(key, &state)
      return gone
    }
    _ = gone.count
  }

  private static func remove(_ key: Key, _ state: inout State) {
    unlink(key, &state)
    if let entry = state.entries.removeValue(forKey: key) { state.bytes -= entry.bytes }
  }

  private static func unlink(_ key: Key, _ state: inout State) {
    guard let entry = state.entries[key] else { return }
    if let older = entry.older {
      state.entries[older]?.newer = entry.newer
    } else if state.oldest == key {
      state.oldest = entry.newer
    }
    if let newer = entry.newer {
      state.entries[newer]?.older = entry.older
    } else if state.newest == key {
      state.newest = entry.older
    }
    state.entries[key]?.older = nil
    state.entries[key]?.newer = nil
  }

  private static func append(_ key: Key, _ state: inout State) {
    if let newest = state.newest {
      state.entries[newest]?.newer = key
      state.entries[key]?.older = newest
    } else {
      state.oldest = key
    }
    state.newest = key
  }
}
