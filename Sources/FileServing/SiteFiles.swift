import Glibc
public import Stores
import Transport

/// Answers requests for the files of a site as a bucket that serves websites would.
///
/// Folders are never listed, nothing outside the folder (also not by a symbolic link) and nothing below `.cubepress` is served,
/// and every answer allows use from other sites. Calls block.
public struct SiteFiles: Sendable {
  private let folder: FolderStore
  private let packing = TextPacking()

  /// Takes a folder.
  ///
  /// - Throws: `StoreError` where there is none.
  public init(path: String) throws(StoreError) {
    folder = try FolderStore(path: path)
  }

  /// The answer to a request.
  public func answer(_ request: FileRequest) -> FileAnswer {
    var answer = respond(to: request)
    answer.fields += Self.fieldsOfEveryAnswer
    if request.method == "HEAD" { answer.body = .bytes([]) }
    return answer
  }

  /// Some bytes of a file that was the body of an answer.
  ///
  /// - Throws: `StoreError` where it cannot be read any more.
  public func read(_ key: String, _ offsets: Range<Int>) throws(StoreError) -> [UInt8] {
    try folder.read(key, range: .from(offset: offsets.lowerBound, length: offsets.count)) ?? []
  }

  /// What lets pages of other sites, and readers of ranges, use the answers.
  private static let fieldsOfEveryAnswer: [(name: String, value: String)] = [
    ("Access-Control-Allow-Origin", "*"),
    (
      "Access-Control-Expose-Headers",
      "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag, Last-Modified"
    ),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
  ]

  private func respond(to request: FileRequest) -> FileAnswer {
    switch request.method {
    case "GET", "HEAD": break
    case "OPTIONS": return preflight
    default:
      var answer = text(405, "this server only serves files: GET and HEAD")
      answer.fields.append(("Allow", "GET, HEAD, OPTIONS"))
      return answer
    }
    guard let path = percentDecoded(request.path), path.utf8.first == UInt8(ascii: "/") else {
      return text(400, "the path is not well-formed")
    }
    // Bytes, not characters: an accent behind the slash would be one character with it.
    var rest = path.utf8.dropFirst()
    let isFolderPath = rest.isEmpty || rest.last == UInt8(ascii: "/")
    rest = rest.isEmpty || !isFolderPath ? rest : rest.dropLast()
    let key = String(Substring(rest))
    guard isPublic(key), !(key.isEmpty && path != "/") else { return missing }
    do {
      guard let status = try folder.status(of: key) else { return missing }
      guard isWithin(key) else {
        return text(403, "this is a link that leads out of what is published")
      }
      switch (status.isFolder, isFolderPath) {
      case (false, false): return file(key, status, request)
      case (false, true): return missing
      case (true, _): return try page(of: key, isFolderPath, request)
      }
    } catch {
      return error.kind == .invalidKey ? missing : text(500, error.description)
    }
  }

  /// The file `index.html` in a folder; paths without final `/` are sent on, or else the relative
  /// links of the page would lead elsewhere.
  private func page(
    of key: String, _ isFolderPath: Bool, _ request: FileRequest
  ) throws(StoreError) -> FileAnswer {
    let index = key.isEmpty ? "index.html" : key + "/index.html"
    guard let status = try folder.status(of: index), !status.isFolder, isWithin(index) else {
      return missing
    }
    if isFolderPath { return file(index, status, request) }
    var answer = text(301, "see the same path with a slash at its end")
    let query = request.query.isEmpty ? "" : "?" + request.query
    // Only the last component, so that a path like //host cannot lead to another server.
    let name = request.path.split(separator: "/").last ?? ""
    answer.fields.append(("Location", "./\(name)/\(query)"))
    return answer
  }

