internal import GRDB

/// Which features of a collection are asked for, and how.
public struct FeatureQuery: Sendable {
  /// The box in which they lie or which they touch.
  public var box: GeographicBox?
  /// What their properties must be like.
  public var filters: [FeatureFilter] = []
  /// What they are sorted by; by their ids where it says nothing.
  public var order: [Order] = []
  /// The properties that are wanted; `nil` for all.
  public var properties: [String]?
  /// At most so many.
  public var limit = 1000
  /// How many are left out at the beginning.
  public var offset = 0

  /// The most features of one answer.
  public static let mostFeatures = 10_000

  /// A property to sort by.
  public struct Order: Sendable, Hashable {
    let property: String
    let isDescending: Bool
    /// `nil` as PostgreSQL does it: nulls are larger than anything.
    let nullsFirst: Bool?
  }

  /// Asks for all.
  public init() {}

  /// Reads the parameters of an address.
  ///
  /// `bbox`, `limit`, `offset`, `order` and `select` have their meaning; every other one is a condition on
  /// a property.
  ///
  /// - Throws: ``WorkspaceError`` of kind `invalid` with what is wrong.
  public init(parameters: [(name: String, value: String)]) throws(WorkspaceError) {
    for (name, value) in parameters {
      switch name {
      case "bbox": box = try GeographicBox(value)
      case "limit": limit = try Self.number(name, value, in: 0...Self.mostFeatures)
      case "offset": offset = try Self.number(name, value, in: 0...1_000_000_000)
      case "select": properties = Self.names(value)
      case "order": order = try Self.order(value)
      default: filters.append(try FeatureFilter(parameter: name, value: value))
      }
    }
    guard filters.count <= FeatureFilter.mostConditions else {
      throw WorkspaceError(
        .invalid, "ask for features", because: "there are too many conditions",
        remedy: "use at most \(FeatureFilter.mostConditions)")
    }
  }

  /// The parts between commas, whatever marks combine with those.
  private static func names(_ text: String) -> [String] {
    text.unicodeScalars.split(separator: ",").map { String(String.UnicodeScalarView($0)) }
  }

  private static func number(
    _ name: String, _ value: String, in range: ClosedRange<Int>
  ) throws(WorkspaceError) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw WorkspaceError(
        .invalid, "use \(name)=\(value.prefix(40))", because: "it is out of bounds",
        remedy: "write a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func order(_ text: String) throws(WorkspaceError) -> [Order] {
    var terms: [Order] = []
    for term in names(text) {
      var name = term[...]
      var isDescending = false
      var nullsFirst: Bool?
      for (ending, isFirst) in [(".nullsfirst", true), (".nullslast", false)]
      where name.hasSuffix(ending) {
        nullsFirst = isFirst
        name = name.dropLast(ending.count)
      }
      for (ending, isDown) in [(".desc", true), (".asc", false)] where name.hasSuffix(ending) {
        isDescending = isDown
        name = name.dropLast(ending.count)
      }
      _ = try PropertyPath(String(name))
      terms.append(
        Order(property: String(name), isDescending: isDescending, nullsFirst: nullsFirst))
    }
    guard terms.count <= 5 else {
      throw WorkspaceError(
        .invalid, "sort by \(terms.count) properties", because: "five are the most",
        remedy: "leave some out")
    }
    return terms
  }
}

extension FeatureQuery {
  /// The condition on a row of the table `feature`.
  func condition(inCollection collection: Int64) throws(WorkspaceError) -> SQL {
    var conditions: [SQL] = ["collection = \(collection)"]
    if let box { conditions.append(Self.meets(box, collection)) }
    for filter in filters { conditions.append(try filter.sql()) }
    return conditions.joined(separator: " AND ")
  }

  var ordering: SQL {
    var terms: [SQL] = []
    for term in order {
      // The property was looked at when the order was read.
      guard let path = try? PropertyPath(term.property).text else { continue }
      let value: SQL = term.property == "id" ? "id" : "json_extract(properties, \(path))"
      let nullsFirst = term.nullsFirst ?? term.isDescending
      terms.append(
        "\(value) \(sql: term.isDescending ? "DESC" : "ASC") NULLS \(sql: nullsFirst ? "FIRST" : "LAST")"
      )
    }
    terms.append("id")
    return terms.joined(separator: ", ")
  }

  /// Features that have a point in common with a box: the tree finds those whose own boxes do, and only
  /// those that are not wholly within are looked at.
  private static func meets(_ box: GeographicBox, _ collection: Int64) -> SQL {
    let parts: [SQL] = box.parts.map { part in
      """
      (id IN (
          SELECT id FROM feature_box WHERE west <= \(part.east) AND east >= \(part.west)
          AND south <= \(part.north) AND north >= \(part.south)
          AND collection_from = \(collection) AND collection_to = \(collection))
        AND (west >= \(part.west) AND east <= \(part.east) AND south >= \(part.south)
          AND north <= \(part.north)
          OR geometry_meets(geometry, \(part.west), \(part.south), \(part.east), \(part.north))))
      """
    }
    return "(\(parts.joined(separator: " OR ")))"
  }
}
