internal import Cubes
internal import Foundation
internal import Hummingbird
internal import JSON
internal import LiveCubes
internal import Vectors

/// Values under geometries, in the routes of xcube's server: `/timeseries/{ds}/{var}` and
/// `/statistics/{ds}/{var}`.
struct AnalysisRoutes: Sendable {
  let cubes: TeamCubes
  let largestBody: Int
  /// How many geometries one request may have.
  private static let mostGeometries = 256

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.post("timeseries/:dataset/:variable", use: series)
    router.get("statistics/:dataset/:variable", use: value)
    router.post("statistics/:dataset/:variable", use: statistics)
  }

  private func cube(_ asked: CubeRequest) async throws -> (cube: LiveCube, variable: Variable) {
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    return (cube, try cube.variable(try asked.path("variable")))
  }

  @Sendable private func series(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let (cube, variable) = try await self.cube(asked)
    let geometries = try Geometries(
      try await asked.request.json(limit: largestBody), limit: cubes.live.limits.positions,
      most: Self.mostGeometries)
    let methods = try SeriesMethods(asked)
    let question = FieldQuestion(
      times: try Self.times(asked, of: variable), extras: try asked.extras(of: variable))
    let results = try await context.untilClientLeaves {
      var results: [JSONValue] = []
      for shape in geometries.shapes {
        guard let shape else {
          results.append([])
          continue
        }
        let series = try await cubes.live.series(
          under: shape, of: variable.name, question, in: cube, wantsMedian: methods.wantsMedian)
        results.append(methods.document(series))
      }
      return results
    }
    return APIAnswer.json([
      "result": geometries.isCollection ? .array(results) : results.first ?? []
    ])
  }

  /// The steps between `startDate` and `endDate`, `tolerance` seconds more on either side.
  private static func times(_ asked: CubeRequest, of variable: Variable) throws -> [Int?] {
    guard let axis = variable.time else { return [nil] }
    let tolerance = try asked.number(query: "tolerance") ?? 1
    func bound(_ name: String) throws -> Double? {
      guard let text = asked.query(name) else { return nil }
      guard let time = TimeAxis.parsed(text) else {
        throw HTTPError(
          .badRequest, message: "\(name) must be a date such as 2017-01-16T10:09:21Z.")
      }
      return axis.calendar.approximateSeconds(time)
    }
    let first = try bound("startDate").map { $0 - tolerance } ?? -.infinity
    // A day as the end means all of it.
    let isDay = asked.query("endDate").map { $0.count <= 10 } ?? false
    let last = try bound("endDate").map { $0 + tolerance + (isDay ? 86_399 : 0) } ?? .infinity
    return axis.times.indices.filter { index in
      let seconds = axis.calendar.approximateSeconds(axis.times[index])
      return first <= seconds && seconds <= last
    }
  }

  @Sendable private func value(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let (cube, variable) = try await self.cube(asked)
    guard let longitude = try asked.number(query: "lon"),
      let latitude = try asked.number(query: "lat")
    else { throw HTTPError(.badRequest, message: "lon and lat are needed.") }
    let question = FieldQuestion(
      times: [try asked.time(of: variable)], extras: try asked.extras(of: variable))
    let shape = Shape(Shape.Position(longitude: longitude, latitude: latitude))
    let series = try await context.untilClientLeaves {
      try await cubes.live.series(under: shape, of: variable.name, question, in: cube)
    }
    let step = series.steps.first.flatMap { $0.count > 0 ? $0.mean : nil }
    return APIAnswer.json(["result": step.map { ["value": .number($0)] } ?? [:]])
  }

  @Sendable private func statistics(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let (cube, variable) = try await self.cube(asked)
    let geometries = try Geometries(
      try await asked.request.json(limit: largestBody), limit: cubes.live.limits.positions, most: 1)
    guard let shape = geometries.shapes.first ?? nil else {
      throw HTTPError(.badRequest, message: "Send one geometry.")
    }
    // Without a time all of them count, as for xcube's server.
    let times: [Int?] =
      variable.time.map { axis in
        asked.query("time") == nil ? axis.times.indices.map { $0 } : []
      } ?? [nil]
    let question = FieldQuestion(
      times: times.isEmpty ? [try asked.time(of: variable)] : times,
      extras: try asked.extras(of: variable))
    let found = try await context.untilClientLeaves {
      try await cubes.live.statistics(under: shape, of: variable.name, question, in: cube)
    }
    guard found.count > 0 else { return APIAnswer.json(["result": ["count": 0]]) }
    var result: JSONObject = [
      "count": .integer(Int64(found.count)), "minimum": .number(found.minimum),
      "maximum": .number(found.maximum), "mean": .number(found.mean),
      "deviation": .number(found.deviation),
    ]
    if !shape.isPoint, let histogram = found.histogram {
      result["histogram"] = [
        "values": .array(histogram.densities.map(JSONValue.number)),
        "edges": .array(histogram.edges.map(JSONValue.number)),
      ]
    }
    return APIAnswer.json(["result": .object(result)])
  }
}

