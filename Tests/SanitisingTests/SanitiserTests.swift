import Testing

@testable import Sanitising

/// Cleaned markup, written out.
private func cleaned(
  _ markup: String, _ form: Sanitiser.Form = .output, idPrefix: String = "o1-"
) -> String {
  var writer = MarkupWriter()
  for token in Sanitiser(form, idPrefix: idPrefix).clean(markup.utf8).tokens { writer.write(token) }
  return writer.markup
}

@Suite struct SanitiserTests {
  /// What browsers have run, or loaded, from markup of strangers: none of it may be left.
  static let hostile = [
    "<script>alert(1)</script>", "<SCRIPT SRC=//evil/x.js></SCRIPT>", "<script/x>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<img/src=x/onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'>",
    "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate attributeName=href to=javascript:alert(1) /></svg>",
    "<svg><set attributeName=onload to=alert(1) /></svg>",
    "<svg><use href='data:image/svg+xml;base64,PHN2Zz4='/></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<a href=javascript:alert(1)>x</a>", "<a href=' JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>", "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>", "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\u{1}javascript:alert(1)'>x</a>", "<a href=vbscript:x>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<a href=\\\\evil>x</a>",
    "<a href=//evil>x</a>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src=javascript:alert(1)>", "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>", "<form action=javascript:alert(1)><input type=submit>",
    "<button formaction=javascript:alert(1)>x</button>", "<base href=javascript:alert(1)//>",
    "<link rel=stylesheet href=//evil>", "<meta http-equiv=refresh content='0;url=//evil'>",
    "<style>@import '//evil';</style>", "<style>a{background:url(//evil)}</style>",
    "<p style='background:url(//evil)'>x", "<p style='position:fixed;inset:0'>x",
    "<p style='margin:-9999px;padding:9999px'>x", "<p style='width:expression(alert(1))'>x",
    "<p style='behavior:url(#x)'>x",
    "<p style='back\\67round:u\\72l(//evil)'>x", "<p style='color:red;}</style><script>'>x",
    "<style>p{color:red}</style><script>alert(1)</script>",
    "<style><!--</style><script>alert(1)</script>-->", "<math><mtext><script>alert(1)</script>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<xmp><img alt='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<title><img title='</title><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>", "<!--<img src=x onerror=alert(1)>-->",
    "<!--><img src=x onerror=alert(1)>-->", "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<div><a title='<img src=x onerror=alert(1)>'>x</a></div>", "<x onclick=alert(1)>x</x>",
    "<details open ontoggle=alert(1)>x</details>", "<video><source onerror=alert(1)></video>",
    "<video poster=javascript:alert(1) controls></video>", "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>", "<isindex type=image src=1 onerror=alert(1)>",
    "<img srcset='//evil 1x'>", "<svg><image href='//evil/x.svg'/></svg>",
    "<p id=x style='background-image:image-set(\"//evil\" 1x)'>x", "<a ping=//evil href=#x>x</a>",
    "<table background=javascript:alert(1)><tr><td>x</table>", "<portal src=//evil>",
  ]

