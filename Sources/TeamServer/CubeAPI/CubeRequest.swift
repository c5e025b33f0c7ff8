internal import Cubes
internal import Foundation
internal import Grids
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import LiveCubes
internal import NIOCore
internal import Stores
internal import Teams

/// A request to the API of a team's cubes, read and checked.
struct CubeRequest: Sendable {
  let request: Request
  let context: TeamRequestContext
  let principal: Principal
  let team: String

  /// - Throws: 401 without a sign that tells who asks.
  init(_ request: Request, _ context: TeamRequestContext) throws {
    self.request = request
    self.context = context
    principal = try context.principal(askedFor: request)
    team = try context.parameters.require("team")
  }

  /// A part of the path, decoded.
  ///
  /// - Throws: 404 where it is badly encoded.
  func path(_ name: String) throws -> String {
    guard let text = percentDecoded(try context.parameters.require(name)) else {
      throw HTTPError(.notFound)
    }
    return text
  }

  /// The rest of the path, decoded, part by part.
  ///
  /// - Throws: 404 where it is badly encoded.
  func rest() throws -> [String] {
    try context.parameters.getCatchAll().map { part in
      guard let text = percentDecoded(part) else { throw HTTPError(.notFound) }
      return text
    }
  }

  /// A whole number of the path, without what stands behind a dot.
  ///
  /// - Throws: 404 where it is none.
  func number(_ name: String) throws -> Int {
    guard let number = Int(try path(name).prefix { $0 != "." }) else { throw HTTPError(.notFound) }
    return number
  }

  /// A text of the query; `nil` where it is missing or empty.
  func query(_ name: String) -> String? {
    let text = request.uri.queryParameters[name[...]].map(String.init)
    return text.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A finite number of the query.
  ///
  /// - Throws: 400 for anything else.
  func number(query name: String) throws -> Double? {
    guard let text = query(name) else { return nil }
    guard let number = Double(text), number.isFinite else {
      throw HTTPError(.badRequest, message: "\(name) must be a number.")
    }
    return number
  }

  /// The positions on a variable's further axes that the query names, each by its dimension; the first
  /// where it names none.
  ///
  /// - Throws: 400 for a label that an axis of texts does not have.
  func extras(of variable: Variable) throws -> [Int] {
    try variable.extras.map { axis in
      guard let text = query(axis.name) else { return 0 }
      if let index = axis.index(matching: text) { return index }
      guard let values = axis.values, let number = Double(text),
        let nearest = values.indices.min(by: {
          abs(values[$0] - number) < abs(values[$1] - number)
        })
      else {
        throw HTTPError(
          .badRequest,
          message: "\(axis.name) has no such label; it has "
            + axis.labels.prefix(20).joined(separator: ", ") + ".")
      }
      return nearest
    }
  }

  /// The step that the query means by `time`, as xcube's server understands it: the first without, the
  /// last for `last` and `current`, of an interval its begin, else the nearest.
  ///
  /// - Throws: 400 for a text that is no time.
  func time(of variable: Variable) throws -> Int? {
    guard let axis = variable.time else { return nil }
    return try axis.step(query("time")) ?? 0
  }
}

extension TimeAxis {
  /// The step that a text means; `nil` without one.
  ///
  /// - Throws: 400 for a text that is no time.
  func step(_ text: String?) throws -> Int? {
    guard let text = text?.split(separator: "/").first.map(String.init) else { return nil }
    if text == "current" { return index(matching: "last") }
    if let index = index(matching: text) { return index }
    guard let time = Self.parsed(text) else {
      throw HTTPError(
        .badRequest, message: "'\(text.prefix(40))' is no time such as 2017-01-16T10:09:21Z.")
    }
    return index(nearest: time)
  }

  /// A date, or a date and a time of ISO 8601 in UTC; `nil` for anything else.
  static func parsed(_ text: String) -> CFTime? {
    let halves = text.replacing("T", with: " ").split(separator: " ", maxSplits: 1)
    guard let first = halves.first else { return nil }
    let date = first.split(separator: "-").compactMap { Int($0) }
    let isDate = (1...3).contains(date.count) && date.count == first.split(separator: "-").count
    var clock = halves.count > 1 ? String(halves[1]) : "00:00:00"
    for ending in ["Z", "+00:00"] where clock.hasSuffix(ending) {
      clock.removeLast(ending.count)
    }
    let parts = clock.split(separator: ":").map { Double($0) }
    guard isDate, (1...3).contains(parts.count),
      let numbers = Optional(parts.compactMap(\.self)), numbers.count == parts.count,
      // A second more in minutes that have a leap second.
      zip(numbers, [24.0, 60, 61]).allSatisfy({ $0 >= 0 && $0 < $1 }), abs(date[0]) < 100_000,
      zip(date.dropFirst(), [12, 31]).allSatisfy({ (1...$1).contains($0) })
    else { return nil }
    let seconds = numbers.count > 2 ? numbers[2] : 0
    return CFTime(
      year: date[0], month: date.count > 1 ? date[1] : 1, day: date.count > 2 ? date[2] : 1,
      hour: Int(numbers[0]), minute: numbers.count > 1 ? Int(numbers[1]) : 0,
      second: Int(seconds), nanosecond: Int((seconds - seconds.rounded(.down)) * 1e9))
  }
}

extension HTTPError {
  /// How a failure of an opened cube is answered.
  init(_ error: LiveError) {
    switch error.kind {
    case .unknown: self.init(.notFound)
    case .invalid: self.init(.badRequest, message: error.description)
    case .tooLarge: self.init(.contentTooLarge, message: error.description)
    case .tooLong, .busy, .abandoned:
      self.init(.serviceUnavailable, headers: [.retryAfter: "5"], message: error.description)
    case .source: self.init(.unprocessableContent, message: error.description)
    }
  }
}
