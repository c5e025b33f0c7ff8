import Codecs
package import JSON

// What goes between this program and a reader process.

/// What a reader process is asked to do.
package enum ReaderRequest {
  /// To say what is in a file.
  case describe(path: String, state: FileState)
  /// To put the numbers of a region into the shared memory, or to send its texts.
  case read(path: String, state: FileState, variable: String, region: [Range<Int>])

  /// The request as it is sent.
  package var message: JSONValue {
    switch self {
    case .describe(let path, let state):
      ["path": .string(path), "state": state.message]
    case .read(let path, let state, let variable, let region):
      [
        "path": .string(path), "state": state.message, "variable": .string(variable),
        "start": .array(region.map { .integer(Int64($0.lowerBound)) }),
        "end": .array(region.map { .integer(Int64($0.upperBound)) }),
      ]
    }
  }

  /// The request that was sent; `nil` for anything else.
  package init?(message: JSONValue) {
    guard let path = message["path"]?.stringValue,
      let state = message["state"].flatMap(FileState.init(message:))
    else { return nil }
    guard let variable = message["variable"]?.stringValue else {
      self = .describe(path: path, state: state)
      return
    }
    guard let start = message["start"]?.integers, let end = message["end"]?.integers,
      start.count == end.count, zip(start, end).allSatisfy({ $0 >= 0 && $0 <= $1 })
    else { return nil }
    self = .read(
      path: path, state: state, variable: variable, region: zip(start, end).map { $0..<$1 })
  }
}

/// What a reader process answers.
package enum ReaderReply {
  case description(NetCDFDescription)
  /// So many bytes of numbers lie in the shared memory.
  case numbers(byteCount: Int)
  case texts([String])
  /// The library refused, for the reason given as a clause.
  case refusal(String)

  /// The reply as it is sent.
  package var message: JSONValue {
    switch self {
    case .description(let description): ["description": description.message]
    case .numbers(let byteCount): ["bytes": .integer(Int64(byteCount))]
    case .texts(let texts): ["texts": .array(texts.map { .string($0) })]
    case .refusal(let reason): ["refusal": .string(reason)]
    }
  }

  /// The reply that was sent; `nil` for anything else.
  package init?(message: JSONValue) {
    if let reason = message["refusal"]?.stringValue {
      self = .refusal(reason)
    } else if let byteCount = message["bytes"]?.intValue {
      self = .numbers(byteCount: byteCount)
    } else if let texts = message["texts"]?.strings {
      self = .texts(texts)
    } else if let description = message["description"].flatMap(NetCDFDescription.init(message:)) {
      self = .description(description)
    } else {
      return nil
    }
  }
}

/// What is in a file, but no values.
package struct NetCDFDescription: Sendable {
  package let attributes: JSONObject
  package let dimensions: [NetCDFDimension]
  package let variables: [NetCDFVariable]

  package init(
    attributes: JSONObject, dimensions: [NetCDFDimension], variables: [NetCDFVariable]
  ) {
    self.attributes = attributes
    self.dimensions = dimensions
    self.variables = variables
  }

  fileprivate var message: JSONValue {
    [
      "attributes": attributes.exact,
      "dimensions": .array(dimensions.map(\.message)),
      "variables": .array(variables.map(\.message)),
    ]
  }

  fileprivate init?(message: JSONValue) {
    guard let attributes = message["attributes"]?.objectValue?.inexact,
      let dimensions = message["dimensions"]?.arrayValue?.compactMapAll(
        NetCDFDimension.init(message:)),
      let variables = message["variables"]?.arrayValue?.compactMapAll(
        NetCDFVariable.init(message:))
    else { return nil }
    self.init(attributes: attributes, dimensions: dimensions, variables: variables)
  }
}

extension NetCDFDimension {
  fileprivate var message: JSONValue {
    ["name": .string(name), "length": .integer(Int64(length)), "unlimited": .bool(isUnlimited)]
  }

  fileprivate init?(message: JSONValue) {
    guard let name = message["name"]?.stringValue, let length = message["length"]?.intValue,
      length >= 0, let isUnlimited = message["unlimited"]?.boolValue
    else { return nil }
    self.init(name: name, length: length, isUnlimited: isUnlimited)
  }
}

extension NetCDFVariable {
  fileprivate var message: JSONValue {
    var message = JSONObject()
    message["name"] = .string(name)
    message["dimensions"] = .array(dimensions.map { .string($0) })
    message["shape"] = .array(shape.map { .integer(Int64($0)) })
    message["type"] = elementType.map { .string($0.rawValue) }
    message["string"] = .bool(isString)
    message["attributes"] = attributes.exact
    message["chunks"] = chunkShape.map { .array($0.map { .integer(Int64($0)) }) }
    message["fill"] = defaultFill?.exact
    message["unreadable"] = unreadableReason.map { .string($0) }
    message["textLength"] = textLength.map { .integer(Int64($0)) }
    return .object(message)
  }

  fileprivate init?(message: JSONValue) {
    guard let name = message["name"]?.stringValue,
      let dimensions = message["dimensions"]?.strings,
      let shape = message["shape"]?.integers, shape.count == dimensions.count,
      shape.allSatisfy({ $0 >= 0 }),
      let isString = message["string"]?.boolValue,
      let attributes = message["attributes"]?.objectValue?.inexact
    else { return nil }
    let chunks = message["chunks"]?.integers
    guard chunks?.allSatisfy({ $0 > 0 }) ?? true, chunks?.count ?? shape.count == shape.count
    else { return nil }
    self.init(
      name: name, dimensions: dimensions, shape: shape,
      elementType: message["type"]?.stringValue.flatMap(ElementType.init(rawValue:)),
      isString: isString, attributes: attributes, chunkShape: chunks,
      defaultFill: message["fill"]?.inexact, unreadableReason: message["unreadable"]?.stringValue,
      textLength: message["textLength"]?.intValue.map { max(0, $0) })
  }
}

extension JSONValue {
  /// An attribute's value in a form that JSON keeps to the bit: a fraction as `{"bits": …}`.
  ///
  /// JSON text has no NaN and does not tell 1.0 from 1; attributes hold no objects of their own.
  package var exact: JSONValue {
    switch self {
    case .number(let number): ["bits": .integer(Int64(bitPattern: number.bitPattern))]
    case .array(let elements): .array(elements.map(\.exact))
    default: self
    }
  }

  /// What `exact` was made from.
  package var inexact: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.inexact))
    case .object(let members):
      if case .integer(let bits) = members["bits"] {
        .number(Double(bitPattern: UInt64(bitPattern: bits)))
      } else {
        .null
      }
    default: self
    }
  }

  fileprivate var integers: [Int]? { arrayValue?.compactMapAll(\.intValue) }
  fileprivate var strings: [String]? { arrayValue?.compactMapAll(\.stringValue) }
}

extension JSONObject {
  /// The members in a form that JSON keeps to the bit.
  package var exact: JSONValue { .object(JSONObject(map { ($0.key, $0.value.exact) })) }
  /// What `exact` was made from.
  package var inexact: JSONObject { JSONObject(map { ($0.key, $0.value.inexact) }) }
}

extension Array {
  /// Every element transformed; `nil` where one cannot be.
  fileprivate func compactMapAll<Result>(_ transform: (Element) -> Result?) -> [Result]? {
    let results = compactMap(transform)
    return results.count == count ? results : nil
  }
}
