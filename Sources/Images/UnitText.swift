/// Units as people write them.
public enum UnitText {
  /// Makes CF and UDUNITS spellings readable: `kg m**-2` becomes kg m⁻², `degC` °C, `1` nothing.
  ///
  /// Text that is not understood stays as it is.
  public static func pretty(_ units: String) -> String {
    let text = units.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    if let known = names[text.lowercased()] { return known }
    let parts = text.split(separator: " ").flatMap { word in
      // A point between letters or digits multiplies, as in "kg.m-2", but "0.1" is a number.
      word.contains(where: \.isLetter) ? word.split(separator: ".") : [word]
    }
    return parts.map { word in
      word.split(separator: "/", omittingEmptySubsequences: false)
        .map { factor(String($0)) }.joined(separator: "/")
    }.joined(separator: " ")
  }

  private static let names: [String: String] = [
    "1": "", "": "", "none": "", "unitless": "", "dimensionless": "", "-": "", "count": "",
    "kelvin": "K", "k": "K", "degk": "K", "deg_k": "K", "degree_kelvin": "K",
    "degc": "°C", "deg_c": "°C", "celsius": "°C", "degree_c": "°C", "degrees_c": "°C",
    "degree_celsius": "°C", "degrees_celsius": "°C", "degree celsius": "°C",
    "degrees celsius": "°C", "degf": "°F", "degree": "°", "degrees": "°", "deg": "°",
    "degree_north": "°N", "degrees_north": "°N", "degree_east": "°E", "degrees_east": "°E",
    "percent": "%", "%": "%", "metre": "m", "metres": "m", "meter": "m", "meters": "m",
    "psu": "PSU", "1e-3": "10⁻³", "1.e-3": "10⁻³", "0.001": "10⁻³",
  ]

  /// Symbols whose power may be written without sign or mark (`m2`); `CO2` is no power.
  private static let symbols: Set<String> = [
    "m", "km", "cm", "mm", "um", "µm", "nm", "dm", "s", "min", "h", "d", "day", "yr", "a", "g",
    "kg", "mg", "µg", "K", "J", "W", "Pa", "hPa", "N", "mol", "V", "A", "ha",
  ]

  /// One factor: a symbol and perhaps a power.
  private static func factor(_ word: String) -> String {
    let marked = word.replacing("**", with: "^")
    let symbol = marked.prefix { $0 != "^" && !$0.isNumber && $0 != "-" && $0 != "+" }
    let mark = marked.dropFirst(symbol.count)
    let isMarked = mark.first == "^"
    var power = isMarked ? mark.dropFirst() : mark
    if power.first == "(", power.last == ")" { power = power.dropFirst().dropLast() }
    if power.first == "+" { power = power.dropFirst() }
    let digits = power.first == "-" ? power.dropFirst() : power
    guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else {
      return micro(word)
    }
    if symbol.isEmpty {
      // A bare number such as 10^-3; `1e-3` is in the table of names.
      return word
    }
    let isPower = isMarked || power.first == "-" || symbols.contains(String(symbol))
    guard isPower else { return micro(word) }
    return micro(String(symbol)) + (power == "1" ? "" : NumberText.superscript(String(power)))
  }

  private static func micro(_ symbol: String) -> String {
    switch symbol {
    case "um", "ug", "umol", "uatm", "uPa", "us", "uW", "uE", "ueinstein":
      "µ" + symbol.dropFirst()
    case "degC", "degree_Celsius", "Celsius": "°C"
    case "kelvin", "Kelvin": "K"
    default: symbol
    }
  }
}
