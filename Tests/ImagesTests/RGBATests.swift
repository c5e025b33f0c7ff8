import Images
import Testing

@Suite struct RGBATests {
  @Test(arguments: [
    ("#1f78b4", RGBA(r: 0x1f, g: 0x78, b: 0xb4)), ("#FFF", RGBA(r: 255, g: 255, b: 255)),
    ("#00000080", RGBA(r: 0, g: 0, b: 0, a: 128)),
  ])
  func reads(text: String, expected: RGBA) throws {
    #expect(try RGBA(hex: text) == expected)
    #expect(try RGBA(hex: expected.hex) == expected)
  }

  @Test(arguments: ["", "#", "1f78b4", "#1f78b", "#1f78bg", "#１f78b4", "red", "#1f78b4ff0"])
  func refuses(text: String) {
    #expect(throws: ImageError.self) { try RGBA(hex: text) }
  }
}
