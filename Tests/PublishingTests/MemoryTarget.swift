import Buckets
import Publishing
import Stores
import Synchronization

/// A bucket in memory that breaks at a chosen operation.
final class MemoryTarget: PublishingTarget {
  struct Broken: Error {}

  struct State {
    var objects: [String: [UInt8]] = [:]
    var fields: [String: [String: String]] = [:]
    var writes = 0
    /// Which writing operation breaks, with all after it, counted from 1; 0 for none.
    var breaksAt = 0
    /// Whether the operation that breaks has its effect nevertheless, as when an answer is lost.
    var breaksAfterwards = false
    var ignoresConditions = false
    var now = 1_700_000_000
    /// The keys in the order in which they were written or deleted.
    var log: [String] = []
  }
  let state = Mutex(State())
  let location = "memory"

  var now: Int { state.withLock { $0.now } }
  var objects: [String: [UInt8]] { state.withLock { $0.objects } }

  func text(_ key: String) -> String? { objects[key].map { String(decoding: $0, as: UTF8.self) } }

  private func change(_ key: String, _ body: (inout State) -> Void) throws {
    try state.withLock { state in
      state.writes += 1
      let breaks = state.breaksAt > 0 && state.writes >= state.breaksAt
      if breaks, !state.breaksAfterwards || state.writes > state.breaksAt { throw Broken() }
      body(&state)
      state.log.append(key)
      if breaks { throw Broken() }
    }
  }

  func read(_ key: String) throws -> StoredObject? {
    objects[key].map { StoredObject(bytes: $0, tag: sha256Hex($0)) }
  }

  func write(
    _ bytes: [UInt8], to key: String, fields: [(name: String, value: String)],
    when condition: WriteCondition
  ) throws -> Bool {
    var holds = true
    let ignores = state.withLock { $0.ignoresConditions }
    try change(key) { state in
      let tag = state.objects[key].map { sha256Hex($0) }
      switch condition {
      case .none: break
      case .absent: holds = tag == nil || ignores
      case .tag(let wanted): holds = tag == wanted || ignores
      }
      if holds { Self.put(bytes, key, fields, &state) }
    }
    return holds
  }

  private static func put(
    _ bytes: [UInt8], _ key: String, _ fields: [(name: String, value: String)],
    _ state: inout State
  ) {
    state.objects[key] = bytes
    state.fields[key] = Dictionary(fields.map { ($0.name, $0.value) }) { $1 }
  }

  func store(_ next: () throws -> Upload?, stored: (Upload) throws -> Void) throws {
    while let upload = try next() {
      let bytes: [UInt8]
      switch upload.content {
      case .bytes(let given): bytes = given
      case .file(let path, _):
        bytes = try FolderStore(path: "/").read(String(path.dropFirst())) ?? []
      }
      try change(upload.key) { Self.put(bytes, upload.key, upload.fields, &$0) }
      try stored(upload)
    }
  }

  func delete(_ next: () throws -> String?, deleted: (String) throws -> Void) throws {
    while let key = try next() {
      try change(key) { $0.objects[key] = nil }
      try deleted(key)
    }
  }

  func list(below prefix: String, _ visit: (ListedObject) throws -> Void) throws {
    for (key, bytes) in objects where key.hasPrefix(prefix) {
      try visit(ListedObject(key: key, size: bytes.count))
    }
  }

  func abandonUnfinished() throws {}
}
