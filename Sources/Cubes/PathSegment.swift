/// A name of the source as one path segment: letters, digits, `.`, `_` and `-` stay, all else becomes
/// `_`.
public func pathSegment(_ name: String) -> String {
  let segment = String(
    name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
  return segment.allSatisfy { $0 == "." } ? "_" : segment
}
