internal import FileServing
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Services

/// What a request for a list of a bucket asks: ListObjectsV2 of Amazon S3's API, and ListObjects of older
/// clients.
struct BucketListQuery: Sendable {
  let prefix: String
  let delimiter: String
  let most: Int
  let isSecondVersion: Bool
  /// Whether keys are to come percent-encoded: XML has no control characters.
  let isEncoded: Bool
  /// Where the list begins, as the client says it in words: `start-after` or `marker`.
  let start: String
  let token: String?
  /// Nothing up to this key is wanted.
  let after: String

  /// As many items as S3 lists at once.
  private static let mostItems = 1000

  /// - Throws: ``BucketError`` for what S3 refuses too.
  init(_ asked: CubeRequest) throws {
    let type = asked.query("list-type") ?? "1"
    guard type == "1" || type == "2" else {
      throw BucketError.invalid("list-type must be 1 or 2.")
    }
    isSecondVersion = type == "2"
    prefix = asked.query("prefix") ?? ""
    delimiter = asked.query("delimiter") ?? ""
    guard let number = Int(asked.query("max-keys") ?? "\(Self.mostItems)"), number >= 0 else {
      throw BucketError.invalid("max-keys must be a whole number, 0 or more.")
    }
    most = min(number, Self.mostItems)
    switch asked.query("encoding-type") {
    case nil: isEncoded = false
    case "url": isEncoded = true
    default: throw BucketError.invalid("encoding-type must be url.")
    }
    start = asked.query(isSecondVersion ? "start-after" : "marker") ?? ""
    token = isSecondVersion ? asked.query("continuation-token") : nil
    after = try token.map(Self.key) ?? start
  }

  /// The token with which a list goes on behind a key: nothing else has to be kept for it.
  static func token(after key: String) -> String {
    Data(key.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
  }

  private static func key(_ token: String) throws -> String {
    let text = token.replacing("-", with: "+").replacing("_", with: "/")
    guard let data = Data(base64Encoded: text), let key = String(data: data, encoding: .utf8)
    else { throw BucketError.invalid("The continuation token is not one of this server.") }
    return key
  }
}

/// The document `ListBucketResult` of S3's API.
struct BucketList: Sendable {
  let bucket: String
  let query: BucketListQuery
  let page: KeyPage
  /// The files of the page, by their keys in the bucket.
  let files: [Entry]

  typealias Entry = (key: String, file: ListedFile)

  var xml: String {
    var writer = XMLWriter()
    let groups = page.items.compactMap { item in
      if case .group(let text) = item { text } else { nil }
    }
    writer.element("ListBucketResult", [("xmlns", "http://s3.amazonaws.com/doc/2006-03-01/")]) {
      writer in
      writer.element("Name", text: bucket)
      writer.element("Prefix", text: shown(query.prefix))
      if query.isSecondVersion {
        writer.element("KeyCount", text: "\(files.count + groups.count)")
        if !query.start.isEmpty { writer.element("StartAfter", text: shown(query.start)) }
        if let token = query.token { writer.element("ContinuationToken", text: token) }
      } else {
        writer.element("Marker", text: shown(query.start))
      }
      writer.element("MaxKeys", text: "\(query.most)")
      if !query.delimiter.isEmpty { writer.element("Delimiter", text: shown(query.delimiter)) }
      if query.isEncoded { writer.element("EncodingType", text: "url") }
      writer.element("IsTruncated", text: "\(page.isTruncated)")
      if page.isTruncated {
        if query.isSecondVersion {
          writer.element(
            "NextContinuationToken", text: BucketListQuery.token(after: page.last))
        } else {
          writer.element("NextMarker", text: shown(page.last))
        }
      }
      for entry in files { write(entry, to: &writer) }
      for group in groups {
        writer.element("CommonPrefixes") { $0.element("Prefix", text: shown(group)) }
      }
    }
    return writer.text
  }

  private func write(_ entry: Entry, to writer: inout XMLWriter) {
    let file = entry.file
    let time = Date(timeIntervalSince1970: Double(file.modifiedSeconds))
    writer.element("Contents") { writer in
      writer.element("Key", text: shown(entry.key))
      writer.element(
        "LastModified",
        text: time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
      writer.element("ETag", text: file.tag)
      writer.element("Size", text: "\(file.size)")
      writer.element("StorageClass", text: "STANDARD")
    }
  }

  private func shown(_ text: String) -> String {
    guard query.isEncoded else { return text }
    let plain = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
  }
}

/// A failure in the form of S3's API.
struct BucketError: Error {
  let status: HTTPResponse.Status
  let code: String
  let message: String

  static func invalid(_ message: String) -> BucketError {
    BucketError(status: .badRequest, code: "InvalidArgument", message: message)
  }

  /// The same words for what is unknown and what is forbidden.
  static func missing(_ code: String) -> BucketError {
    BucketError(
      status: .notFound, code: code, message: Response.nothing)
  }

  /// The failure as an answer; a question about an object gets no document.
  func response(_ request: Request) -> Response {
    var writer = XMLWriter()
    writer.element("Error") { writer in
      writer.element("Code", text: code)
      writer.element("Message", text: message)
    }
    let body = request.method == .head ? "" : writer.text
    return Response(
      status: status, headers: [.contentType: "application/xml", .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: body)))
  }
}
