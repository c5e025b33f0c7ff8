internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Pages
internal import Teams
internal import Workspaces

/// The page of uploads, and its form, which works without scripts.
extension UploadRoutes {
  /// Whether a request sends the form.
  static func isForm(_ request: Request) -> Bool {
    request.method == .post && request.uri.path.hasSuffix("/uploads")
      && FormWithFile.isBrought(by: request)
  }

  /// Receives a cube by the form of the page, or by `curl -F`.
  ///
  /// What breaks off is forgotten: a form cannot go on. The room for all of it is taken before.
  func receiveForm(_ request: Request, _ member: TeamAccess.Member) async throws -> Response {
    let arriving = try FormWithFile(request)
    let (form, file) = try await arriving.fields(limit: settings.largestBody)
    // A token is no session of a browser.
    if member.principal.formSecret != nil { try form.requireSecret(of: member.principal) }
    let replaces = try Self.replaces(form.value("replace"))
    do {
      let id = form.text("dataset")
      let sha256 = form.text("sha256")
      let upload = try await workspace.beginUpload(
        length: file.longest, dataset: id.isEmpty ? Self.proposal(for: file.name) : id,
        replacing: replaces, title: form.text("title"), sha256: sha256.isEmpty ? nil : sha256,
        for: member.team, by: member.principal.user.name, now: secondsNow())
      let received = try await workspace.receiveWhole(
        BytesOfFile(form: arriving), of: upload, now: secondsNow)
      guard request.wantsPage else {
        var response = Response.json(Self.json(received), status: .created)
        response.headers[.location] = address(of: received)
        return response
      }
      return .redirect(to: "/teams/\(member.team.name)/uploads", type: .normal)
    } catch let error as WorkspaceError {
      guard request.wantsPage, error.kind != .storage else { throw error }
      return try await page(
        member, replacing: replaces ? form.text("dataset") : nil, form: form, problem: error)
    }
  }

  @Sendable func list(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let member = try await access.member(request, context, atLeast: .editor)
    guard request.wantsPage else {
      let uploads = try await workspace.uploads(of: member.team)
      return .json(["uploads": .array(uploads.map(Self.json))])
    }
    return try await page(
      member, replacing: try request.parameters().last { $0.name == "replace" }?.value)
  }

  /// The page, with a form for a new dataset or for a new content of one.
  ///
  /// - Parameters:
  ///   - member: who looks at it.
  ///   - id: the id of the dataset that is to be replaced.
  ///   - form: what was typed, where the form was sent and refused.
  ///   - problem: why it was.
  /// - Returns: the page.
  /// - Throws: where the database fails.
  private func page(
    _ member: TeamAccess.Member, replacing id: String?, form: Form? = nil,
    problem: WorkspaceError? = nil
  ) async throws -> Response {
    let uploads = try await workspace.uploads(of: member.team)
    var replaced: Dataset?
    if let id { replaced = try await workspace.dataset(id, ofTeam: member.team.name) }
    return try await frame.page(
      "uploads", title: replaced.map { "Replace \($0.title)" } ?? "Upload a cube", of: member,
      current: "uploads",
      status: problem.map { WorkspaceErrors.status($0.kind) } ?? .ok, script: "upload.js",
      [
        "baseURL": .text(settings.baseURL), "problem": .optional(problem?.description),
        "typedID": .text(form?.text("dataset") ?? ""),
        "typedTitle": .text(form?.text("title") ?? replaced?.title ?? ""),
        "replaced": replaced.map {
          ["replacedID": .text($0.id), "replacedTitle": .text($0.title)]
        } ?? false,
        "uploads": .list(
          uploads.map { upload in
            [
              "upload": .text(upload.id), "dataset": .text(upload.dataset),
              "uploadTitle": .text(upload.title), "isReplacing": .flag(upload.replaces),
              "creator": .text(upload.creator),
              "size": .text(ByteText.of(upload.length)),
              "received": .text(ByteText.of(upload.received)),
              "isReceiving": .flag(upload.state == .receiving),
              "isChecking": .flag(upload.state == .checking),
              "refusal": .optional(upload.problem),
            ]
          }),
      ])
  }
}