  @Test(arguments: hostile, [Sanitiser.Form.output, .prose, .picture])
  func nothingRuns(_ markup: String, form: Sanitiser.Form) throws {
    let output = cleaned(form == .picture ? "<svg>\(markup)</svg>" : markup, form)
    // Whatever was kept is read again as tags and looked through.
    var tokeniser = MarkupTokeniser(Array(output.utf8), isXML: form == .picture)
    while let token = tokeniser.next() {
      guard case .start(let name, let attributes, _) = token else { continue }
      let lower = name.lowercased()
      #expect(
        MarkupPolicy.html.contains(lower) || MarkupPolicy.svg[lower] != nil || lower == "style",
        "\(name) in \(output)")
      for attribute in attributes {
        #expect(!attribute.name.lowercased().hasPrefix("on"), "\(output)")
        let value = attribute.value.lowercased()
        if ["href", "src", "poster", "xlink:href"].contains(attribute.name) {
          #expect(LinkAddress(value) != nil, "\(output)")
        }
        if attribute.name == "style" {
          #expect(
            !value.contains("url(") && !value.contains("position") && !value.contains("-9999"),
            "\(output)")
        }
      }
    }
    #expect(!output.contains("evil") || form != .picture, "\(output)")
    #expect(!output.contains("@import"), "\(output)")
  }

  @Test func tablesKeepWhatTheyShow() {
    let table =
      "<table border=\"1\" class=\"dataframe\"><tr><th scope=row>a</th><td>1 &lt; 2</td></tr></table>"
    #expect(
      cleaned(table)
        == "<table class=\"dataframe\"><tr><th scope=\"row\">a</th><td>1 &lt; 2</td></tr></table>"
    )
  }

  @Test func everyElementThatStartsEnds() {
    #expect(cleaned("<div><b>x</div>y</i>") == "<div><b>x</b></div>y")
    #expect(cleaned("<ul><li>a<li>b") == "<ul><li>a<li>b</li></li></ul>")
  }

  @Test func idsGetAPrefixWhereverTheyStand() {
    let markup =
      "<svg><defs><linearGradient id='g'/></defs><rect fill='url(#g)'/><use href='#g'/></svg>"
    let output = cleaned(markup)
    #expect(output.contains("id=\"o1-g\""))
    #expect(output.contains("fill=\"url(#o1-g)\""))
    #expect(output.contains("href=\"#o1-g\""))
    #expect(cleaned("<input type=checkbox id=a><label for=a>x</label>").contains("for=\"o1-a\""))
  }

  @Test func styleSheetsApplyOnlyToTheirOutput() {
    let output = cleaned(
      "<style>#T_1 td, h1 { color: red; position: fixed } @media print { p { color: blue } }</style><p>x</p>"
    )
    #expect(output == "<style>#o1- #o1-T_1 td, #o1- h1 { color: red }</style><p>x</p>")
  }

  @Test func picturesBecomeWellFormedFiles() {
    let svg = """
      <?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "y">]>
      <svg viewBox="0 0 2 1" xmlns:foo="x"><style>*{stroke-linejoin: round}</style>
      <path d="M0 0" foo:bar="1" style="fill: none; -x: y"/><text>&eacute; &x; &amp; &nbsp;</text></svg>
      """
    let output = cleaned(svg, .picture, idPrefix: "")
    let root =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
    #expect(
      output.contains(root + " viewBox=\"0 0 2 1\"><style>* { stroke-linejoin: round }</style>"))
    #expect(output.contains("<path d=\"M0 0\" style=\"fill: none\"></path>"))
    #expect(output.contains("é &amp;x; &amp; \u{A0}"))
    #expect(!output.contains("foo"))
    #expect(output.hasPrefix(root))
  }

  @Test func whatIsLeftOutIsTold() {
    let cleaned = Sanitiser(.output).clean(
      "<script>a</script><script>b</script><iframe src='https://e.org/x'></iframe><form>y</form>"
        .utf8)
    #expect(cleaned.leftOut == ["script": 2, "embedded page": 1, "form": 1])
    #expect(cleaned.tokens.contains(.text("https://e.org/x")))
  }

  @Test func deepNestingEnds() {
    let deep = String(repeating: "<div>", count: 100_000) + "x"
    let tokens = Sanitiser(.output).clean(deep.utf8).tokens
    #expect(tokens.count == 2 * Sanitiser.depthLimit + 1)
    let open = String(repeating: "<!--", count: 100_000) + String(repeating: "<a ", count: 100_000)
    #expect(Sanitiser(.output).clean(open.utf8).tokens.isEmpty)
  }

  @Test func addressesAreReadAsBrowsersDo() {
    #expect(LinkAddress("https://e.org/") == .web("https://e.org/"))
    #expect(LinkAddress(" mailto:a@b ") == .web("mailto:a@b"))
    #expect(LinkAddress("a/b.html?x:y#z") == .relative("a/b.html?x:y#z"))
    #expect(LinkAddress("#a") == .fragment("a"))
    #expect(LinkAddress("dataset:sst", own: ["dataset"]) == .own(scheme: "dataset", name: "sst"))
    #expect(LinkAddress("data:image/png;base64,AA==") != nil)
    for refused in [
      "javascript:x", "data:text/html,x", "file:///x", "//e.org", "a:b", "blob:x", "",
    ] {
      #expect(LinkAddress(refused) == nil, "\(refused)")
    }
  }
}
