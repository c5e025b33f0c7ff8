import Highlighting
import Testing

/// The pieces that are not plain, as `kind:text`.
private func marked(_ code: String, _ language: String) -> [String] {
  Highlighting.pieces(code, language: language).filter { $0.kind != .plain }
    .map { "\($0.kind.rawValue):\($0.text)" }
}

@Suite struct HighlightingTests {
  @Test func python() {
    let code =
      "@cache\ndef f(x: int = 0x1F) -> None:\n    return f\"{x!r} it's\" + r'\\d' # in\nobj.in_ = 1.5e-3 @ y"
    #expect(
      marked(code, "python") == [
        "special:@cache", "keyword:def", "number:0x1F", "constant:None", "keyword:return",
        "string:f\"{x!r} it's\"", "string:r'\\d'", "comment:# in", "number:1.5e-3",
      ])
    #expect(
      marked("%matplotlib inline\nx = '''a\nb'''", "ipython3")
        == ["special:%matplotlib inline", "string:'''a\nb'''"])
    #expect(marked("x = 'open\ny = 1", "python") == ["string:'open", "number:1"])
  }

  @Test func julia() {
    let code = "function f!(A)  # in place\n  A' .* 'x' #= a #= b =# c =#\n  @time \"$A\"\nend"
    #expect(
      marked(code, "julia") == [
        "keyword:function", "comment:# in place", "string:'x'", "comment:#= a #= b =# c =#",
        "special:@time", "string:\"$A\"", "keyword:end",
      ])
  }

  @Test func r() {
    let code = "x <- c(1L, NA) # n\nif (is.na(x)) r\"(a \\ b)\" else 'y'"
    #expect(
      marked(code, "R") == [
        "number:1L", "constant:NA", "comment:# n", "keyword:if", "string:r\"(a \\ b)\"",
        "keyword:else", "string:'y'",
      ])
  }

  @Test func shell() {
    #expect(
      marked("for f in *.nc; do echo \"$f\" ${x#y} 'a\\'; done # end", "bash") == [
        "keyword:for", "keyword:in", "keyword:do", "keyword:echo", "string:\"$f\"",
        "special:${x#y}", "string:'a\\'", "keyword:done", "comment:# end",
      ])
  }

  @Test(arguments: ["python", "julia", "r", "bash", "fortran"])
  func piecesTogetherAreTheProgram(_ language: String) {
    let awkward = [
      "\"", "'", "\\", "#", "\n", "#=", "=#", "$", "{", "%", "@", "é", "1.", "e", "r\"(", "`", " ",
    ]
    var state: UInt64 = 7
    for _ in 0..<400 {
      var code = ""
      for _ in 0..<20 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        code += awkward[Int(state >> 33) % awkward.count]
      }
      #expect(Highlighting.pieces(code, language: language).map(\.text).joined() == code)
    }
  }
}
