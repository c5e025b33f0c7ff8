import Images
import Testing

@Suite struct TileEncoderTests {
  static let palette: [RGBA] = (UInt8.min...UInt8.max).map { (index: UInt8) -> RGBA in
    let opacity: [UInt8: UInt8] = [0: 0, 9: 128]
    return RGBA(r: index, g: 255 - index, b: index ^ 85, a: opacity[index] ?? 255)
  }

  /// Images that use the encoders in every way: noise, areas, runs, gradients, few colours.
  static func images(width: Int, height: Int) -> [[UInt8]] {
    var random = Random(state: UInt64(width * 1000 + height))
    let count = width * height
    func image(_ pixel: (Int, Int) -> Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: pixel($0 % width, $0 / width)) }
    }
    var images = [
      image { _, _ in 0 }, image { _, _ in 200 }, image { x, y in x + y },
      image { x, y in x * y / 7 }, image { x, _ in x / 300 * 5 },
      image { x, y in (x / 16 + y / 16) % 2 * 40 + 3 },
      image { x, y in x == y ? 255 : 0 },
    ]
    for colours in [2, 3, 4, 5, 16, 17, 100, 256] {
      images.append(image { _, _ in Int.random(in: 0..<colours, using: &random) })
      images.append(image { x, y in (x / 9 * 7 + y / 5 * 3) % colours })
    }
    // Runs of every length around the limits of deflate.
    var runs: [UInt8] = []
    while runs.count < count {
      let length = Int.random(in: 1...20, using: &random) * Int.random(in: 1...40, using: &random)
      runs += Array(repeating: UInt8.random(in: 0...255, using: &random), count: length)
    }
    images.append(Array(runs.prefix(count)))
    return images
  }

  @Test(
    arguments: [(1, 1), (2, 3), (7, 5), (8, 1), (1, 300), (31, 64), (256, 256), (517, 100)],
    ImageFormat.allCases)
  func everyPixelComesBack(size: (width: Int, height: Int), format: ImageFormat) throws {
    let palette = TileEncoderTests.palette
    for effort in Effort.allCases {
      let encoder = try TileEncoder(
        width: size.width, height: size.height, format: format, effort: effort, palette: palette)
      for (number, image) in TileEncoderTests.images(width: size.width, height: size.height)
        .enumerated()
      {
        // The small WebP is slow; some images are enough.
        if format == .webp, effort == .small, number % 5 != 0 { continue }
        let bytes = try image.withUnsafeBufferPointer { try encoder.encode($0) }
        let decoded = try format == .png ? PNG.decode(bytes) : WebP.decode(bytes)
        let expected = image.flatMap { index in
          let colour = palette[Int(index)]
          return [colour.r, colour.g, colour.b, colour.a]
        }
        #expect(decoded.width == size.width && decoded.height == size.height)
        #expect(decoded.rgba == expected, "image \(number), \(effort)")
      }
    }
  }

  @Test(arguments: ImageFormat.allCases)
  func whatCameBeforeDoesNotMatter(format: ImageFormat) throws {
    let images = TileEncoderTests.images(width: 64, height: 64)
    for effort in Effort.allCases {
      func encoder() throws -> TileEncoder {
        try TileEncoder(
          width: 64, height: 64, format: format, effort: effort, palette: TileEncoderTests.palette)
      }
      let kept = try encoder()
      for image in images {
        let one = try image.withUnsafeBufferPointer { try kept.encode($0) }
        let other = try image.withUnsafeBufferPointer { try encoder().encode($0) }
        #expect(one == other)
      }
    }
  }

  @Test func lossyWebPIsSmallerAndAlike() throws {
    let image = (0..<65536).map { (place: Int) -> UInt8 in UInt8((place % 256 + place / 256) / 2) }
    let palette = (UInt8.min...UInt8.max).map { RGBA(r: $0, g: $0, b: $0) }
    let encoder = try TileEncoder(
      width: 256, height: 256, format: .webp, effort: .standard, palette: palette, quality: 80)
    let bytes = try image.withUnsafeBufferPointer { try encoder.encode($0) }
    let decoded = try WebP.decode(bytes)
    let worst = image.indices.map { abs(Int(decoded.rgba[4 * $0]) - Int(image[$0])) }.max()
    #expect(try #require(worst) < 16)
  }

  @Test func refusesWhatCannotBeEncoded() throws {
    let palette = Array(TileEncoderTests.palette.prefix(10))
    for (width, height, colours) in [(0, 1, 1), (1, 0, 1), (20_000, 1, 1), (1, 1, 0)] {
      #expect(throws: ImageError.self) {
        try TileEncoder(
          width: width, height: height, format: .png, effort: .fast,
          palette: Array(palette.prefix(colours)))
      }
    }
    #expect(throws: ImageError.self) {
      try TileEncoder(
        width: 1, height: 1, format: .png, effort: .fast, palette: palette, quality: 80)
    }
    for format in ImageFormat.allCases {
      let encoder = try TileEncoder(
        width: 2, height: 1, format: format, effort: .fast, palette: palette)
      for indices: [UInt8] in [[1], [1, 2, 3], [1, 10]] {
        #expect(throws: ImageError.self) {
          try indices.withUnsafeBufferPointer { try encoder.encode($0) }
        }
      }
    }
  }
}
