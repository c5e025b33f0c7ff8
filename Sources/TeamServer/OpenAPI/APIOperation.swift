internal import JSON

/// One route as the OpenAPI document describes it.
struct APIOperation: Sendable {
  /// Something of the path or the query.
  struct Parameter: Sendable {
    let name: String
    let place: String
    let schema: JSONValue
    let words: String
  }

  /// What an answer or a body holds.
  indirect enum Content: Sendable {
    case json(JSONValue)
    case geoJSON
    case html
    case text
    case xml
    case picture
    case bytes
    /// A form with these fields.
    case form([String])
    /// A form with these fields and then a file of this name.
    case formWithFile([String], file: String)
    /// One or another, without more said of it.
    case oneOf([Content])
    /// Nothing that anybody reads.
    case none

    var types: [String] {
      switch self {
      case .json: ["application/json"]
      case .geoJSON: ["application/geo+json"]
      case .html: ["text/html"]
      case .text: ["text/plain"]
      case .xml: ["application/xml"]
      case .picture: ["image/png", "image/webp", "image/svg+xml"]
      case .bytes: ["*/*"]
      case .form: ["application/x-www-form-urlencoded"]
      case .formWithFile: ["multipart/form-data"]
      case .oneOf(let contents): contents.flatMap(\.types)
      case .none: []
      }
    }

    var schema: JSONValue {
      switch self {
      case .json(let schema): schema
      case .geoJSON: ["type": "object", "required": ["type"]]
      case .form(let fields):
        [
          "type": "object",
          "properties": .object(Self.texts(fields)),
        ]
      case .formWithFile(let fields, let file):
        [
          "type": "object", "required": [.string(file)],
          "properties": .object(Self.texts(fields + [file])),
        ]
      default: [:]
      }
    }

    private static func texts(_ names: [String]) -> JSONObject {
      JSONObject(names.map { ($0, ["type": "string"] as JSONValue) })
    }
  }

  let method: String
  /// With parameters in braces.
  let path: String
  let tag: String
  let words: String
  var query: [Parameter] = []
  var body: Content = .none
  /// Whether it can do without a body.
  var isBodyOptional = false
  /// The answer where all is well.
  var answer: Content = .none
  var status = 200
  /// Whether everybody may ask it.
  var isOpen = false

  /// As a member of the document's `paths`.
  var document: JSONValue {
    var document: JSONObject = [
      "operationId": .string(id), "tags": [.string(tag)], "summary": .string(words),
    ]
    let parameters = pathParameters + query
    if !parameters.isEmpty {
      document["parameters"] = .array(
        parameters.map { parameter in
          [
            "name": .string(parameter.name), "in": .string(parameter.place),
            "required": .bool(parameter.place == "path"), "schema": parameter.schema,
            "description": .string(parameter.words),
          ]
        })
    }
    if !body.types.isEmpty {
      document["requestBody"] = [
        "required": .bool(!isBodyOptional), "content": Self.content(body),
      ]
    }
    var answers: JSONObject = [:]
    answers["\(status)"] = Self.answer("It is done or found.", answer)
    // Of a page's error people read a page, programs a line.
    answers["default"] = Self.answer(
      "It is not: refused, unknown or more than may be asked; unknown and forbidden look alike.",
      .bytes)
    document["responses"] = .object(answers)
    document["security"] = isOpen ? [] : [["token": []], ["basic": []], ["session": []]]
    return .object(document)
  }

  private static func answer(_ words: String, _ content: Content) -> JSONValue {
    content.types.isEmpty
      ? ["description": .string(words)]
      : ["description": .string(words), "content": Self.content(content)]
  }

  private static func content(_ content: Content) -> JSONValue {
    .object(JSONObject(content.types.map { ($0, ["schema": content.schema]) }))
  }

  private var id: String {
    let words = path.split { !$0.isLetter && !$0.isNumber }
    return method + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private var pathParameters: [Parameter] {
    path.split(separator: "{").dropFirst().compactMap { part in
      part.firstIndex(of: "}").map { end in
        let name = String(part[..<end])
        let isNumber = ["z", "y", "x"].contains(name)
        return Parameter(
          name: name, place: "path",
          schema: isNumber
            ? ["type": "integer", "minimum": 0] : ["type": "string", "minLength": 1],
          words: Self.words[name] ?? name)
      }
    }
  }

  private static let words = [
    "team": "The name of a team.", "dataset": "The id of a dataset.",
    "variable": "The name of a variable.", "dimension": "The name of a dimension.",
    "z": "The zoom.", "y": "The row, counted from the north.", "x": "The column.",
    "path": "The rest of the path, with slashes.", "group": "The id of a collection of places.",
    "set": "The id of a tile matrix set.", "style": "The id of a style.",
    "version": "The SHA-256 of a content, in hexadecimal digits.",
    "secret": "What an invitation's address ends with.",
  ]
}
