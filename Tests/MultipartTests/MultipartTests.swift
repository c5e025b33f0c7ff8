import Multipart
import TestKit
import Testing

/// Bodies of forms with files: as clients send them, as nobody should, and cut into pieces anywhere.
struct MultipartTests {
  private static let type = "multipart/form-data; boundary=X1"

  private struct Part: Equatable {
    let name: String
    let fileName: String?
    var content: [UInt8]
    var isWhole = false

    static func == (one: Part, other: Part) -> Bool {
      one.name == other.name && one.fileName == other.fileName && one.content == other.content
        && one.isWhole == other.isWhole
    }
  }

  private static func parts(
    _ pieces: [[UInt8]], _ type: String = Self.type
  ) throws -> [Part] {
    var parser = try MultipartParser(contentType: type)
    var parts: [Part] = []
    for piece in pieces {
      for event in try parser.take(piece) {
        switch event {
        case .began(let head):
          parts.append(Part(name: head.name, fileName: head.fileName, content: []))
        case .bytes(let bytes):
          #expect(!bytes.isEmpty && parts.last?.isWhole == false)
          parts[parts.count - 1].content += bytes
        case .ended: parts[parts.count - 1].isWhole = true
        }
      }
    }
    try parser.finish()
    return parts
  }

  private static func body(_ parts: [Part], boundary: String = "X1") -> [UInt8] {
    var body: [UInt8] = []
    for part in parts {
      let file = part.fileName.map { "; filename=\"\($0)\"" } ?? ""
      body += Array(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n".utf8
      )
      body += part.content + Array("\r\n".utf8)
    }
    return body + Array("--\(boundary)--\r\n".utf8)
  }

  private func refusal(_ text: String, _ type: String = Self.type) -> String? {
    do {
      _ = try Self.parts([Array(text.utf8)], type)
      return nil
    } catch { return "\(error)" }
  }

