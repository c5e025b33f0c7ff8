import Images
public import JSON

/// The JSON Schema of a recipe, for editors that complete and check while one writes.
public enum RecipeSchema {
  /// The schema (draft 2020-12), made from the same tables that the reader follows.
  public static var document: JSONValue {
    var definitions = JSONObject()
    for table in RecipeKeys.all where table.id != RecipeKeys.recipe.id {
      definitions[table.id] = .object(schema(of: table))
    }
    var document: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Cubepress recipe",
    ]
    for (key, value) in schema(of: RecipeKeys.recipe) { document[key] = value }
    document["$defs"] = .object(definitions)
    return .object(document)
  }

  private static func schema(of table: KeyTable) -> JSONObject {
    var properties = JSONObject()
    for key in table.keys {
      var property: JSONObject = ["description": .string(key.summary)]
      for (name, value) in schema(of: key.shape) { property[name] = value }
      properties[key.name] = .object(property)
    }
    var schema: JSONObject = [
      "description": .string(table.summary), "type": "object",
      "properties": .object(properties), "additionalProperties": false,
    ]
    let required = table.keys.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { schema["required"] = .array(required) }
    return schema
  }

  private static func schema(of shape: Shape) -> JSONObject {
    switch shape {
    case .text: return ["type": "string", "minLength": 1]
    case .identifier: return ["type": "string", "pattern": .string("^\(Identifier.pattern)$")]
    case .address: return ["type": "string", "format": "uri", "pattern": "^https?://"]
    case .number: return ["type": "number"]
    case .positiveNumber: return ["type": "number", "exclusiveMinimum": 0]
    case .wholeNumber(let least): return ["type": "integer", "minimum": .integer(Int64(least))]
    case .truth: return ["type": "boolean"]
    case .word(let words): return ["enum": .array(words.map { .string($0) })]
    case .colour:
      return [
        "type": "string",
        "pattern": "^(#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})|transparent)$",
      ]
    case .colourMap:
      let names = ColourMap.all.map(\.name)
      return ["enum": .array((names + names.map { $0 + "_r" }).map { .string($0) })]
    case .list(let shape, let count):
      var schema: JSONObject = ["type": "array", "items": .object(Self.schema(of: shape))]
      if let count {
        schema["minItems"] = .integer(Int64(count))
        schema["maxItems"] = .integer(Int64(count))
      } else {
        schema["minItems"] = 1
      }
      return schema
    case .table(let id): return ["$ref": .string("#/$defs/\(id)")]
    case .named(let shape):
      return ["type": "object", "additionalProperties": .object(schema(of: shape))]
    case .either(let shapes):
      return ["anyOf": .array(shapes.map { .object(schema(of: $0)) })]
    }
  }
}
