/// Units in which heights are stated, as texts of CF and UDUNITS write them.
enum LengthUnit {
  private static let metres: [(names: [String], length: Double)] = [
    (["m", "metre", "metres", "meter", "meters"], 1),
    (["km", "kilometre", "kilometres", "kilometer", "kilometers"], 1000),
    (["dm", "decimetre", "decimetres", "decimeter", "decimeters"], 0.1),
    (["cm", "centimetre", "centimetres", "centimeter", "centimeters"], 0.01),
    (["mm", "millimetre", "millimetres", "millimeter", "millimeters"], 0.001),
    (["ft", "foot", "feet", "international_foot", "international_feet"], 0.3048),
    (["us_survey_foot", "us_survey_feet"], 1200.0 / 3937),
    (["fathom", "fathoms"], 1.8288),
    (["yd", "yard", "yards"], 0.9144),
  ]

  /// The length of a unit in metres; `nil` for a text that is no unit of length.
  static func metres(_ text: String) -> Double? {
    let name = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return metres.first { $0.names.contains(name) }?.length
  }
}