/// The geometries of a body: a geometry, a feature or a collection of either.
private struct Geometries {
  /// `nil` for a feature without a place.
  let shapes: [Shape?]
  /// Whether the answer is a list with an entry for each.
  let isCollection: Bool

  init(_ document: JSONValue, limit: Int, most: Int) throws {
    let members: [JSONValue]
    switch document["type"]?.stringValue {
    case "FeatureCollection":
      members = (document["features"]?.arrayValue ?? []).map { $0["geometry"] ?? .null }
      isCollection = true
    case "GeometryCollection" where most > 1:
      members = document["geometries"]?.arrayValue ?? []
      isCollection = true
    case "Feature":
      members = [document["geometry"] ?? .null]
      isCollection = false
    default:
      members = [document]
      isCollection = false
    }
    guard members.count <= most else {
      throw HTTPError(
        .contentTooLarge, message: "\(members.count) geometries are more than \(most) at once.")
    }
    shapes = try members.map { $0.isNull ? nil : try Shape($0, limit: limit) }
  }
}

/// What a series is to say of each step.
private struct SeriesMethods {
  private static let known = ["mean", "median", "std", "min", "max", "count"]

  private let names: [String]
  /// `nil` keeps steps without a value, -1 leaves them out, a number keeps that many of the latest with.
  private let mostValid: Int?

  init(_ asked: CubeRequest) throws {
    let names = (asked.query("aggMethods") ?? "mean").split(separator: ",").map(String.init)
    if let wrong = names.first(where: { !Self.known.contains($0) }) {
      throw HTTPError(
        .badRequest,
        message: "There is no method '\(wrong.prefix(40))'; there are "
          + Self.known.joined(separator: ", ") + ".")
    }
    self.names = names
    mostValid = try asked.number(query: "maxValids").map { number in
      guard let whole = Int(exactly: number), whole == -1 || whole > 0 else {
        throw HTTPError(.badRequest, message: "maxValids must be -1 or a positive number.")
      }
      return whole
    }
  }

  var wantsMedian: Bool { names.contains("median") }

  func document(_ series: LiveSeries) -> JSONValue {
    // Under no cell at all there is no series.
    var steps = series.steps
    if let mostValid {
      steps = steps.filter { $0.count > 0 }
      if mostValid > 0 { steps = steps.suffix(mostValid) }
    }
    return .array(
      steps.map { step in
        var entry = JSONObject()
        for name in names { entry[name] = Self.value(name, step) }
        if let time = step.time { entry["time"] = .string(time) }
        return .object(entry)
      })
  }

  private static func value(_ name: String, _ step: LiveSeries.Step) -> JSONValue {
    if name == "count" { return .integer(Int64(step.count)) }
    guard step.count > 0 else { return .null }
    switch name {
    case "mean": return .number(step.mean)
    case "median": return step.median.map(JSONValue.number) ?? .null
    case "std": return .number(step.deviation)
    case "min": return .number(step.minimum)
    default: return .number(step.maximum)
    }
  }
}
