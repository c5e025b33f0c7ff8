/// Which elements and attributes are allowed.
enum MarkupPolicy {
  /// Elements of HTML that have no content.
  static let empty: Set<String> = ["br", "hr", "img", "input", "col", "wbr", "source"]

  /// Elements that stay; of the others only the content does.
  static let html: Set<String> = [
    "a", "abbr", "address", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br",
    "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div",
    "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "input", "ins", "kbd", "label", "li", "mark", "meter", "ol", "p", "pre", "progress", "q",
    "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span", "strike", "strong",
    "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul",
    "var", "video", "wbr",
  ]

  /// Elements whose content goes with them, and what a reader is told in their place.
  static let removed: [String: String] = [
    "script": "script", "iframe": "embedded page", "frame": "embedded page",
    "frameset": "embedded page", "embed": "plug-in", "applet": "plug-in", "template": "template",
    "title": "", "head": "", "base": "", "link": "", "meta": "", "noembed": "", "noframes": "",
    "style": "", "math": "formula in MathML", "canvas": "drawing by a script",
    "annotation-xml": "", "portal": "embedded page", "select": "form", "dialog": "dialogue",
  ]

  /// Elements that are left out, but not their content, and what a reader is told.
  static let unwrapped: [String: String] = [
    "form": "form", "button": "button", "textarea": "form", "object": "plug-in",
  ]

  /// Attributes that every element may have.
  private static let everywhere: Set<String> = [
    "id", "class", "title", "lang", "dir", "style", "role",
  ]

  private static let attributes: [String: Set<String>] = [
    "a": ["href", "rel"], "abbr": ["title"], "audio": ["src", "controls"],
    "blockquote": ["cite"], "cite": ["data-cite"], "col": ["span", "width"],
    "colgroup": ["span", "width"], "del": ["datetime"], "details": ["open"],
    "font": ["color"], "img": ["src", "alt", "width", "height"], "ins": ["datetime"],
    "input": ["type", "checked", "disabled"], "label": ["for"], "li": ["value"],
    "meter": ["value", "min", "max", "low", "high", "optimum"],
    "ol": ["start", "reversed", "type"], "progress": ["value", "max"], "source": ["src", "type"],
    "table": ["align", "width"],
    "td": ["colspan", "rowspan", "headers", "align", "valign", "width"],
    "th": ["colspan", "rowspan", "headers", "scope", "align", "valign", "width"],
    "tr": ["align", "valign"], "div": ["align"], "p": ["align"], "time": ["datetime"],
    "video": ["src", "controls", "width", "height", "loop", "muted", "poster"],
  ]

  /// Whether an element of HTML may have an attribute.
  static func allows(_ attribute: String, on element: String) -> Bool {
    everywhere.contains(attribute) || isLabel(attribute)
      || attributes[element]?.contains(attribute) == true
  }

  /// Whether a name is one of those by which things are described to screen readers.
  static func isLabel(_ attribute: String) -> Bool {
    attribute.hasPrefix("aria-")
      && attribute.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
  }

  /// Elements of SVG that stay, by their names in lower case.
  static let svg: [String: String] = Dictionary(
    uniqueKeysWithValues: [
      "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline",
      "polygon", "text", "tspan", "textPath", "image", "clipPath", "mask", "pattern", "marker",
      "linearGradient", "radialGradient", "stop", "title", "desc", "a", "switch", "filter",
      "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feFlood", "feFuncA",
      "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feOffset",
      "style",
    ].map { ($0.lowercased(), $0) })

  /// Attributes of SVG that stay, by their names in lower case.
  static let svgAttributes: [String: String] = Dictionary(
    uniqueKeysWithValues: [
      "id", "class", "style", "role", "lang", "viewBox", "preserveAspectRatio", "width", "height",
      "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points",
      "dx",
      "dy", "rotate", "textLength", "lengthAdjust", "transform", "gradientTransform",
      "gradientUnits", "patternTransform", "patternUnits", "patternContentUnits", "spreadMethod",
      "offset", "clipPathUnits", "maskUnits", "maskContentUnits", "markerWidth", "markerHeight",
      "markerUnits", "refX", "refY", "orient", "href", "xlink:href", "fill", "fill-opacity",
      "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "stroke-linejoin",
      "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "color",
      "stop-color", "stop-opacity", "clip-path", "clip-rule", "mask", "filter", "marker-start",
      "marker-mid", "marker-end", "font-family", "font-size", "font-style", "font-weight",
      "text-anchor", "text-decoration", "dominant-baseline", "alignment-baseline",
      "baseline-shift", "letter-spacing", "word-spacing", "shape-rendering", "text-rendering",
      "image-rendering", "vector-effect", "visibility", "display", "overflow", "paint-order",
      "pathLength", "startOffset", "in", "in2", "result", "stdDeviation", "flood-color",
      "flood-opacity", "operator", "k1", "k2", "k3", "k4", "mode", "type", "values", "tableValues",
      "slope", "intercept", "amplitude", "exponent", "filterUnits", "primitiveUnits", "version",
      "xml:space",
    ].map { ($0.lowercased(), $0) })
}
