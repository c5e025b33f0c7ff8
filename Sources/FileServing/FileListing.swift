public import Stores

/// A file of a site as lists show it.
public struct ListedFile: Sendable, Equatable {
  /// Where it lies in the site.
  public let key: String
  /// The size in bytes.
  public let size: Int
  /// The entity tag with which it is answered, in quotes.
  public let tag: String
  /// The time of the last change, in seconds since 1970-01-01 UTC.
  public let modifiedSeconds: Int
}

/// Goes through the keys of files.
public protocol KeyVisitor {
  /// Takes note of a file, or of a folder, whose key ends in a slash.
  mutating func visit(_ key: String) -> KeyStep
}

/// How a visit goes on.
public enum KeyStep: Sendable {
  /// With what is in the folder; after a file with the next key.
  case on
  /// Past what is in the folder.
  case past
  /// Not at all.
  case stop
}

extension SiteFiles {
  /// Shows a visitor the keys of a folder in the order of their bytes.
  ///
  /// Hidden names are passed over but for those that are named, links to folders always.
  ///
  /// - Parameters:
  ///   - visitor: is asked at each folder whether to look into it.
  ///   - folder: where to begin: a key without a slash at its end, or the empty text.
  ///   - shown: hidden names that are shown, such as `.zarray`.
  /// - Returns: whether the visit came to its end.
  /// - Throws: `StoreError` where a folder cannot be read.
  @discardableResult
  public func visit(
    _ visitor: inout some KeyVisitor, in folder: String = "", showing shown: Set<String> = []
  ) throws(StoreError) -> Bool {
    for name in try names(in: folder) where !name.hasPrefix(".") || shown.contains(name) {
      let key = folder.isEmpty ? name : "\(folder)/\(name)"
      switch visitor.visit(key) {
      case .stop: return false
      case .past: continue
      case .on:
        guard key.utf8.last == UInt8(ascii: "/") else { continue }
        let inner = String(key.dropLast())
        guard try visit(&visitor, in: inner, showing: shown) else { return false }
      }
    }
    return true
  }

  /// What lists say of a file; `nil` where there is none, or it is not served.
  public func listed(_ key: String) -> ListedFile? {
    guard isPublic(key), let status = try? status(of: key), !status.isFolder, isWithin(key) else {
      return nil
    }
    return ListedFile(
      key: key, size: status.size, tag: Self.tag(of: status),
      modifiedSeconds: status.modifiedSeconds)
  }
}