  /// What curl 8 sends for `-F dataset=a -F 'file=@x"y.nc'`, and Chromium for a file that nobody chose.
  @Test func formsOfClients() throws {
    let curl =
      "--------------------------BdbfXFVWFqxuZeTSDFKVyZ\r\nContent-Disposition: form-data; name=\"dataset\"\r\n\r\na\r\n"
      + "--------------------------BdbfXFVWFqxuZeTSDFKVyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x%22y.nc\"\r\nContent-Type: application/octet-stream\r\n\r\nCDF\u{1}\r\n\r\n"
      + "--------------------------BdbfXFVWFqxuZeTSDFKVyZ--\r\n"
    #expect(
      try Self.parts(
        [Array(curl.utf8)],
        "multipart/form-data; boundary=------------------------BdbfXFVWFqxuZeTSDFKVyZ") == [
          Part(name: "dataset", fileName: nil, content: [0x61], isWhole: true),
          Part(
            name: "file", fileName: "x\"y.nc", content: Array("CDF\u{1}\r\n".utf8), isWhole: true),
        ])
    let chromium =
      "------WebKitFormBoundaryAa0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n------WebKitFormBoundaryAa0--\r\n"
    #expect(
      try Self.parts(
        [Array(chromium.utf8)], "multipart/form-data; boundary=----WebKitFormBoundaryAa0")
        == [Part(name: "file", fileName: "", content: [], isWhole: true)])
  }

  @Test(
    "the same form, written otherwise",
    arguments: [
      "--X1\r\nContent-Disposition: form-data; name=\"a;b\"\r\n\r\nc\r\n--X1--",
      "for nobody\r\n--X1\r\nCONTENT-disposition:form-data;name=\"a;b\"\r\n\r\nc\r\n--X1--\r\nfor nobody",
      "--X1 \t\r\nX-Y: z\r\nContent-Disposition: form-data; Name=\"a;b\" ; name=q\r\n\r\nc\r\n--X1--\r\n--X1\r\n",
    ])
  func equalForms(text: String) throws {
    for type in [Self.type, "Multipart/Form-Data;charset=utf-8; boundary=\"X1\"; boundary=Y"] {
      #expect(
        try Self.parts([Array(text.utf8)], type)
          == [Part(name: "a;b", fileName: nil, content: [0x63], isWhole: true)])
    }
  }

  @Test(
    "no forms",
    arguments: [
      ("", "ends before"),
      ("--X1\r\nContent-Disposition: form-data; name=a\r\n\r\nc", "ends before"),
      ("--X1\r\nContent-Disposition: form-data; name=a\r\n\r\nc\r\n--X1", "ends before"),
      ("--X1\r\nContent-Disposition: form-data; name=a", "ends before"),
      ("--X2\r\nContent-Disposition: form-data; name=a\r\n\r\nc\r\n--X2--", "ends before"),
      ("--X1\nContent-Disposition: form-data; name=a\n\nc\n--X1--", "follows on a boundary"),
      ("--X12\r\nContent-Disposition: form-data; name=a\r\n\r\nc\r\n--X12--", "follows on"),
      ("--X1\r\n\r\nc\r\n--X1--", "names no field"),
      ("--X1\r\nContent-Disposition: attachment; name=a\r\n\r\nc\r\n--X1--", "names no field"),
      ("--X1\r\nContent-Disposition: form-data; filename=a\r\n\r\nc\r\n--X1--", "names no field"),
      ("--X1\r\nContent-Type: a/b\r\n\r\nc\r\n--X1--", "names no field"),
      ("--X1\r\nsomething\r\n\r\nc\r\n--X1--", "no colon"),
      ("--X1\r\nA: " + String(repeating: "a", count: 5000), "more than 4096 bytes"),
      (String(repeating: "--X1\r\nA: b\r\n\r\n", count: 1), "names no field"),
    ])
  func refusals(text: String, reason: String) {
    #expect(refusal(text)?.contains(reason) == true, "\(refusal(text) ?? "taken")")
  }

  @Test func partsAreCounted() {
    let part = "--X1\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
    let count = MultipartParser.mostParts
    #expect(refusal(String(repeating: part, count: count) + "--X1--") == nil)
    #expect(refusal(String(repeating: part, count: count + 1))?.contains("100 parts") == true)
  }

  @Test(arguments: [
    "text/plain; boundary=X1", "multipart/mixed; boundary=X1", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"", "",
    "multipart/form-data; boundary=" + String(repeating: "a", count: 71),
    "multipart/form-data; boundary=\"a\u{7}\"", "multipart/form-data; boundary=é",
  ])
  func noBoundary(type: String) {
    #expect(throws: MultipartError.self) { _ = try MultipartParser(contentType: type) }
  }

  @Test func anyContentComesBackHoweverItIsCut() throws {
    var numbers = SystemRandomNumberGenerator()
    // Much of what may be taken for a boundary.
    let words: [[UInt8]] =
      ["\r", "\n", "\r\n", "\r\n-", "\r\n--", "\r\n--X", "--X1", "\r\r\n--X", "a"]
      .map { Array($0.utf8) } + [[0], [0xFF, 0xFE]]
    for _ in 0..<2000 {
      let sent = (0..<Int.random(in: 0...4, using: &numbers)).map { number in
        Part(
          name: "n\(number)", fileName: Bool.random(using: &numbers) ? "f" : nil,
          content: (0..<Int.random(in: 0...12, using: &numbers)).flatMap { _ in
            words.randomElement(using: &numbers) ?? []
          }, isWhole: true)
      }
      let body = Self.body(sent)
      // A content that holds the boundary is another form.
      let texts = sent.map { [0x0D, 0x0A] + $0.content }
      guard !texts.contains(where: { $0.contains(Array("\r\n--X1".utf8)) }) else { continue }
      var pieces: [[UInt8]] = []
      var rest = body[...]
      while !rest.isEmpty {
        let count = Int.random(in: 0...min(rest.count, 9), using: &numbers)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(try Self.parts(pieces) == sent)
    }
  }

  /// Where the last content begins, and how much follows on it at least, give the most that it can have.
  @Test func theLengthOfTheLastContentIsKnownBeforehand() throws {
    for content in [[], [1], Array("\r\n--X".utf8)] {
      let body = Self.body([
        Part(name: "a", fileName: nil, content: [7, 8, 9]),
        Part(name: "b", fileName: "f", content: content),
      ])
      for size in [1, 5, body.count] {
        var parser = try MultipartParser(contentType: Self.type)
        var offset: Int64 = 0
        for start in stride(from: 0, to: body.count, by: size) {
          for event in try parser.take(Array(body[start..<min(start + size, body.count)])) {
            if case .began(let head) = event { offset = head.offset }
          }
        }
        // The body ends with a line break.
        #expect(Int64(body.count) - offset - Int64(parser.shortestEnd) == Int64(content.count + 2))
      }
    }
  }

  /// However long the content is, no more waits than what may be the beginning of a boundary.
  @Test func whatIsCertainIsGivenAtOnce() throws {
    var parser = try MultipartParser(contentType: Self.type)
    _ = try parser.take(Array("--X1\r\nContent-Disposition: form-data; name=a\r\n\r\n".utf8))
    var given = 0
    for number in 1...1000 {
      for event in try parser.take([UInt8](repeating: 0x0D, count: 100)) {
        if case .bytes(let bytes) = event { given += bytes.count }
      }
      #expect(given >= number * 100 - parser.shortestEnd)
    }
  }
}
