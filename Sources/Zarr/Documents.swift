import JSON
import Stores

/// Reads metadata documents.
struct DocumentReader {
  let store: any Store
  let attempt: Attempt

  /// The JSON document of that name in a folder; `nil` when there is none.
  func read(_ name: String, in path: String) throws(ZarrError) -> JSONValue? {
    let key = Path.join(path, name)
    let bytes = try attempt.asking { () throws(StoreError) in try store.read(key) }
    guard let bytes else { return nil }
    do {
      return try JSONValue(parsing: bytes, limits: JSONLimits(bytes: Limits.metadataBytes))
    } catch {
      throw attempt.invalid("\(key) is \(error)")
    }
  }
}

/// Paths within a store.
enum Path {
  static func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : name.isEmpty ? path : path + "/" + name
  }
}
