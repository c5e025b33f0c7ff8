public import JSON

extension Notebook {
  /// Reads a notebook.
  ///
  /// - Throws: `NotebookError` when it is no JSON, nests too deeply, is too long, has another
  ///   format, or a cell is not what the format says.
  public init(parsing bytes: [UInt8]) throws(NotebookError) {
    let document: JSONValue
    do {
      document = try JSONValue(parsing: bytes, limits: Self.limits)
    } catch {
      throw NotebookError("this is not JSON: \(error)")
    }
    try self.init(document)
  }

  /// Reads a notebook from its JSON.
  ///
  /// - Throws: `NotebookError` when it has another format, or a cell is not what the format says.
  public init(_ document: JSONValue) throws(NotebookError) {
    guard let root = document.objectValue, let major = root["nbformat"]?.intValue else {
      throw NotebookError("this is not a notebook: it has no member nbformat")
    }
    guard (3...4).contains(major) else {
      throw NotebookError(
        "it has nbformat \(major); 3 and 4 are read. jupyter nbconvert --to notebook converts it")
    }
    format = (major, root["nbformat_minor"]?.intValue ?? 0)
    metadata = root["metadata"]?.objectValue ?? [:]
    language =
      (metadata["language_info"]?["name"] ?? metadata["kernelspec"]?["language"])?.stringValue
    let written: [JSONValue]
    if major == 3 {
      let sheets = root["worksheets"]?.arrayValue ?? []
      written = sheets.flatMap { $0["cells"]?.arrayValue ?? [] }
    } else {
      guard let cells = root["cells"]?.arrayValue else {
        throw NotebookError("it has no list of cells")
      }
      written = cells
    }
    cells = []
    cells.reserveCapacity(written.count)
    for (index, value) in written.enumerated() {
      guard let object = value.objectValue else {
        throw NotebookError("this is not an object", cell: index + 1)
      }
      let reader = CellReader(cell: object, number: index + 1)
      cells.append(try major == 3 ? reader.version3() : reader.version4())
      if major == 3, language == nil { language = object["language"]?.stringValue }
    }
  }
}

/// Reads one cell.
private struct CellReader {
  let cell: JSONObject
  let number: Int

  func version4() throws(NotebookError) -> Notebook.Cell {
    let kind: Notebook.Cell.Kind
    switch cell["cell_type"]?.stringValue {
    case "code": kind = .code
    case "markdown": kind = .markdown
    case "raw": kind = .raw
    case let other: throw error("its cell_type is \(other ?? "missing")")
    }
    var read = try base(kind, source: cell["source"])
    for (name, value) in cell["attachments"]?.objectValue ?? [:] {
      read.attachments[name] = bundle(value.objectValue ?? [:])
    }
    guard kind == .code else { return read }
    read.executionCount = cell["execution_count"]?.intValue
    for value in cell["outputs"]?.arrayValue ?? [] {
      guard let output = value.objectValue else { throw error("an output is not an object") }
      read.outputs.append(try self.output(output))
    }
    return read
  }

  private func output(_ output: JSONObject) throws(NotebookError) -> Notebook.Output {
    switch output["output_type"]?.stringValue {
    case "stream":
      return .stream(
        name: output["name"]?.stringValue ?? "stdout", text: text(output["text"]) ?? "")
    case "display_data", "execute_result":
      return .data(
        bundle(output["data"]?.objectValue ?? [:]),
        metadata: output["metadata"]?.objectValue ?? [:],
        executionCount: output["execution_count"]?.intValue)
    case "error":
      return failure(output)
    case let other: throw error("an output has the output_type \(other ?? "missing")")
    }
  }

  /// The older form: other names, and headings as cells of their own.
  func version3() throws(NotebookError) -> Notebook.Cell {
    switch cell["cell_type"]?.stringValue {
    case "code":
      var read = try base(.code, source: cell["input"])
      read.executionCount = cell["prompt_number"]?.intValue
      for value in cell["outputs"]?.arrayValue ?? [] {
        guard let output = value.objectValue else { throw error("an output is not an object") }
        read.outputs.append(try output3(output))
      }
      return read
    case "heading":
      var read = try base(.markdown, source: cell["source"])
      let level = min(max(cell["level"]?.intValue ?? 1, 1), 6)
      read.source =
        String(repeating: "#", count: level) + " " + read.source.replacing("\n", with: " ")
      return read
    case "markdown", "html": return try base(.markdown, source: cell["source"])
    case "raw": return try base(.raw, source: cell["source"])
    case let other: throw error("its cell_type is \(other ?? "missing")")
    }
  }

  private static let types3: [(name: String, type: String)] = [
    ("html", "text/html"), ("svg", "image/svg+xml"), ("png", "image/png"), ("jpeg", "image/jpeg"),
    ("latex", "text/latex"), ("json", "application/json"),
    ("javascript", "application/javascript"), ("text", "text/plain"), ("pdf", "application/pdf"),
  ]

  private func output3(_ output: JSONObject) throws(NotebookError) -> Notebook.Output {
    switch output["output_type"]?.stringValue {
    case "stream":
      return .stream(
        name: output["stream"]?.stringValue ?? "stdout", text: text(output["text"]) ?? "")
    case "display_data", "pyout":
      var values: [(type: String, value: JSONValue)] = []
      for (name, type) in Self.types3 {
        if let text = text(output[name]) { values.append((type, .string(text))) }
      }
      return .data(
        Notebook.Bundle(values: values), metadata: output["metadata"]?.objectValue ?? [:],
        executionCount: output["prompt_number"]?.intValue)
    case "pyerr": return failure(output)
    case let other: throw error("an output has the output_type \(other ?? "missing")")
    }
  }

  private func base(
    _ kind: Notebook.Cell.Kind, source: JSONValue?
  ) throws(NotebookError) -> Notebook.Cell {
    guard let source = text(source) else { throw error("it has no text") }
    let metadata = cell["metadata"]?.objectValue ?? [:]
    let tags = metadata["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
    return Notebook.Cell(kind: kind, source: source, tags: Set(tags), metadata: metadata)
  }

  private func failure(_ output: JSONObject) -> Notebook.Output {
    let lines = output["traceback"]?.arrayValue?.compactMap(\.stringValue) ?? []
    return .error(
      name: output["ename"]?.stringValue ?? "", value: output["evalue"]?.stringValue ?? "",
      traceback: lines)
  }

  private func bundle(_ values: JSONObject) -> Notebook.Bundle {
    Notebook.Bundle(
      values: values.map { type, value in
        // Of JSON types a list is a value, of all others it is a text in pieces.
        let isJSON = type == "application/json" || type.hasSuffix("+json")
        return (type, isJSON ? value : text(value).map { .string($0) } ?? value)
      })
  }

  /// A text, whole or in pieces.
  private func text(_ value: JSONValue?) -> String? {
    if let text = value?.stringValue { return text }
    guard let pieces = value?.arrayValue else { return nil }
    return pieces.compactMap(\.stringValue).joined()
  }

  private func error(_ reason: String) -> NotebookError { NotebookError(reason, cell: number) }
}
