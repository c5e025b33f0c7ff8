public import Foundation
import Stores

/// How sources that are not on this machine are reached, and what is kept of them.
public struct SourceAccess: Sendable {
  /// The variables of the process, for the credentials and settings that tools of AWS look for.
  public var environment: [String: String]
  /// Where copies of NetCDF and GeoTIFF files find room while they are read.
  public var spool: Spool
  /// Where descriptions of such files are kept between two runs, so that a file that did not change
  /// need not be fetched again to see what is in it; `nil` keeps none.
  public var outlines: OutlineShelf?

  /// Says how sources are reached.
  ///
  /// - Parameters:
  ///   - environment: the variables of the process.
  ///   - spool: where copies of files find room.
  ///   - outlines: where descriptions of files are kept.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, spool: Spool = Spool(),
    outlines: OutlineShelf? = nil
  ) {
    self.environment = environment
    self.spool = spool
    self.outlines = outlines
  }
}

/// A source on a server: an address of http, https or S3.
struct RemoteLocation: Sendable, Hashable {
  /// The address as it was given, without query and fragment, and without `/` at its end.
  let path: String
  /// The query of the address with `?`, as signed addresses have it; empty for none.
  let query: String
  let isBucket: Bool

  /// Reads an address; `nil` for anything that is not one on a server.
  init?(_ location: String) {
    let scheme = location.firstRange(of: "://").map { location[..<$0.lowerBound].lowercased() }
    guard let scheme, ["http", "https", "s3"].contains(scheme) else { return nil }
    isBucket = scheme == "s3"
    // Keys in buckets may hold “?” and “#”; in the addresses of the web they end the path.
    var text = isBucket ? location[...] : location.prefix { $0 != "#" }
    if !isBucket, let question = text.firstIndex(of: "?") {
      query = String(text[question...])
      text = text[..<question]
    } else {
      query = ""
    }
    while text.hasSuffix("/") { text.removeLast() }
    path = String(text)
  }

  /// The address for people: without query, user name and password.
  var name: String {
    guard !isBucket, let slashes = path.firstRange(of: "://") else { return path }
    let rest = path[slashes.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    guard let user = authority.lastIndex(of: "@") else { return path }
    return String(path[..<slashes.upperBound] + rest[rest.index(after: user)...])
  }

  /// The last component of the path, as it is written.
  var lastComponent: Substring {
    path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
  }

  /// The address up to the last component, with the query.
  var folder: String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + query
  }

  /// The key of the object in its folder.
  var key: String? { isBucket ? String(lastComponent) : percentDecoded(lastComponent) }

  /// What stands behind the last dot of the name, in lower case.
  var ending: String {
    lastComponent.contains(".")
      ? lastComponent.split(separator: ".").last?.lowercased() ?? "" : ""
  }
}
