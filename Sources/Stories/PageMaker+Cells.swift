import JSON
import Notebooks
import Sanitising

extension PageMaker {
  /// Writes the cells of a notebook.
  mutating func notebook(_ notebook: Notebook) {
    language = notebook.language ?? "python"
    for (index, cell) in notebook.cells.enumerated() {
      place = SourcePlace(file: page.path, cell: index + 1)
      line = 1
      attachments = cell.attachments
      let hiding = Hiding(cell)
      if hiding.removesCell { continue }
      if hiding.hidesCell {
        open("details", class: "fold")
        writer.element("summary", text: cell.kind == .code ? "Code and its output" : "Text")
      }
      switch cell.kind {
      case .markdown:
        open("div", class: "text")
        prose(cell.source, isTitled: index == 0 || title == nil && headings.isEmpty)
        writer.end("div")
      case .raw: raw(cell)
      case .code: codeCell(cell, hiding)
      }
      if hiding.hidesCell { writer.end("details") }
      embed(cell.metadata["cubepress"])
    }
    attachments = [:]
  }

  /// What the tags and metadata of a cell say about what is shown of it.
  private struct Hiding {
    var removesCell = false
    var removesInput = false
    var removesOutput = false
    var hidesCell = false
    var hidesInput = false
    var hidesOutput = false

    init(_ cell: Notebook.Cell) {
      func has(_ tag: String) -> Bool {
        cell.tags.contains(tag) || cell.tags.contains(tag.replacing("-", with: "_"))
      }
      let jupyter = cell.metadata["jupyter"]
      removesCell = has("remove-cell")
      removesInput = has("remove-input")
      removesOutput = has("remove-output")
      hidesCell = has("hide-cell")
      hidesInput =
        has("hide-input") || jupyter?["source_hidden"]?.boolValue == true
        || cell.metadata["hide_input"]?.boolValue == true
      hidesOutput =
        has("hide-output") || jupyter?["outputs_hidden"]?.boolValue == true
        || cell.metadata["collapsed"]?.boolValue == true
    }
  }

  private mutating func codeCell(_ cell: Notebook.Cell, _ hiding: Hiding) {
    let hasCode = !cell.source.allSatisfy(\.isWhitespace)
    guard hasCode || !cell.outputs.isEmpty else { return }
    open("div", class: "cell")
    if hasCode, !hiding.removesInput {
      if hiding.hidesInput {
        open("details", class: "fold")
        writer.element("summary", text: "Code")
      }
      open("div", class: "input")
      if let count = cell.executionCount {
        // Read aloud before each cell it would only disturb.
        writer.element(
          "span", [MarkupAttribute("class", "count"), MarkupAttribute("aria-hidden", "true")],
          text: "[\(count)]")
      }
      code(cell.source, language: magicLanguage(cell.source) ?? language)
      writer.end("div")
      if hiding.hidesInput { writer.end("details") }
    }
    if !cell.outputs.isEmpty, !hiding.removesOutput {
      if hiding.hidesOutput {
        open("details", class: "fold")
        writer.element("summary", text: "Output")
      }
      outputs(cell.outputs)
      if hiding.hidesOutput { writer.end("details") }
    }
    writer.end("div")
  }

  /// The language of a cell that begins with a magic command for one.
  private func magicLanguage(_ source: String) -> String? {
    guard source.hasPrefix("%%") else { return nil }
    switch source.dropFirst(2).prefix(while: \.isLetter) {
    case "bash", "sh": return "bash"
    case "R": return "r"
    case "julia": return "julia"
    default: return nil
    }
  }

  /// Text for converters: what is Markdown or HTML is shown, other types are told.
  private mutating func raw(_ cell: Notebook.Cell) {
    let type = (cell.metadata["raw_mimetype"] ?? cell.metadata["format"])?.stringValue ?? ""
    switch type {
    case "", "text/plain":
      if !cell.source.allSatisfy(\.isWhitespace) { code(cell.source, language: "text") }
    case "text/markdown": prose(cell.source)
    case "text/html": html(cell.source)
    default: paragraph(class: "absent", "Left out here: a raw cell for \(type).")
    }
  }
}
