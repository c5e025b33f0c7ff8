import Foundation
import TestKit
import Testing

@testable import Workspaces

/// The program that looks into what people hand in: what it says, how it ends, what it gets.
struct HelperProgramTests {
  private func run(
    _ script: String, time: Int = 60
  ) throws -> (answer: HelperProgram.Answer, left: [String]) {
    let folder = try TemporaryFolder()
    // Read by the shell: a file that was just written cannot be started while another test's child still has it open.
    try folder.write(script + "\n", to: "program")
    let helper = HelperProgram(path: "/bin/sh", time: time)
    let answer = try helper.run(
      [folder.path + "/program", "a b", "c"], scratch: folder.path + "/scratch")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/scratch")
    return (answer, left)
  }

  @Test func itSaysSomething() throws {
    let (answer, left) = try run(
      "echo \"$1|$2|$HOME\"; echo oh >&2; cat; ls /proc/self/fd | wc -l; exit 3")
    // No input, no more descriptors than the three and the one of `ls` itself, nothing of this environment.
    #expect(String(decoding: answer.output, as: UTF8.self) == "a b|c|\n4\n")
    #expect(answer.message == "oh" && answer.code == 3)
    #expect(left.isEmpty)
  }

  @Test func itsEndIsTold() throws {
    #expect(try run("kill -9 $$").answer.code == -9)
    #expect(try run("exit 0").answer.code == 0)
    #expect(try run("sleep 1000", time: 1).answer.code == -9)
    let missing = HelperProgram(path: "/none/cubepress")
    let folder = try TemporaryFolder()
    #expect(try missing.run([], scratch: folder.path).code == 127)
  }

  /// A server has as many open files as connections; Foundation's `Process` crashes then.
  @Test func itRunsBesideThousandsOfOpenFiles() throws {
    let files = (0..<3000).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
    defer { for file in files where file >= 0 { close(file) } }
    for _ in 0..<20 { #expect(try run("echo whole").answer.code == 0) }
  }
}
