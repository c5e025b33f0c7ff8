internal import FileServing
internal import HTTPTypes
internal import Hummingbird
internal import LiveCubes
internal import NIOCore
internal import NIOPosix

/// Cubes as they are stored, for clients of S3 and others that read Zarr: `/s3/{bucket}` lists,
/// `/s3/{bucket}/{key}` answers with an object, whole or a range of it.
///
/// Reading alone: HeadBucket, ListObjectsV2, ListObjects, HeadObject and GetObject of Amazon S3's API, with
/// path-style addresses. The lists hold what the asker may read.
struct BucketRoutes: Sendable {
  let cubes: TeamCubes
  private let files = FileAnswers()

  init(cubes: TeamCubes) { self.cubes = cubes }

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get("s3/:bucket", use: list)
    router.head("s3/:bucket", use: head)
    router.get("s3/:bucket/**", use: object)
    router.head("s3/:bucket/**", use: object)
  }

  @Sendable private func head(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    return try await answering(asked) {
      _ = try await bucket(asked)
      return Response(status: .ok, headers: [.cacheControl: "private, no-cache"])
    }
  }

  @Sendable private func list(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    return try await answering(asked) {
      let bucket = try await bucket(asked)
      let query = try BucketListQuery(asked)
      let sources = try await cubes.sources(ofTeam: asked.team, for: asked.principal)
        .sorted { (bucket.name(of: $0.dataset) + "/").isBefore(bucket.name(of: $1.dataset) + "/") }
      let site = cubes.settings.siteFolder(ofTeam: asked.team)
      let found = try await NIOThreadPool.singleton.runIfActive {
        try page(query, of: sources.flatMap { bucket.stores(of: $0, site: site) })
      }
      let document = BucketList(
        bucket: bucket.rawValue, query: query, page: found.page, files: found.files)
      return Response(
        status: .ok,
        headers: [.contentType: "application/xml", .cacheControl: "private, no-cache"],
        body: .init(byteBuffer: ByteBuffer(string: document.xml)))
    }
  }

  /// It blocks.
  private func page(
    _ query: BucketListQuery, of stores: [BucketStore]
  ) throws -> (page: KeyPage, files: [BucketList.Entry]) {
    var page = KeyPage(
      prefix: query.prefix, delimiter: query.delimiter, after: query.after, most: query.most)
    var listed: [BucketList.Entry] = []
    for store in stores {
      let known = page.items.count
      // One that was taken away meanwhile does not hide the others.
      guard let site = try? files.site(store.folder) else { continue }
      let goesOn = try store.visit(&page, in: site)
      for case .key(let key) in page.items[known...] {
        let rest = String(decoding: key.utf8.dropFirst(store.prefix.utf8.count), as: UTF8.self)
        if let file = site.listed(store.key(rest)) { listed.append((key, file)) }
      }
      guard goesOn else { break }
    }
    return (page, listed)
  }

  @Sendable private func object(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    return try await answering(asked) {
      let bucket = try await bucket(asked)
      guard let key = Self.key(context.parameters.getCatchAll()),
        let name = key.split(separator: "/").first,
        let dataset = bucket.dataset(of: String(name))
      else { throw BucketError.missing("NoSuchKey") }
      let source = try await cubes.source(dataset, ofTeam: asked.team, for: asked.principal)
      let site = cubes.settings.siteFolder(ofTeam: asked.team)
      let stores = try await NIOThreadPool.singleton.runIfActive {
        bucket.stores(of: source, site: site)
      }
      guard let store = stores.first(where: { key.begins(with: $0.prefix) }) else {
        throw BucketError.missing("NoSuchKey")
      }
      let rest = String(decoding: key.utf8.dropFirst(store.prefix.utf8.count), as: UTF8.self)
      // Clients of S3 take the bytes as they are stored.
      return try await files.answer(
        request, key: store.key(rest), site: store.folder, isPackable: false)
    }
  }

  /// - Throws: ``BucketError`` where there is no such bucket, or nothing in it may be read.
  private func bucket(_ asked: CubeRequest) async throws -> Bucket {
    guard let bucket = Bucket(rawValue: try asked.path("bucket")) else {
      throw BucketError.missing("NoSuchBucket")
    }
    do {
      try await cubes.requireReader(ofTeam: asked.team, asked.principal)
    } catch let error as HTTPError where error.status == .notFound {
      throw BucketError.missing("NoSuchBucket")
    }
    return bucket
  }

  /// As the keys of a site, but for the hidden names that Zarr 2 gives its documents.
  private static func key(_ segments: [Substring]) -> String? {
    guard let last = segments.last, BucketStore.documents.contains(String(last)) else {
      return TeamSiteRoutes.key(segments)
    }
    return TeamSiteRoutes.key(segments.dropLast()).map { "\($0)/\(last)" }
  }

  /// Says failures in the form of S3's API.
  private func answering(
    _ asked: CubeRequest, _ body: () async throws -> Response
  ) async throws -> Response {
    do {
      let response = try await body()
      let codes: [HTTPResponse.Status: String] = [
        .preconditionFailed: "PreconditionFailed", .rangeNotSatisfiable: "InvalidRange",
      ]
      guard let code = codes[response.status] else { return response }
      var failure = BucketError(
        status: response.status, code: code, message: response.status.reasonPhrase
      ).response(asked.request)
      failure.headers[.contentRange] = response.headers[.contentRange]
      return failure
    } catch let error as BucketError {
      return error.response(asked.request)
    } catch let error as HTTPError where error.status == .notFound {
      return BucketError.missing("NoSuchKey").response(asked.request)
    }
  }
}
