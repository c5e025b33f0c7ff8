internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import Pages
internal import Teams
internal import Workspaces

/// Uploads of cubes by the protocol tus 1.0 (https://tus.io/protocols/resumable-upload) with the extensions
/// creation, checksum and termination, and by a form; and the page for it.
struct UploadRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let pages: PageRenderer
  let settings: ServerSettings
  var access: TeamAccess { TeamAccess(database: database) }
  var frame: TeamFrame { TeamFrame(workspace: workspace, pages: pages) }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team/uploads", use: list)
    router.on("teams/:team/uploads", method: .options, use: abilities)
    router.post("teams/:team/uploads", use: create)
    router.get("teams/:team/uploads/:upload", use: state)
    router.head("teams/:team/uploads/:upload", use: offset)
    router.patch("teams/:team/uploads/:upload", use: receive)
    router.delete("teams/:team/uploads/:upload", use: terminate)
    router.post("teams/:team/uploads/:upload/remove", use: remove)
  }

  // MARK: The protocol

  private enum Field {
    static let resumable = HTTPField.Name("Tus-Resumable")
    static let version = HTTPField.Name("Tus-Version")
    static let offset = HTTPField.Name("Upload-Offset")
    static let length = HTTPField.Name("Upload-Length")
    static let metadata = HTTPField.Name("Upload-Metadata")
    static let checksum = HTTPField.Name("Upload-Checksum")
  }

  private static let version = "1.0.0"

  /// Answers a request of the protocol: each says which version it speaks, and so does each answer.
  private func speaking(
    _ request: Request, _ body: () async throws -> Response
  ) async throws -> Response {
    guard Self.field(Field.resumable, request) == Self.version else {
      var headers = HTTPFields()
      if let name = Field.version { headers[name] = Self.version }
      throw HTTPError(
        .preconditionFailed, headers: headers,
        message: "This server speaks tus \(Self.version): send Tus-Resumable: \(Self.version).")
    }
    var response = try await body()
    Self.set(Field.resumable, Self.version, in: &response)
    return response
  }

  private static func field(_ name: HTTPField.Name?, _ request: Request) -> String? {
    name.flatMap { request.headers[$0] }
  }

  private static func set(_ name: HTTPField.Name?, _ value: String, in response: inout Response) {
    if let name { response.headers[name] = value }
  }

  @Sendable private func abilities(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    var response = Response(status: .noContent)
    Self.set(Field.version, Self.version, in: &response)
    Self.set(Field.resumable, Self.version, in: &response)
    Self.set(HTTPField.Name("Tus-Extension"), "creation,checksum,termination", in: &response)
    Self.set(
      HTTPField.Name("Tus-Checksum-Algorithm"), PieceChecksum.algorithms.joined(separator: ","),
      in: &response)
    return response
  }

  @Sendable private func create(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let member = try await access.member(request, context, atLeast: .editor)
    guard !Self.isForm(request) else { return try await receiveForm(request, member) }
    try request.requireIntent(of: member.principal)
    return try await speaking(request) {
      guard let length = Self.field(Field.length, request).flatMap({ Int64($0) }), length >= 0
      else {
        throw HTTPError(.badRequest, message: "Say how many bytes there will be: Upload-Length.")
      }
      let metadata = try Self.metadata(Self.field(Field.metadata, request) ?? "")
      let name = metadata["dataset"] ?? Self.proposal(for: metadata["filename"] ?? "")
      let upload = try await workspace.beginUpload(
        length: length, dataset: name, replacing: try Self.replaces(metadata["replace"]),
        title: metadata["title"] ?? "",
        sha256: metadata["sha256"].flatMap { $0.isEmpty ? nil : $0 }, for: member.team,
        by: member.principal.user.name, now: secondsNow())
      return Response(status: .created, headers: [.location: address(of: upload)])
    }
  }

  func address(of upload: Upload) -> String {
    "\(settings.baseURL)/teams/\(upload.team)/uploads/\(upload.id)"
  }

  /// Whether the sender says that the upload takes the place of a dataset; `replace` may stand without a value.
  static func replaces(_ text: String?) throws -> Bool {
    switch text {
    case nil, "no", "false": false
    case "", "yes", "true": true
    default:
      throw HTTPError(.badRequest, message: "The field replace is yes or no.")
    }
  }

  /// `Upload-Metadata`: pairs of a key and a base64 text.
  static func metadata(_ field: String) throws -> [String: String] {
    var values: [String: String] = [:]
    for pair in field.split(separator: ",") {
      let parts = pair.split(separator: " ")
      guard let key = parts.first, parts.count <= 2 else { continue }
      let data = parts.count == 2 ? Data(base64Encoded: String(parts[1])) : Data()
      guard let data, let text = String(validating: data, as: UTF8.self) else {
        throw HTTPError(.badRequest, message: "Upload-Metadata is badly encoded.")
      }
      values[String(key)] = text
    }
    return values
  }

  /// An id made from the name of a file.
  static func proposal(for fileName: String) -> String {
    let base = fileName.split(separator: "/").last ?? ""
    var stem = base.lowercased()
    for ending in [".zip", ".zarr", ".nc", ".nc4", ".cdf", ".tif", ".tiff"]
    where stem.hasSuffix(ending) {
      stem.removeLast(ending.count)
    }
    let plain = stem.map { character in
      character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
    }
    return String(plain.split(separator: "-").joined(separator: "-").prefix(64))
  }

  /// An upload that the asker may go on with.
  private func upload(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> (member: TeamAccess.Member, upload: Upload) {
    let member = try await access.member(request, context, atLeast: .editor)
    let id = try context.parameters.require("upload")
    guard let upload = try await workspace.upload(id, of: member.team) else {
      throw HTTPError(.notFound)
    }
    return (member, upload)
  }

  @Sendable private func offset(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (_, upload) = try await upload(request, context)
    return try await speaking(request) {
      var response = Response(status: .ok, headers: [.cacheControl: "no-store"])
      Self.set(Field.offset, String(upload.received), in: &response)
      Self.set(Field.length, String(upload.length), in: &response)
      return response
    }
  }

  @Sendable private func receive(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, upload) = try await upload(request, context)
    try request.requireIntent(of: member.principal)
    return try await speaking(request) {
      guard request.headers[.contentType] == "application/offset+octet-stream" else {
        throw HTTPError(
          .unsupportedMediaType, message: "Send Content-Type: application/offset+octet-stream.")
      }
      guard let offset = Self.field(Field.offset, request).flatMap({ Int64($0) }), offset >= 0
      else {
        throw HTTPError(.badRequest, message: "Say where the piece begins: Upload-Offset.")
      }
      let received = try await workspace.receive(
        request.body.map { Array($0.readableBytesView) }, of: upload, at: offset,
        checksum: try Self.checksum(Self.field(Field.checksum, request)), now: secondsNow)
      var response = Response(status: .noContent)
      Self.set(Field.offset, String(received.received), in: &response)
      return response
    }
  }

  private static func checksum(_ field: String?) throws -> PieceChecksum? {
    guard let field else { return nil }
    let parts = field.split(separator: " ")
    guard parts.count == 2, let value = Data(base64Encoded: String(parts[1])),
      let checksum = PieceChecksum(algorithm: String(parts[0]), value: Array(value))
    else {
      throw HTTPError(
        .badRequest,
        message:
          "Upload-Checksum is not understood: \(PieceChecksum.algorithms.joined(separator: " or ")), a blank, and the digest in base64."
      )
    }
    return checksum
  }

  @Sendable private func terminate(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, upload) = try await upload(request, context)
    try request.requireIntent(of: member.principal)
    return try await speaking(request) {
      try await workspace.removeUpload(upload)
      return Response(status: .noContent)
    }
  }

  // MARK: For people, and for programs that ask how it went

  @Sendable private func state(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    .json(Self.json(try await upload(request, context).upload))
  }

  static func json(_ upload: Upload) -> JSONValue {
    [
      "id": .string(upload.id), "dataset": .string(upload.dataset),
      "replaces": .bool(upload.replaces), "title": .string(upload.title),
      "length": .count(upload.length), "received": .count(upload.received),
      "state": .string(upload.state.rawValue), "problem": .optional(upload.problem),
      "creator": .string(upload.creator),
    ]
  }

  @Sendable private func remove(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, upload) = try await upload(request, context)
    try await Form(request, limit: settings.largestBody).requireSecret(of: member.principal)
    try await workspace.removeUpload(upload)
    return .redirect(to: "/teams/\(member.team.name)/uploads", type: .normal)
  }
}
