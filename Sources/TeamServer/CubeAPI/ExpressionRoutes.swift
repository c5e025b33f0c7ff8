internal import Cubes
internal import Expressions
internal import Hummingbird
internal import JSON
internal import LiveCubes

/// Variables of one's own, in the routes of xcube's server: what expressions may be made of, and whether one can
/// be computed.
///
/// Everywhere else `name=expression` may stand for the name of a variable: in tiles, legends, series and
/// statistics.
struct ExpressionRoutes: Sendable {
  let cubes: TeamCubes

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get("expressions/capabilities", use: capabilities)
    router.get("expressions/validate/:dataset/:expression", use: validate)
  }

  @Sendable private func capabilities(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    try await cubes.requireReader(ofTeam: asked.team, asked.principal)
    func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
    return APIAnswer.json([
      "namespace": [
        "constants": list(ExpressionParts.constants),
        "arrayFunctions": list(ExpressionParts.functions), "otherFunctions": [],
        "arrayOperators": list(ExpressionParts.operators), "otherOperators": [],
      ]
    ])
  }

  /// The mean of the first two cells along each dimension, as xcube's server has it.
  @Sendable private func validate(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let name = "validated=" + (try asked.path("expression"))
    let mean = try await context.untilClientLeaves {
      try await cubes.live.cornerMean(of: name, in: cube)
    }
    return APIAnswer.json(["result": mean.isFinite ? .number(mean) : .null])
  }
}
