import Workspaces

/// Any text as the parameters of a query for places, one a line: `population=gt.1000`.
///
/// What is understood means the same when it is written down again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  var parameters: [(name: String, value: String)] = []
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    let text = String(decoding: line, as: UTF8.self)
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    parameters.append((String(parts[0]), parts.count > 1 ? String(parts[1]) : ""))
  }
  guard let query = try? FeatureQuery(parameters: parameters) else { return 0 }
  precondition((0...FeatureQuery.mostFeatures).contains(query.limit) && query.offset >= 0)
  if let box = query.box {
    precondition(abs(box.west) <= 180 && abs(box.east) <= 180)
    precondition(box.south >= -90 && box.south <= box.north && box.north <= 90)
  }
  for filter in query.filters {
    // Within a group, as any condition can be.
    let written = written(filter)
    let again = try? FeatureFilter(parameter: "and", value: "(\(written))")
    // A group around it lies one deeper and counts as a condition, and quotation marks make values longer.
    precondition(again == .all([filter]) || again == nil && !isSmall(filter, written), written)
  }
  return 0
}

/// Whether the limits of queries cannot be what refuses it.
private func isSmall(_ filter: FeatureFilter, _ written: String) -> Bool {
  switch filter {
  case .all, .any, .not(.all), .not(.any): false
  case .isOne(_, let values): values.count < 40 && written.utf8.count < 900
  default: written.utf8.count < 900
  }
}

private func written(_ filter: FeatureFilter) -> String {
  switch filter {
  case .all(let parts): "and(\(parts.map(written).joined(separator: ",")))"
  case .any(let parts): "or(\(parts.map(written).joined(separator: ",")))"
  case .not(.all(let parts)): "not.and(\(parts.map(written).joined(separator: ",")))"
  case .not(.any(let parts)): "not.or(\(parts.map(written).joined(separator: ",")))"
  case .not(let part): negated(part)
  case .compare(let property, let relation, let value):
    "\(quoted(property)).\(relation.rawValue).\(quoted(value))"
  case .like(let property, let pattern, let ignoringCase):
    "\(quoted(property)).\(ignoringCase ? "ilike" : "like").\(quoted(pattern))"
  case .isOne(let property, let values):
    "\(quoted(property)).in.(\(values.map(quoted).joined(separator: ",")))"
  case .isState(let property, let state): "\(quoted(property)).is.\(state.rawValue)"
  }
}

/// `not` stands behind the name of the property.
private func negated(_ filter: FeatureFilter) -> String {
  let text = written(filter)
  let name = quoted(property(of: filter))
  return name + ".not"
    + String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(name.unicodeScalars.count)))
}

private func property(of filter: FeatureFilter) -> String {
  switch filter {
  case .compare(let name, _, _), .like(let name, _, _), .isOne(let name, _), .isState(let name, _):
    name
  case .not(let part): property(of: part)
  case .all, .any: ""
  }
}

private func quoted(_ text: String) -> String {
  let escaped = text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }
  return "\"" + escaped.joined() + "\""
}
