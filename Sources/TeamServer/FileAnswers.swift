internal import FileServing
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOPosix
internal import Stores
internal import Synchronization

/// Answers requests for the files of teams' sites, off the threads that take requests.
///
/// The key, not the path of the request, says which file it is: what was looked at to decide who may read
/// it is what is read.
final class FileAnswers: Sendable {
  /// Opened sites by folder, with the texts that they have packed.
  private let sites = Mutex<[String: SiteFiles]>([:])

  /// The most folders that are remembered.
  private static let mostSites = 100
  /// The most that is read at once, in bytes.
  private static let pieceSize = 256 << 10

  /// The answer for a file.
  ///
  /// - Parameters:
  ///   - request: whose range, conditions and accepted encodings count.
  ///   - key: the file's key in the site.
  ///   - folder: the folder of the site.
  ///   - isPackable: whether texts may come packed, to whoever takes them so.
  /// - Returns: the file or the part of it that was asked for, or that it has not changed.
  /// - Throws: 404 where there is no such site or file, or it leads out of the site.
  func answer(
    _ request: Request, key: String, site folder: String, isPackable: Bool = true
  ) async throws -> Response {
    var wanted = FileRequest(
      method: request.method.rawValue, path: Self.path(of: key),
      fields: Dictionary(
        request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 }))
    if !isPackable { wanted.fields["accept-encoding"] = nil }
    let question = wanted
    let (site, answer, begin) = try await NIOThreadPool.singleton.runIfActive {
      let site = try self.site(folder)
      let answer = site.answer(question)
      // In the same go, as most files are small.
      return (site, answer, try Self.begin(of: answer, site))
    }
    guard ![301, 403, 404].contains(answer.status) else { throw HTTPError(.notFound) }
    var headers = HTTPFields()
    for (name, value) in answer.fields where !Self.replaced.contains(name.lowercased()) {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    // What a browser or proxy keeps must not outlive the right to read it.
    headers[.cacheControl] = "private, no-cache"
    // Without a body the length would be that of nothing.
    if request.method == .head { headers[.contentLength] = "\(answer.length)" }
    return Response(
      status: .init(code: answer.status), headers: headers,
      body: body(of: answer, site: site, begin: begin))
  }

  /// A file as a text, whole: for a page that is completed before it is sent.
  ///
  /// - Throws: 404 where there is no such site or file, or it leads out of the site.
  func text(_ key: String, site folder: String) async throws -> String {
    let path = Self.path(of: key)
    return try await NIOThreadPool.singleton.runIfActive {
      let site = try self.site(folder)
      let answer = site.answer(FileRequest(method: "GET", path: path, fields: [:]))
      guard answer.status == 200, case .file(let key, let offsets) = answer.body else {
        throw HTTPError(.notFound)
      }
      return String(decoding: try site.read(key, offsets), as: UTF8.self)
    }
  }

  private static func path(of key: String) -> String {
    "/" + (key.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "")
  }

  /// A private site is open to no other site's pages.
  private static let replaced: Set<String> = [
    "access-control-allow-origin", "access-control-expose-headers", "cross-origin-resource-policy",
    "cache-control",
  ]

  /// The files of a folder; it blocks.
  ///
  /// - Throws: 404 where there is no such folder.
  func site(_ folder: String) throws -> SiteFiles {
    if let site = sites.withLock({ $0[folder] }) { return site }
    do {
      let site = try SiteFiles(path: folder)
      sites.withLock {
        // Every new content of a dataset and every version of a story has a folder of its own.
        if $0.count >= Self.mostSites { $0.removeAll() }
        $0[folder] = site
      }
      return site
    } catch { throw HTTPError(.notFound) }
  }

  /// The first piece of a file that is the body of an answer; empty for other bodies.
  private static func begin(of answer: FileAnswer, _ site: SiteFiles) throws -> [UInt8] {
    guard case .file(let key, let offsets) = answer.body else { return [] }
    return try piece(of: key, from: offsets.lowerBound, to: offsets.upperBound, site)
  }

  private static func piece(
    of key: String, from start: Int, to end: Int, _ site: SiteFiles
  ) throws -> [UInt8] {
    let wanted = start..<min(start + pieceSize, end)
    let bytes = try site.read(key, wanted)
    // A file that became shorter ends the connection: its length was promised.
    guard bytes.count == wanted.count else { throw HTTPError(.internalServerError) }
    return bytes
  }

  private func body(of answer: FileAnswer, site: SiteFiles, begin: [UInt8]) -> ResponseBody {
    switch answer.body {
    case .bytes(let bytes): return ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    case .file(_, let offsets) where offsets.count == begin.count:
      return ResponseBody(byteBuffer: ByteBuffer(bytes: begin))
    case .file(let key, let offsets):
      return ResponseBody(contentLength: offsets.count) { writer in
        try await writer.write(ByteBuffer(bytes: begin))
        var start = offsets.lowerBound + begin.count
        while start < offsets.upperBound {
          let from = start
          let bytes = try await NIOThreadPool.singleton.runIfActive {
            try Self.piece(of: key, from: from, to: offsets.upperBound, site)
          }
          try await writer.write(ByteBuffer(bytes: bytes))
          start += bytes.count
        }
        try await writer.finish(nil)
      }
    }
  }
}
