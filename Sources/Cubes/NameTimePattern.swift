/// How the names of files tell the time of what is in them, such as `ice_%Y-%m-%d.tif`.
///
/// The conversions are those of POSIX `strptime` that dates in names are made of, each of a fixed width: `%Y` (4
/// digits), `%m`, `%d`, `%H`, `%M`, `%S` (2 each), `%j` (day of the year, 3 digits). `*` stands for any
/// characters but `/`, `%%` for a percent sign; anything else for itself. Parts that are not told are the first: the
/// first month, the first day, midnight UTC.
public struct NameTimePattern: Sendable, Hashable {
  private enum Field: UInt8 {
    case year = 0x59
    case month = 0x6D
    case day = 0x64
    case dayOfYear = 0x6A
    case hour = 0x48
    case minute = 0x4D
    case second = 0x53

    var width: Int {
      switch self {
      case .year: 4
      case .dayOfYear: 3
      default: 2
      }
    }
  }

  private enum Element: Hashable {
    case byte(UInt8)
    case field(Field)
    case anything
  }

  /// The pattern as it was written.
  public let text: String
  private let elements: [Element]
  /// How many folders the pattern names before the file.
  private let depth: Int

  /// Reads a pattern.
  ///
  /// - Throws: `CubeError` where it has no year, a part twice, parts without those that they depend on, or a
  ///   conversion that is not among ours.
  public init(_ text: String) throws(CubeError) {
    self.text = text
    func refuse(_ reason: String) -> CubeError {
      CubeError(
        "read the pattern", of: "\"\(text)\"", reason: reason,
        remedy:
          "write it as in dem_%Y-%m-%d.tif: %Y, %m, %d or %j, %H, %M, %S, and * for what varies")
    }
    var elements: [Element] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"):
        if elements.last != .anything { elements.append(.anything) }
      case UInt8(ascii: "%"):
        guard let letter = rest.popFirst() else { throw refuse("it ends with a lone %") }
        if letter == UInt8(ascii: "%") {
          elements.append(.byte(letter))
        } else if let field = Field(rawValue: letter) {
          guard !elements.contains(.field(field)) else {
            throw refuse("it has %\(Character(Unicode.Scalar(letter))) twice")
          }
          elements.append(.field(field))
        } else {
          throw refuse("%\(Character(Unicode.Scalar(letter))) is not known")
        }
      default: elements.append(.byte(byte))
      }
    }
    func has(_ field: Field) -> Bool { elements.contains(.field(field)) }
    guard has(.year) else { throw refuse("it has no year, %Y") }
    guard !has(.dayOfYear) || !has(.month) && !has(.day) else {
      throw refuse("it has the day of the year beside month or day")
    }
    guard !has(.day) || has(.month), !has(.hour) || has(.day) || has(.dayOfYear),
      !has(.minute) || has(.hour), !has(.second) || has(.minute)
    else { throw refuse("it has a part of a time without those before it") }
    self.elements = elements
    depth = text.utf8.count { $0 == UInt8(ascii: "/") }
  }

  /// The time of a file, in the Gregorian calendar.
  ///
  /// - Parameter location: its path or address; as many folders count as the pattern names.
  /// - Returns: the moment at which the told parts begin.
  /// - Throws: `CubeError` where the name is not of the pattern, or tells a date that does not exist.
  public func time(ofFile location: String) throws(CubeError) -> CFTime {
    func refuse(_ reason: String) -> CubeError {
      CubeError(
        "tell the time", of: location, reason: reason,
        remedy: "give a pattern (time-from-name) that all names follow, and no other files")
    }
    let parts = location.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let name = Array(parts.suffix(depth + 1).joined(separator: [UInt8(ascii: "/")]))
    guard let numbers = match(name) else {
      throw refuse("its name is not of the pattern \"\(text)\"")
    }
    guard let time = Self.time(numbers) else { throw refuse("there is no such date") }
    return time
  }

  private typealias Numbers = [Field: Int]

  /// The numbers in a name.
  ///
  /// Only the last `*` met is ever tried again, as in all matching of wild cards: an earlier one that took more would
  /// leave less to those behind it. So it takes at most elements × bytes steps.
  private func match(_ name: [UInt8]) -> Numbers? {
    var numbers: Numbers = [:]
    var (element, place) = (0, 0)
    var retry: (element: Int, place: Int)?
    while true {
      if element == elements.count, place == name.count { return numbers }
      if element < elements.count {
        switch elements[element] {
        case .anything:
          retry = (element + 1, place)
          element += 1
          continue
        case .byte(let byte):
          if place < name.count, name[place] == byte {
            (element, place) = (element + 1, place + 1)
            continue
          }
        case .field(let field):
          if let number = Self.number(name[place...].prefix(field.width), field.width) {
            numbers[field] = number
            (element, place) = (element + 1, place + field.width)
            continue
          }
        }
      }
      guard let again = retry, again.place < name.count, name[again.place] != UInt8(ascii: "/")
      else { return nil }
      retry = (again.element, again.place + 1)
      (element, place) = (again.element, again.place + 1)
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>, _ width: Int) -> Int? {
    guard digits.count == width, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return digits.reduce(0) { 10 * $0 + Int($1 - 0x30) }
  }

  private static func time(_ numbers: Numbers) -> CFTime? {
    let calendar = Calendar.standard
    guard let year = numbers[.year], year > 0 else { return nil }
    var (month, day) = (numbers[.month] ?? 1, numbers[.day] ?? 1)
    if var rest = numbers[.dayOfYear] {
      month = 1
      while let length = calendar.days(inMonth: month, year: year), rest > length {
        (month, rest) = (month + 1, rest - length)
      }
      day = rest
    }
    let (hour, minute, second) = (
      numbers[.hour] ?? 0, numbers[.minute] ?? 0, numbers[.second] ?? 0
    )
    guard calendar.dayNumber(year: year, month: month, day: day, hasYearZero: false) != nil,
      hour < 24, minute < 60, second < 60
    else { return nil }
    return CFTime(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }
}