  private func file(
    _ key: String, _ status: FileStatus, _ request: FileRequest
  ) -> FileAnswer {
    let isPacked = TextPacking.applies(to: request, key: key, size: status.size)
    let tag = Self.tag(of: status, isPacked: isPacked)
    let date = httpDate(status.modifiedSeconds)
    var answer = FileAnswer(status: 200)
    answer.fields = [
      ("ETag", tag), ("Last-Modified", date), ("Accept-Ranges", "bytes"),
      // A preview shows what was built last.
      ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding"),
    ]
    if let required = request.fields["if-match"], !matches(required, tag) {
      answer.status = 412
      return answer
    }
    if isKnown(request, tag: tag, date: date) {
      answer.status = 304
      answer.length = status.size
      return answer
    }
    answer.fields.append(("Content-Type", ContentType.of(key: key)))
    if key.hasSuffix(".terrain"), (try? read(key, 0..<2)) == [0x1f, 0x8b] {
      // Terrain tiles are kept packed; clients only unpack what is declared.
      answer.fields.append(("Content-Encoding", "gzip"))
    }
    if isPacked, let bytes = packing.packed(key, tag: tag, read: { try read(key, 0..<status.size) })
    {
      answer.fields.append(("Content-Encoding", "gzip"))
      answer.body = .bytes(bytes)
      answer.length = bytes.count
      return answer
    }
    let isSame = request.fields["if-range"].map { $0 == tag || $0 == date } ?? true
    let range = isSame ? RangeField(field: request.fields["range"], size: status.size) : .all
    switch range {
    case .all:
      answer.body = .file(key: key, offsets: 0..<status.size)
      answer.length = status.size
    case .part(let part):
      answer.status = 206
      answer.body = .file(key: key, offsets: part)
      answer.length = part.count
      let last = part.upperBound - 1
      answer.fields.append(("Content-Range", "bytes \(part.lowerBound)-\(last)/\(status.size)"))
    case .unsatisfiable:
      var refusal = text(416, "the range begins past the end of the file")
      refusal.fields.append(("Content-Range", "bytes */\(status.size)"))
      return refusal
    }
    return answer
  }

  func isPublic(_ key: String) -> Bool {
    key.split(separator: "/", maxSplits: 1).first != Substring(SiteFolder.privateFolder)
  }

  /// Whether a key leads to something of the site when links are followed.
  func isWithin(_ key: String) -> Bool { folder.followingLinks(key).map(isPublic) == true }

  func names(in key: String) throws(StoreError) -> [String] { try folder.names(in: key) }

  func status(of key: String) throws(StoreError) -> FileStatus? { try folder.status(of: key) }

  /// The entity tag of a file, in quotes; packed it has another.
  static func tag(of status: FileStatus, isPacked: Bool = false) -> String {
    let time = "\(status.modifiedSeconds).\(status.modifiedNanoseconds)"
    return "\"\(String(status.size, radix: 16))-\(time)\(isPacked ? "-gzip" : "")\""
  }

  private func isKnown(_ request: FileRequest, tag: String, date: String) -> Bool {
    if let known = request.fields["if-none-match"] { return matches(known, tag) }
    return request.fields["if-modified-since"] == date
  }

  /// Whether a list of entity tags has this one (RFC 9110, 13.1.2: compared weakly).
  private func matches(_ list: String, _ tag: String) -> Bool {
    list.split(separator: ",").contains { entry in
      let entry = entry.drop { $0 == " " }.prefix { $0 != " " }
      return entry == "*" || entry == tag || entry == "W/" + tag
    }
  }

  private var preflight: FileAnswer {
    var answer = FileAnswer(status: 200)
    answer.fields = [
      ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
      (
        "Access-Control-Allow-Headers",
        "Range, If-Match, If-None-Match, If-Modified-Since, If-Range, Cache-Control, Content-Type"
      ),
      ("Access-Control-Max-Age", "86400"),
    ]
    return answer
  }

  private var missing: FileAnswer { text(404, "there is no such file on this site") }

  private func text(_ status: Int, _ message: String) -> FileAnswer {
    let bytes = Array("\(status): \(message)\n".utf8)
    let fields = [("Content-Type", "text/plain; charset=utf-8")]
    return FileAnswer(status: status, fields: fields, body: .bytes(bytes), length: bytes.count)
  }
}

/// A time in the form of HTTP (RFC 9110, 5.6.7).
public func httpDate(_ secondsSince1970: Int) -> String {
  var seconds = secondsSince1970
  var parts = tm()
  gmtime_r(&seconds, &parts)
  let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  let two = { (number: Int32) in (number < 10 ? "0" : "") + "\(number)" }
  let (day, month) = (days[Int(parts.tm_wday)], months[Int(parts.tm_mon)])
  let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  return "\(day), \(two(parts.tm_mday)) \(month) \(1900 + parts.tm_year) \(time) GMT"
}
