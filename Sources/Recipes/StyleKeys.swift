/// The key tables of styles: how values become colours.
extension RecipeKeys {
  static let style = KeyTable(
    name: "a style", id: "style",
    summary: "A way to draw a variable; what is left out follows from what the variable is.",
    keys: [
      .init(
        name: "id", summary: "The path segment of its tiles; default without.",
        shape: .identifier),
      .init(name: "title", summary: "What people call it.", shape: .text),
      .init(
        name: "colours",
        summary: "The name of a colour map (_r turns it round), or its colours from low to high.",
        shape: .either([.colourMap, .list(.either([.colour, .table("colour-stop")]))])),
      .init(
        name: "scale",
        summary: "How values are spread over the colours: linear, log, categorical, or "
          + "symmetric (by logarithm to both sides of zero).",
        shape: .either([
          .word(["linear", "log", "categorical"]), .table("symmetric"),
        ])),
      .init(
        name: "range",
        summary: "Which values the first and last colour stand for: [low, high], auto (the "
          + "default), valid (what the source declares), or percentiles.",
        shape: .either([
          .list(.number, count: 2), .word(["auto", "valid"]), .table("percentiles"),
        ])),
      .init(
        name: "centre",
        summary: "The value of the middle colour; the range reaches equally far to both sides.",
        shape: .number),
      .init(name: "below", summary: "The colour of values below the range.", shape: .colour),
      .init(name: "above", summary: "The colour of values above the range.", shape: .colour),
      .init(
        name: "missing", summary: "The colour of missing values; transparent without.",
        shape: .colour),
      .init(
        name: "interpolation", summary: "How values between cell centres are found.",
        shape: .word(["nearest", "bilinear"])),
      .init(
        name: "categories",
        summary: "The classes of a categorical scale; those of the variable's flags without.",
        shape: .list(.table("category"))),
    ])

  static let composite = KeyTable(
    name: "a composite", id: "composite",
    summary: "A picture in which red, green and blue show a variable each.",
    keys: [
      .init(
        name: "id", summary: "What it is called in addresses; rgb without.", shape: .identifier),
      .init(name: "title", summary: "What people call it.", shape: .text, isRequired: true),
      .init(name: "red", summary: "What red shows.", shape: .table("band"), isRequired: true),
      .init(name: "green", summary: "What green shows.", shape: .table("band"), isRequired: true),
      .init(name: "blue", summary: "What blue shows.", shape: .table("band"), isRequired: true),
    ])

  static let band = KeyTable(
    name: "a colour band", id: "band", summary: "A variable that one of three colours shows.",
    keys: [
      .init(
        name: "variable", summary: "The name of the variable in the source.", shape: .text,
        isRequired: true),
      .init(
        name: "range",
        summary: "Which values are dark and bright: [dark, bright]; the greater one may be dark.",
        shape: .list(.number, count: 2), isRequired: true),
    ])

  static let colourStop = KeyTable(
    name: "a colour stop", id: "colour-stop", summary: "A colour at a place of a colour map.",
    keys: [
      .init(name: "at", summary: "The place, 0 to 1.", shape: .number, isRequired: true),
      .init(name: "colour", summary: "The colour.", shape: .colour, isRequired: true),
    ])

  static let symmetric = KeyTable(
    name: "a symmetric scale", id: "symmetric",
    summary: "A scale by logarithm to both sides of zero.",
    keys: [
      .init(
        name: "symmetric", summary: "Within this distance of zero the scale is even.",
        shape: .positiveNumber, isRequired: true)
    ])

  static let percentiles = KeyTable(
    name: "a range by percentiles", id: "percentiles",
    summary: "A range that leaves out the rarest values.",
    keys: [
      .init(
        name: "percentiles", summary: "The lower and the upper percentile, 0 to 100.",
        shape: .list(.number, count: 2), isRequired: true)
    ])

  static let category = KeyTable(
    name: "a category", id: "category", summary: "One class of a categorical scale.",
    keys: [
      .init(name: "value", summary: "The value.", shape: .number, isRequired: true),
      .init(name: "label", summary: "What it means.", shape: .text, isRequired: true),
      .init(
        name: "colour", summary: "Its colour; one that can be told from the others without.",
        shape: .colour),
    ])
}
