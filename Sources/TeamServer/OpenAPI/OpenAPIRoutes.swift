internal import Hummingbird
internal import JSON

/// The OpenAPI 3.1 document of all routes: for everybody at `/openapi.json`, and where clients of xcube's
/// server look for it.
struct OpenAPIRoutes: Sendable {
  let settings: ServerSettings

  func add(to router: Router<TeamRequestContext>) {
    let answer = APIAnswer.json(document)
    router.get("openapi.json") { _, _ in answer }
    router.group("teams/:team/api").add(middleware: APIErrors())
      .get("openapi.json") { request, context in
        _ = try CubeRequest(request, context)
        return answer
      }
  }

  var document: JSONValue {
    var paths = JSONObject()
    let operations =
      APIOperation.all + (settings.viewerFolder == nil ? [] : APIOperation.viewer)
      + (settings.identityProvider == nil ? [] : APIOperation.provider)
    for operation in operations {
      var methods = paths[operation.path]?.objectValue ?? JSONObject()
      methods[operation.method] = operation.document
      paths[operation.path] = .object(methods)
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Cubepress server", "version": "1",
        "description":
          "What a team keeps private. Below /teams/{team}/api the routes are those of xcube's server.",
      ],
      "servers": [["url": .string(settings.baseURL)]],
      "paths": .object(paths),
      "components": [
        "securitySchemes": [
          "token": ["type": "http", "scheme": "bearer"],
          "basic": ["type": "http", "scheme": "basic"],
          "session": [
            "type": "apiKey", "in": "cookie",
            "name": .string(settings.isSecure ? "__Host-cubepress" : "cubepress"),
          ],
        ]
      ],
    ]
  }
}
