import JSON
import Testing

@testable import Workspaces

/// What holds for every query of places, on random conditions and places.
struct PlaceQueryPropertyTests {
  private let keeping: Keeping
  private let collection: PlaceCollection
  private static let names = ["name", "depth", "a.b", "Ä, ö", "(x)", "\u{301}salt"]
  private static let values = [
    "5", "12.5", "-1", "1e3", "lake", "Lake", "a,b", "(c)", "\"d\"", "e\\f", "", " ", "true",
    "null",
    "x.y", "5.0", "ä", "\u{301}x", "a\"\u{301}",
  ]

  init() async throws {
    keeping = try await Keeping()
    try await keeping.workspace.addCollection(
      "all", title: "", to: keeping.team, by: "ada", now: 1000)
    collection = try #require(try await keeping.workspace.collection("all", ofTeam: "ice"))
    var random = SystemRandomNumberGenerator()
    let features = (0..<60).map { _ in
      var properties = JSONObject()
      for name in Self.names where Bool.random(using: &random) {
        properties[name] = Self.value(&random)
      }
      return JSONValue.object([
        "type": "Feature", "geometry": ["type": "Point", "coordinates": [1, 2]],
        "properties": .object(properties),
      ])
    }
    _ = try await keeping.workspace.add(
      try NewFeature.read(["type": "FeatureCollection", "features": .array(features)]),
      to: collection, of: keeping.team)
  }

  private static func value(_ random: inout SystemRandomNumberGenerator) -> JSONValue {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: .integer(Int64.random(in: -5...20, using: &random))
    case 1: .number(Double.random(in: -5...20, using: &random))
    case 2: .bool(Bool.random(using: &random))
    case 3: .null
    default: .string(values.randomElement(using: &random) ?? "")
    }
  }

  /// A condition on one property.
  private func leaf(_ random: inout SystemRandomNumberGenerator) -> FeatureFilter {
    let property = Self.names.randomElement(using: &random) ?? ""
    func value() -> String { Self.values.randomElement(using: &random) ?? "" }
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      return .compare(
        property: property, FeatureFilter.Relation.allCases.randomElement(using: &random) ?? .eq,
        value())
    case 1:
      return .like(
        property: property,
        pattern: ["*a*", "L%", "l_ke", "*", "[a]?", "e\\f"].randomElement() ?? "",
        ignoringCase: Bool.random(using: &random))
    case 2: return .isOne(property: property, (0..<3).map { _ in value() })
    default:
      return .isState(
        property: property, [.null, .true, .false].randomElement(using: &random) ?? .null)
    }
  }

  private func tree(_ depth: Int, _ random: inout SystemRandomNumberGenerator) -> FeatureFilter {
    guard depth > 0, Int.random(in: 0..<4, using: &random) > 0 else { return leaf(&random) }
    let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in tree(depth - 1, &random) }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return .all(parts)
    case 1: return .any(parts)
    default: return .not(Bool.random(using: &random) ? .any(parts) : leaf(&random))
    }
  }

  private func ids(_ filter: FeatureFilter) async throws -> Set<Int> {
    var query = FeatureQuery()
    query.filters = [filter]
    let page = try await keeping.workspace.features(query, in: collection)
    return Set(page.features.compactMap { (try? JSONValue(parsing: $0))?["id"]?.intValue })
  }

  @Test func groupsAreSetsOfPlaces() async throws {
    var random = SystemRandomNumberGenerator()
    let everything = try await ids(.isOne(property: "id", (1...60).map(String.init)))
    #expect(everything.count == 60)
    for _ in 0..<150 {
      let (one, other) = (tree(2, &random), tree(2, &random))
      let (ones, others) = (try await ids(one), try await ids(other))
      #expect(try await ids(.all([one, other])) == ones.intersection(others), "\(one) \(other)")
      #expect(try await ids(.any([one, other])) == ones.union(others), "\(one) \(other)")
      #expect(try await ids(.not(one)) == everything.subtracting(ones), "\(one)")
    }
  }

  @Test func whatIsWrittenDownIsReadAgain() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      // Two deep it stays below the most conditions that a query may have.
      let filter = tree(2, &random)
      let text = "(\(written(filter)))"
      #expect(try FeatureFilter(parameter: "or", value: text) == .any([filter]), "\(text)")
    }
  }

  /// As PostgREST writes it, everything in quotation marks.
  private func written(_ filter: FeatureFilter) -> String {
    func list(_ parts: [FeatureFilter]) -> String { parts.map(written).joined(separator: ",") }
    switch filter {
    case .all(let parts): return "and(\(list(parts)))"
    case .any(let parts): return "or(\(list(parts)))"
    case .not(.all(let parts)): return "not.and(\(list(parts)))"
    case .not(.any(let parts)): return "not.or(\(list(parts)))"
    case .not(let part): return "\(quoted(property(of: part))).not.\(condition(part))"
    default: return "\(quoted(property(of: filter))).\(condition(filter))"
    }
  }

  private func condition(_ filter: FeatureFilter) -> String {
    switch filter {
    case .compare(_, let relation, let value): "\(relation.rawValue).\(quoted(value))"
    case .like(_, let pattern, let ignoringCase):
      "\(ignoringCase ? "ilike" : "like").\(quoted(pattern))"
    case .isOne(_, let values): "in.(\(values.map(quoted).joined(separator: ",")))"
    case .isState(_, let state): "is.\(state.rawValue)"
    default: ""
    }
  }

  private func property(of filter: FeatureFilter) -> String {
    switch filter {
    case .compare(let name, _, _), .like(let name, _, _), .isOne(let name, _),
      .isState(let name, _):
      name
    default: ""
    }
  }

  private func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }
    return "\"" + escaped.joined() + "\""
  }
}
