#!/bin/sh
# Writes fixtures/colours.json: which palette entry the builder gives to values around every edge of many styles, and the
# colours of the entries. The browser must give the same. Needs a Swift toolchain; compiles only what it asks.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sources=$here/../../Sources
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/CKernels"
echo "module CKernels { umbrella \"$sources/CKernels/include\" export * }" > "$work/CKernels/module.modulemap"
clang -O1 -c "$sources/CKernels/quantise.c" -I "$sources/CKernels/include" -o "$work/quantise.o"

cat > "$work/main.swift" <<'SWIFT'
struct Case {
  let text: String
  let style: Style
}

func hex(_ colour: RGBA) -> String {
  [colour.r, colour.g, colour.b, colour.a].map { byte in
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }.joined()
}

func json(_ colour: RGBA?) -> String { colour.map { "\"#\(hex($0))\"" } ?? "null" }

func made(
  _ name: String, _ map: String, _ scale: Scale, _ low: Double, _ high: Double, within: Double? = nil,
  below: RGBA? = nil, above: RGBA? = nil, missing: RGBA = .transparent
) throws -> Case {
  let style = try Style(
    colourMap: ColourMap.named(map)!, scale: scale, range: low...high, below: below, above: above,
    missing: missing)
  let members = [
    "\"scale\":\"\(name)\"", "\"colours\":\"\(map)\"", "\"range\":[\(low),\(high)]",
    within.map { "\"linearWithin\":\($0)" }, below.map { "\"below\":\(json($0))" },
    above.map { "\"above\":\(json($0))" }, "\"missing\":\(json(missing))",
  ]
  return Case(text: "{" + members.compactMap { $0 }.joined(separator: ",") + "}", style: style)
}

let red = RGBA(r: 255, g: 0, b: 0, a: 255)
let blue = RGBA(r: 0, g: 0, b: 255, a: 128)
var cases = [
  try made("linear", "viridis", .linear, 0, 1),
  try made("linear", "thermal", .linear, 271, 305, below: blue, above: red),
  try made("linear", "balance_r", .linear, -5, 5, missing: red),
  try made("linear", "magma", .linear, 378.123, 396.789, above: red),
  try made("linear", "viridis", .linear, 1e6, 1e6 + 1),
  try made("linear", "viridis", .linear, -1e-12, 3e-12, below: red),
  try made("linear", "viridis", .linear, -1e300, 1e300),
  try made("log", "algae", .logarithmic, 0.5, 25),
  try made("log", "turbo", .logarithmic, 1e-6, 1e5, below: red, above: blue),
  try made("log", "turbo", .logarithmic, 1, 1.0001),
  try made("symmetric", "balance", .symmetric(linearWithin: 0.1), -100, 100, within: 0.1),
  try made("symmetric", "balance", .symmetric(linearWithin: 1), -2, 3000, within: 1, below: red),
]
let categories = [
  Category(value: 3, label: "three", colour: red), Category(value: -1, label: "less", colour: blue),
  Category(value: 0.1, label: "tenth", colour: RGBA(r: 1, g: 2, b: 3, a: 255)),
]
let listed = categories.map {
  "{\"value\":\($0.value),\"label\":\"\($0.label)\",\"colour\":\(json($0.colour))}"
}
cases.append(
  Case(
    text: "{\"scale\":\"categorical\",\"categories\":[\(listed.joined(separator: ","))]}",
    style: try Style(colourMap: ColourMap.named("viridis")!, scale: .categorical(categories))))

var lines: [String] = []
for one in cases {
  var values: [Float] = [0, -0.0, .nan, .infinity, -.infinity, .greatestFiniteMagnitude, 3, -1, 0.1]
  if case .categorical = one.style.scale {
  } else {
    for edge in one.style.edges {
      let near = Float(edge)
      values += [near.nextDown, near, near.nextUp]
    }
  }
  let colouriser = Colouriser(one.style)
  var indices = [UInt8](repeating: 0, count: values.count)
  values.withUnsafeBufferPointer { from in
    indices.withUnsafeMutableBufferPointer { to in _ = colouriser.indices(of: from, into: to) }
  }
  let bits = values.map { String($0.bitPattern) }.joined(separator: ",")
  let found = indices.map { String($0) }.joined(separator: ",")
  let palette = colouriser.palette.map(hex).joined()
  lines.append(
    "{\"style\":\(one.text),\n\"palette\":\"\(palette)\",\n\"bits\":[\(bits)],\n\"indices\":[\(found)]}")
}
let names = ["viridis", "thermal", "balance", "magma", "algae", "turbo"]
let maps = names.map { name in
  let text = ColourMap.named(name)!.colours.map { String(hex($0).prefix(6)) }.joined()
  return "{\"name\":\"\(name)\",\"safe\":true,\"colours\":\"\(text)\"}"
}
print("{\"groups\":[{\"id\":\"test\",\"title\":\"Test\",\"maps\":[\(maps.joined(separator: ",\n"))]}],")
print("\"cases\":[\(lines.joined(separator: ",\n"))]}")
SWIFT

images=""
for name in Style Scale Colouriser ColourMap ColourTable MatplotlibColours OceanColours RGBA RealFunctions ImageError IndexSummary; do
  images="$images $sources/Images/$name.swift"
done
# shellcheck disable=SC2086
swiftc -O -swift-version 6 -I "$work/CKernels" -Xcc -I"$sources/CKernels/include" $images "$work/main.swift" "$work/quantise.o" -o "$work/colours"
"$work/colours" > "$here/fixtures/colours.json"
