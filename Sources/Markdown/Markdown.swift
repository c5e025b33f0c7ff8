import CCmark
import Glibc

/// Turns Markdown into HTML: CommonMark with GitHub's tables, task lists, footnotes and
/// strikethrough, by libcmark-gfm.
///
/// HTML in the text stays as it is written: whoever shows the result has to make it harmless first.
public enum Markdown {
  /// How long a text may be, in bytes.
  ///
  /// The library takes time that grows faster than the text for
  /// some made-up ones.
  public static let sizeLimit = 1 << 20

  /// The HTML of a text, in UTF-8; `nil` for a text that is longer than ``sizeLimit``.
  public static func html(_ text: String) -> [UInt8]? {
    guard text.utf8.count <= sizeLimit else { return nil }
    _ = extensionsRegistered
    let options =
      CMARK_OPT_SOURCEPOS | CMARK_OPT_UNSAFE | CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8
      | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE | CMARK_OPT_TABLE_PREFER_STYLE_ATTRIBUTES
    guard let parser = cmark_parser_new(options) else { return nil }
    defer { cmark_parser_free(parser) }
    for name in ["table", "tasklist", "strikethrough", "autolink"] {
      if let found = cmark_find_syntax_extension(name) {
        cmark_parser_attach_syntax_extension(parser, found)
      }
    }
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cmark_parser_feed(parser, $0.baseAddress, $0.count)
      }
    }
    guard let document = cmark_parser_finish(parser) else { return nil }
    defer { cmark_node_free(document) }
    guard
      let html = cmark_render_html(
        document, options, cmark_parser_get_syntax_extensions(parser))
    else { return nil }
    defer { free(html) }
    // The library ends its text with a zero byte.
    return UnsafeBufferPointer(start: html, count: strlen(html)).map { UInt8(bitPattern: $0) }
  }

  /// The library keeps its extensions in one list for the whole program; a static is made once.
  private static let extensionsRegistered: Void = cmark_gfm_core_extensions_ensure_registered()
}
