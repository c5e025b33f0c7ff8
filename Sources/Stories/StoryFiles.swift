import Foundation
import Sanitising

/// The files that pages of stories need: pictures, films, data; each under a name that changes with
/// its content.
///
/// A reference, because every part of a book adds to it.
final class StoryFiles {
  /// The bytes by key.
  private(set) var files: [String: [UInt8]] = [:]

  /// The largest file that a page may carry.
  static let sizeLimit = 64 << 20

  /// A file that pages can show.
  struct Picture {
    /// The key within the site.
    let key: String
    let size: PictureSize?
  }

  private static let extensions: [String: String] = [
    "image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg", "image/gif": "gif",
    "image/webp": "webp", "image/svg+xml": "svg", "video/mp4": "mp4", "video/webm": "webm",
    "video/ogg": "ogv", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/wav": "wav",
  ]

  /// The type of a picture or film by the ending of its name.
  static func type(of name: String) -> String? {
    let ending = name.split(separator: ".").last?.lowercased() ?? ""
    if ending == "jpeg" { return "image/jpeg" }
    return extensions.first { $0.value == ending && $0.key != "image/jpg" }?.key
  }

  /// Keeps a file.
  func add(_ bytes: [UInt8], ending: String) -> String {
    let key = "assets/story.\(Self.hash(bytes)).\(ending)"
    files[key] = bytes
    return key
  }

  /// Keeps a picture or film; `nil` where the bytes are not what the type says, or too many.
  func picture(_ bytes: [UInt8], type: String) -> Picture? {
    let type = type == "image/jpg" ? "image/jpeg" : type
    guard let ending = Self.extensions[type], bytes.count <= Self.sizeLimit else { return nil }
    if type == "image/svg+xml" {
      let cleaned = Sanitiser(.picture).clean(bytes)
      guard case .start("svg", let root) = cleaned.tokens.first else { return nil }
      var writer = MarkupWriter()
      for token in cleaned.tokens { writer.write(token) }
      return Picture(key: add(writer.utf8, ending: ending), size: PictureSize(of: root))
    }
    if type.hasPrefix("image/") {
      guard let size = PictureSize(of: bytes, type: type) else { return nil }
      return Picture(key: add(bytes, ending: ending), size: size)
    }
    return Picture(key: add(bytes, ending: ending), size: nil)
  }

  /// Keeps the picture within a data address.
  func picture(_ content: Substring, type: String, isBase64: Bool) -> Picture? {
    guard content.utf8.count <= Self.sizeLimit * 2 else { return nil }
    let bytes =
      isBase64
      ? Data(base64Encoded: String(content), options: .ignoreUnknownCharacters).map(Array.init)
      : content.removingPercentEncoding.map { Array($0.utf8) }
    return bytes.flatMap { picture($0, type: type) }
  }

  /// Sixteen hexadecimal digits that follow from the bytes: FNV-1a with 64 bits.
  private static func hash(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
