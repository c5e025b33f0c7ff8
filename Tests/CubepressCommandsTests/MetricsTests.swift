import ArgumentParser
import Foundation
import TestKit
import Testing

@testable import CubepressCommands

/// The text itself is read by prometheus_client in Tests/Clients/check_deploy.py.
struct MetricsTests {
  private struct Refusal: Error {}

  private func options(_ path: String) throws -> MetricsOptions {
    try MetricsOptions.parse(["--metrics", path])
  }

  private func value(_ name: String, _ text: String) -> Double? {
    text.split(separator: "\n").first { $0.hasPrefix("cubepress_\(name){") }
      .flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
  }

  @Test func labelsAreEscaped() {
    var metrics = Metrics(common: [("site", #"a "b" \c"# + "\n")])
    metrics.gauge("x", "one\ntwo", [.init(1.5, [("dataset", "d")]), .init(2)])
    metrics.gauge("empty", "no value", [])
    #expect(
      metrics.text == """
        # HELP cubepress_x one\\ntwo
        # TYPE cubepress_x gauge
        cubepress_x{site="a \\"b\\" \\\\c\\n",dataset="d"} 1.5
        cubepress_x{site="a \\"b\\" \\\\c\\n"} 2

        """)
  }

  @Test func aFailedRunKeepsTheTimeOfTheLastGoodOne() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/build.prom"
    try options(path).record("build", site: "s") { $0.gauge("release", "", [.init(7)]) }
    let good = String(decoding: try #require(folder.read("build.prom")), as: UTF8.self)
    #expect(value("last_run_success", good) == 1)
    #expect(value("release", good) == 7)
    let time = try #require(value("last_success_timestamp_seconds", good))
    #expect(throws: Refusal.self) {
      try options(path).record("build", site: "s") { _ in throw Refusal() }
    }
    let bad = String(decoding: try #require(folder.read("build.prom")), as: UTF8.self)
    #expect(value("last_run_success", bad) == 0)
    #expect(value("last_success_timestamp_seconds", bad) == time)
    // Another site has had no good run.
    #expect(throws: Refusal.self) {
      try options(path).record("build", site: "other") { _ in throw Refusal() }
    }
    let other = String(decoding: try #require(folder.read("build.prom")), as: UTF8.self)
    #expect(value("last_success_timestamp_seconds", other) == nil)
  }

  @Test func withoutTheOptionNothingIsWritten() throws {
    var ran = false
    try MetricsOptions.parse([]).record("build", site: "s") { _ in ran = true }
    #expect(ran)
  }
}
