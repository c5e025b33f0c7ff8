import JSON
import Notebooks
import Testing

private func notebook(_ text: String) throws -> Notebook { try Notebook(parsing: Array(text.utf8)) }

@Suite struct NotebookTests {
  @Test func version4() throws {
    let read = try notebook(
      """
      {"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "julia"}}, "cells": [
        {"cell_type": "markdown", "id": "a", "source": ["# A\\n", "b"], "metadata": {"tags": ["x"]},
         "attachments": {"p.png": {"image/png": ["AA", "=="]}}},
        {"cell_type": "code", "source": "1+1", "metadata": {}, "execution_count": 3, "outputs": [
          {"output_type": "stream", "name": "stderr", "text": ["a", "b"]},
          {"output_type": "execute_result", "execution_count": 3, "metadata": {},
           "data": {"text/plain": ["2"], "application/json": [1]}},
          {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}]},
        {"cell_type": "raw", "source": "r", "metadata": {}}]}
      """)
    #expect(read.language == "julia")
    #expect(read.cells.map(\.kind) == [.markdown, .code, .raw])
    #expect(read.cells[0].source == "# A\nb")
    #expect(read.cells[0].tags == ["x"])
    #expect(read.cells[0].attachments["p.png"]?.text("image/png") == "AA==")
    guard case .stream("stderr", "ab") = read.cells[1].outputs[0],
      case .data(let bundle, _, 3) = read.cells[1].outputs[1],
      case .error("E", "v", ["t"]) = read.cells[1].outputs[2]
    else {
      Issue.record("outputs are not as written")
      return
    }
    #expect(bundle.text("text/plain") == "2")
    #expect(bundle["application/json"] == [1])
  }

  @Test func version3() throws {
    let read = try notebook(
      """
      {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [
        {"cell_type": "heading", "level": 2, "source": "H", "metadata": {}},
        {"cell_type": "code", "language": "python", "input": ["x"], "prompt_number": 1, "outputs": [
          {"output_type": "pyout", "prompt_number": 1, "png": "AA==", "text": "t"},
          {"output_type": "stream", "stream": "stdout", "text": "s"},
          {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": []}]}]}]}
      """)
    #expect(read.cells[0].source == "## H")
    #expect(read.language == "python")
    guard case .data(let bundle, _, 1) = read.cells[1].outputs[0] else {
      Issue.record("no result")
      return
    }
    #expect(bundle.values.map(\.type) == ["image/png", "text/plain"])
    #expect(read.cells[1].outputs.count == 3)
  }

  @Test(arguments: [
    ("", "this is not JSON"), ("{", "this is not JSON"), ("[]", "it has no member nbformat"),
    ("{\"nbformat\": 2}", "it has nbformat 2"), ("{\"nbformat\": 4}", "it has no list of cells"),
    ("{\"nbformat\": 4, \"cells\": [3]}", "cell 1: this is not an object"),
    ("{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"x\"}]}", "cell 1: its cell_type is x"),
    ("{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"raw\"}]}", "cell 1: it has no text"),
    (
      "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": \"\", \"outputs\": [{}]}]}",
      "cell 1: an output has the output_type missing"
    ),
  ])
  func refusals(_ text: String, _ reason: String) throws {
    let error = try #require(throws: NotebookError.self) { try notebook(text) }
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test func deepNestingIsRefused() throws {
    let deep = String(repeating: "[", count: 100_000)
    let error = try #require(throws: NotebookError.self) {
      try notebook("{\"nbformat\": 4, \"metadata\": \(deep)")
    }
    #expect(error.description.contains("not JSON"))
  }
}
