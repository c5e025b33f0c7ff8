import Images
import Testing

@Suite struct PNGTests {
  static let pixels: [UInt8] = (0..<40 * 30 * 4).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }

  @Test func comesBack() throws {
    let png = try PNG.encode(rgba: PNGTests.pixels, width: 40, height: 30)
    let image = try PNG.decode(png)
    #expect(image.rgba == PNGTests.pixels && image.width == 40 && image.height == 30)
    for compression in [WebP.Compression.lossless(level: 0), .lossless(level: 6)] {
      let webp = try WebP.encode(
        rgba: PNGTests.pixels, width: 40, height: 30, compression: compression)
      #expect(try WebP.decode(webp) == image)
    }
  }

  @Test func greyLevelsAndOpacitiesComeBack() throws {
    let pairs = Array(PNGTests.pixels.prefix(2 * 40 * 30))
    let image = try PNG.decode(GreyAlphaPNG.encode(pairs, width: 40, height: 30))
    let wanted = stride(from: 0, to: pairs.count, by: 2).flatMap { place in
      [pairs[place], pairs[place], pairs[place], pairs[place + 1]]
    }
    #expect(image.rgba == wanted)
    #expect(throws: ImageError.self) { try GreyAlphaPNG.encode(pairs, width: 40, height: 31) }
  }

  @Test func refusesSizesThatDoNotFit() {
    for (width, height) in [(40, 31), (0, 0), (-40, -30), (70_000, 1)] {
      #expect(throws: ImageError.self) {
        try PNG.encode(rgba: PNGTests.pixels, width: width, height: height)
      }
      #expect(throws: ImageError.self) {
        try WebP.encode(rgba: PNGTests.pixels, width: width, height: height)
      }
    }
  }

  @Test func capsThePixels() throws {
    let png = try PNG.encode(rgba: PNGTests.pixels, width: 40, height: 30)
    #expect(throws: ImageError.self) { try PNG.decode(png, pixelLimit: 1199) }
    #expect(try PNG.decode(png, pixelLimit: 1200).width == 40)
    // A header that claims 2^31 - 1 squared.
    var huge = png
    huge.replaceSubrange(16..<24, with: [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff])
    #expect(throws: ImageError.self) { try PNG.decode(huge) }
  }

  /// Damaged files give an error or an image, never a crash.
  @Test func survivesDamage() throws {
    var random = Random(state: 3)
    let png = try PNG.encode(rgba: PNGTests.pixels, width: 40, height: 30)
    let palette = TileEncoderTests.palette
    let encoder = try TileEncoder(
      width: 40, height: 30, format: .png, effort: .standard, palette: palette)
    let tile = try (0..<1200).map { UInt8($0 % 250) }.withUnsafeBufferPointer {
      try encoder.encode($0)
    }
    let webp = try WebP.encode(rgba: PNGTests.pixels, width: 40, height: 30)
    for file in [png, tile, webp] {
      for _ in 0..<2000 {
        var damaged = file
        for _ in 0...Int.random(in: 0...4, using: &random) {
          let place = Int.random(in: 0..<damaged.count, using: &random)
          damaged[place] = UInt8.random(in: 0...255, using: &random)
        }
        if Bool.random(using: &random) {
          damaged.removeLast(Int.random(in: 0...damaged.count, using: &random))
        }
        _ = try? PNG.decode(damaged, pixelLimit: 1 << 20)
        _ = try? WebP.decode(damaged, pixelLimit: 1 << 20)
      }
    }
    #expect(throws: ImageError.self) { try PNG.decode([]) }
    #expect(throws: ImageError.self) { try WebP.decode([]) }
  }
}
