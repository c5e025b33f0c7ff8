import Testing

@testable import Cubes

/// Times in the names of files.
struct NameTimePatternTests {
  /// Expected times are those of Python's `datetime.strptime` with the part that holds them.
  @Test(
    "times of names",
    arguments: [
      ("dem_%Y.tif", "/data/dem_2017.tif", "2017-01-01T00:00:00Z"),
      ("%Y-%m-%d.tif", "2016-02-29.tif", "2016-02-29T00:00:00Z"),
      ("%Y%m%d", "https://example.org/a/20170131", "2017-01-31T00:00:00Z"),
      ("*%Y%j*.tif", "MOD13A2.A2016366.h18v04.006.tif", "2016-12-31T00:00:00Z"),
      ("*_%Y%m%dT%H%M%S_*", "S1A_IW_20170116T100921_x.tif", "2017-01-16T10:09:21Z"),
      ("%Y/%m/*.tif", "s3://bucket/ice/2019/07/velocity.tif", "2019-07-01T00:00:00Z"),
      ("100%%_%Y.tif", "100%_1999.tif", "1999-01-01T00:00:00Z"),
      ("*%Y*", "a12017b", "1201-01-01T00:00:00Z"),
    ])
  func times(pattern: String, file: String, expected: String) throws {
    #expect(try NameTimePattern(pattern).time(ofFile: file).iso == expected)
  }

  @Test(
    "names that tell no time",
    arguments: [
      ("%Y.tif", "17.tif"), ("%Y.tif", "2017.tiff"), ("%Y.tif", "x2017.tif"),
      ("%Y.tif", "0000.tif"),
      ("%Y%m%d", "20170230"), ("%Y%m%d", "20171301"), ("%Y%j", "2017366"), ("%Y%j", "2017000"),
      ("%Y%m%d%H", "2017010124"), ("%Y/%m.tif", "01.tif"), ("%Y*.tif", "2017/a.tif/b"),
      ("%Y", "２０１７"), ("%Y%m%d", "15821010"), ("*", ""),
    ])
  func noTime(pattern: String, file: String) {
    #expect(throws: CubeError.self) { try NameTimePattern(pattern).time(ofFile: file) }
  }

  @Test(
    "patterns that are none",
    arguments: ["", "dem.tif", "%m", "%Y%", "%Y%Y", "%Y%q", "%Y%d", "%Y%m%d%M", "%Y%j%d", "%y"])
  func bad(pattern: String) {
    #expect(throws: CubeError.self) { try NameTimePattern(pattern) }
  }

  /// Whether a name is of a pattern, as regular expressions see it.
  @Test func wildCards() throws {
    var random = SystemRandomNumberGenerator()
    let pieces = ["*", "a", "b", "1", "%Y", "*"]
    var (matches, others) = (0, 0)
    for _ in 0..<4000 {
      var parts = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }
      parts.removeAll { $0 == "%Y" }
      parts.insert("%Y", at: Int.random(in: 0...parts.count, using: &random))
      let name = String(
        (0..<Int.random(in: 4...9, using: &random)).map { _ in
          "ab1122"[Int.random(in: 0..<6, using: &random)]
        })
      let expression = try Regex(
        parts.map { $0 == "*" ? ".*" : $0 == "%Y" ? "[0-9]{4}" : $0 }.joined())
      let isOf = name.wholeMatch(of: expression) != nil
      let found = try? NameTimePattern(parts.joined()).time(ofFile: name)
      #expect((found != nil) == isOf, "\(parts.joined()) \(name)")
      if isOf { matches += 1 } else { others += 1 }
    }
    #expect(matches > 100 && others > 100)
  }

  /// Many stars do not make it slow.
  @Test func hostilePattern() throws {
    let pattern = try NameTimePattern(String(repeating: "*a", count: 200) + "%Y")
    #expect(throws: CubeError.self) {
      try pattern.time(ofFile: String(repeating: "a", count: 20_000))
    }
  }
}

extension String {
  fileprivate subscript(place: Int) -> Character { self[index(startIndex, offsetBy: place)] }
}
