import JSON
import Testing

@Suite("parsing")
struct ParsingTests {
  @Test("the object of RFC 8259 section 13")
  func image() throws {
    let text = """
      {
        "Image": {
            "Width":  800,
            "Height": 600,
            "Title":  "View from 15th Floor",
            "Thumbnail": {
                "Url":    "http://www.example.com/image/481989943",
                "Height": 125,
                "Width":  100
            },
            "Animated" : false,
            "IDs": [116, 943, 234, 38793]
          }
      }
      """
    let value = try JSONValue(parsing: text)
    let image = try #require(value["Image"])
    #expect(image["Width"] == 800)
    #expect(image["Thumbnail"]?["Url"] == "http://www.example.com/image/481989943")
    #expect(image["Animated"] == false)
    #expect(image["IDs"] == [116, 943, 234, 38793])
    #expect(image["IDs"]?[3]?.intValue == 38793)
    #expect(
      image.objectValue?.keys == ["Width", "Height", "Title", "Thumbnail", "Animated", "IDs"])
  }

  @Test("the array of RFC 8259 section 13")
  func places() throws {
    let text = """
      [{"precision":"zip","Latitude":37.7668,"Longitude":-122.3959,"City":"SAN FRANCISCO"},
       {"precision":"zip","Latitude":37.371991,"Longitude":-122.026020,"City":"SUNNYVALE"}]
      """
    let value = try JSONValue(parsing: text)
    #expect(value[0]?["Longitude"] == -122.3959)
    #expect(value[1]?["Longitude"]?.doubleValue == -122.02602)
    #expect(value[2] == nil)
  }

  @Test(
    "values",
    arguments: [
      ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(0x1p63)), ("1.0", .number(1)), ("1e2", .number(100)),
      ("1E-2", .number(0.01)), ("-0.5e+1", .number(-5)), ("1e400", .number(.infinity)),
      ("Infinity", .number(.infinity)), ("-Infinity", .number(-.infinity)), ("\"\"", ""),
      (#""\u0041\n\t\"\\\/\b\f\r""#, "A\n\t\"\\/\u{8}\u{c}\r"), (#""\ud83d\ude00""#, "😀"),
      ("\"größe\"", "größe"), ("[]", []), ("{}", [:]), ("[1,[2,[]]]", [1, [2, []]]),
      ("\u{FEFF}7", 7), ("\t\r\n[ ]\n", []),
    ] as [(String, JSONValue)])
  func values(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test("a bare NaN is a number")
  func notANumber() throws {
    #expect(try JSONValue(parsing: "[NaN]")[0]?.doubleValue?.isNaN == true)
  }

  @Test(
    "what is no JSON",
    arguments: [
      "", " ", "nul", "nulll", "True", "tru", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10",
      "--1",
      "1..2", "1e5.5", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
      "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "\"\u{0}\"", "[", "]", "[1", "[1,", "[1,]",
      "[,1]", "[1 2]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
      "{a:1}",
      "{1:1}", "{\"a\" 1}", "{,}", "1 2", "[]]", "'a'", "// x\n1", "-NaN", "-Inf", "nan",
      "\"\\u-123\"",
    ])
  func invalid(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test("what is no UTF-8")
  func encoding() {
    for bytes in [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
    ] {
      let text = [0x22] + bytes.map { UInt8($0) } + [0x22]
      #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0xFF, 0xFE, 0x31, 0x00]) }
  }

  @Test("depth and length are bounded")
  func limits() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    let nested = String(repeating: "{\"a\":", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested) }
    let limits = JSONLimits(depth: 3, bytes: 10)
    #expect(try JSONValue(parsing: "[[1]]", limits: limits) == [[1]])
    #expect(throws: JSONError.self) { try JSONValue(parsing: "[[[1]]]", limits: limits) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: "           1", limits: limits) }
  }

  @Test("of two members with one name the later one counts")
  func duplicates() throws {
    let value = try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#)
    #expect(value == ["a": 3, "b": 2])
  }

  @Test("an error says where")
  func place() {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: "[1, x]") }
    #expect(error?.offset == 4)
    #expect(error?.description.contains("byte 4") == true)
  }
}

@Suite("writing")
struct WritingTests {
  @Test("what is written is read again, short or pretty")
  func roundTrip() throws {
    let value: JSONValue = [
      "text": "quote \" backslash \\ newline \n tab \t zero \u{0} line \u{2028} 😀",
      "numbers": [0, -1, 9_007_199_254_740_993, .number(0.1), .number(1e300), .number(-2.5e-7)],
      "nested": ["empty": [:], "list": [], "null": nil, "flags": [true, false]],
    ]
    #expect(try JSONValue(parsing: value.serialized()) == value)
    #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value)
    #expect(value.serialized() == value.serialized())
  }

  @Test("numbers that are not finite become null")
  func notFinite() {
    let value: JSONValue = [.number(.nan), .number(.infinity), .number(-.infinity)]
    #expect(value.serialized() == "[null,null,null]")
  }

  @Test("the forms that others rely on")
  func forms() {
    let value: JSONValue = ["b": 1, "a": [1, .number(2), "x"]]
    #expect(value.serialized() == #"{"b":1,"a":[1,2,"x"]}"#)
    #expect(JSONValue.number(1e15).serialized() == "1000000000000000.0")
    #expect(JSONValue.string("a/b").serialized() == #""a/b""#)
  }
}

@Suite("random texts")
struct MutationTests {
  @Test("mutated documents either parse or are refused, and what parses is written and read alike")
  func mutations() {
    let seed = Array(
      #"{"a":[1,2.5e3,-0.0,"x\u00e9\ud83d\ude00",null,true],"b":{"c":[[],{}]},"d":"\\\"","n":NaN}"#
        .utf8)
    let alphabet = Array(#"{}[]",:\0123456789.eE+-truefalsnNIy u"#.utf8) + [0, 0x80, 0xC3, 0xFF]
    var random = SplitMix(state: 99)
    var parsed = 0
    for _ in 0..<20_000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        case 1: bytes.remove(at: place)
        default:
          bytes.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &random)], at: place)
        }
      }
      guard let value = try? JSONValue(parsing: bytes) else { continue }
      parsed += 1
      let text = value.serialized()
      // NaN is written as null, so texts are compared, not values.
      #expect((try? JSONValue(parsing: text))?.serialized() == text)
    }
    #expect(parsed > 500)
  }
}

/// A small generator of pseudo-random numbers (splitmix64), the same on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
