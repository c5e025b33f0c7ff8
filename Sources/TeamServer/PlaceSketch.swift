internal import JSON
internal import Pages

/// A small map of places: their boxes and points in longitude and latitude, as numbers for a template.
struct PlaceSketch {
  /// Features as GeoJSON texts.
  let features: [String]

  /// Half the size of a mark, in degrees.
  private static let mark = 1.5

  /// Rectangles in a picture of 360 by 180, north up.
  var value: PageValue {
    let marks = features.compactMap { text -> PageValue? in
      guard let geometry = (try? JSONValue(parsing: text))?["geometry"] else { return nil }
      var numbers = (
        west: Double.infinity, south: Double.infinity, east: -Double.infinity,
        north: -Double.infinity
      )
      Self.visit(geometry) { x, y in
        numbers = (
          min(numbers.west, x), min(numbers.south, y), max(numbers.east, x), max(numbers.north, y)
        )
      }
      guard numbers.west <= numbers.east else { return nil }
      let width = max(numbers.east - numbers.west, Self.mark)
      let height = max(numbers.north - numbers.south, Self.mark)
      let x = (numbers.west + numbers.east) / 2 - width / 2 + 180
      let y = 90 - (numbers.south + numbers.north) / 2 - height / 2
      return [
        "x": .text(Self.text(x)), "y": .text(Self.text(y)), "width": .text(Self.text(width)),
        "height": .text(Self.text(height)),
      ]
    }
    return marks.isEmpty ? false : ["marks": .list(marks)]
  }

  private static func text(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }

  /// Visits every position of a geometry.
  private static func visit(_ value: JSONValue, _ body: (Double, Double) -> Void) {
    if let parts = value["geometries"]?.arrayValue {
      for part in parts { visit(part, body) }
    } else if let coordinates = value["coordinates"] {
      visitCoordinates(coordinates, body)
    }
  }

  private static func visitCoordinates(_ value: JSONValue, _ body: (Double, Double) -> Void) {
    if let x = value[0]?.doubleValue, let y = value[1]?.doubleValue { return body(x, y) }
    for part in value.arrayValue ?? [] { visitCoordinates(part, body) }
  }
}

/// The properties of some places as a table: the columns are those that most of them have.
struct PlaceTable {
  /// Features as GeoJSON texts.
  let features: [String]

  private static let mostColumns = 6

  var value: PageValue {
    let parsed = features.compactMap { try? JSONValue(parsing: $0) }
    var counts: [String: Int] = [:]
    var seen: [String] = []
    for feature in parsed {
      for key in feature["properties"]?.objectValue?.keys ?? [] {
        if counts[key] == nil { seen.append(key) }
        counts[key, default: 0] += 1
      }
    }
    let columns = seen.enumerated().sorted {
      (counts[$1.element] ?? 0, $0.offset) < (counts[$0.element] ?? 0, $1.offset)
    }.prefix(Self.mostColumns).map(\.element)
    guard !parsed.isEmpty else { return false }
    return [
      "columns": .list(columns.map { .text($0) }),
      "placeRows": .list(
        parsed.map { feature in
          [
            "id": .number(feature["id"]?.intValue ?? 0),
            "geometryType": .text(feature["geometry"]?["type"]?.stringValue ?? ""),
            "cells": .list(columns.map { .text(Self.text(feature["properties"]?[$0])) }),
          ]
        }),
    ]
  }

  private static func text(_ value: JSONValue?) -> String {
    guard let value, !value.isNull else { return "" }
    let text = value.stringValue ?? value.serialized()
    return text.count > 60 ? text.prefix(59) + "…" : text
  }
}
