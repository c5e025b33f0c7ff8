import ArgumentParser
import Foundation
import Jobs
import Publishing

/// Measures of a run in the text format of Prometheus (version 0.0.4), as node_exporter's textfile
/// collector reads it: every name once, with its help and type, then its values with their labels.
struct Metrics {
  /// One value with the labels that tell it from others of its name.
  struct Sample {
    let labels: [(name: String, value: String)]
    let value: Double

    init(_ value: Double, _ labels: [(name: String, value: String)] = []) {
      self.value = value
      self.labels = labels
    }

    init(_ value: Int, _ labels: [(name: String, value: String)] = []) {
      self.init(Double(value), labels)
    }
  }

  /// What all values are labelled with.
  let common: [(name: String, value: String)]
  private(set) var text = ""

  init(common: [(name: String, value: String)]) { self.common = common }

  /// Adds a measure that may go up and down; without values it is left out.
  ///
  /// - Parameters:
  ///   - name: what follows `cubepress_`.
  ///   - help: what it is, in one line.
  ///   - samples: its values.
  mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
    guard !samples.isEmpty else { return }
    text += "# HELP cubepress_\(name) \(Self.escaped(help, quotes: false))\n"
    text += "# TYPE cubepress_\(name) gauge\n"
    for sample in samples {
      let labels = (common + sample.labels).map { label in
        "\(label.name)=\"\(Self.escaped(label.value, quotes: true))\""
      }
      text += "cubepress_\(name){\(labels.joined(separator: ","))} \(Self.number(sample.value))\n"
    }
  }

  /// A value that an earlier run wrote under a name without further labels.
  func value(_ name: String, in former: String) -> Double? {
    var empty = Metrics(common: common)
    empty.gauge(name, "", [Sample(0)])
    guard let line = empty.text.split(separator: "\n").last?.dropLast() else { return nil }
    return former.split(separator: "\n").first { $0.hasPrefix(line) }
      .flatMap { Double($0.dropFirst(line.count)) }
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    let lines = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    return quotes ? lines.replacing("\"", with: "\\\"") : lines
  }
}

/// The option of commands whose runs are watched.
struct MetricsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write measures of the run for Prometheus' textfile collector.", valueName: "file.prom"),
    completion: .file(extensions: ["prom"]))
  var metrics: String?

  /// Does something and writes its measures, also when it fails.
  ///
  /// - Parameters:
  ///   - command: the name of the command.
  ///   - site: what tells its runs from those for other sites.
  ///   - run: what to do; adds measures of its own.
  /// - Throws: what `run` throws; `CommandError` where the file cannot be written.
  func record(
    _ command: String, site: String, _ run: (inout Metrics) throws -> Void
  ) throws {
    var measured = Metrics(common: [("command", command), ("site", site)])
    guard let metrics else { return try run(&measured) }
    let start = ProcessInfo.processInfo.systemUptime
    let result = Result { try run(&measured) }
    let seconds = ProcessInfo.processInfo.systemUptime - start
    let now = Date().timeIntervalSince1970.rounded()
    let succeeds = (try? result.get()) != nil
    let file = URL(fileURLWithPath: metrics)
    let former = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let success = "last_success_timestamp_seconds"
    measured.gauge(
      "last_run_success", "Whether the last run did all it had to.",
      [
        .init(succeeds ? 1 : 0)
      ])
    measured.gauge("last_run_timestamp_seconds", "When the last run ended.", [.init(now)])
    measured.gauge("last_run_duration_seconds", "How long the last run took.", [.init(seconds)])
    measured.gauge(
      success, "When a run did all it had to for the last time.",
      [succeeds ? now : measured.value(success, in: former)].compactMap { $0.map { .init($0) } })
    do {
      // In one step: the collector may read at any moment.
      try Data(measured.text.utf8).write(to: file, options: .atomic)
    } catch {
      throw CommandError(description: "cannot write \(metrics): \(error.localizedDescription)")
    }
    try result.get()
  }
}

extension BuildReport {
  /// Adds what was made.
  func measure(_ metrics: inout Metrics) {
    metrics.gauge("release", "The number of the current release.", [.init(release)])
    metrics.gauge(
      "release_changed_objects", "How the current release differs from the one before the run.",
      [("added", added), ("changed", changed), ("removed", removed)].map {
        .init($0.1, [("change", $0.0)])
      })
    metrics.gauge(
      "dataset_success", "Whether all of a dataset could be made.",
      datasets.map { .init(1, [("dataset", $0.id)]) }
        + failures.map { .init(0, [("dataset", $0.dataset)]) })
    metrics.gauge(
      "dataset_fields", "Fields of a dataset that were made, or were up to date.",
      datasets.flatMap { dataset in
        [("made", dataset.made), ("current", dataset.current)].map {
          .init($0.1, [("dataset", dataset.id), ("state", $0.0)])
        }
      })
    metrics.gauge("dataset_objects", "How many objects a dataset has.", products { $0.objects })
    metrics.gauge("dataset_bytes", "How many bytes a dataset has.", products { $0.bytes })
  }

  private func products(_ value: (Product) -> Int) -> [Metrics.Sample] {
    datasets.flatMap { dataset in
      [
        ("tiles", dataset.tiles), ("cube", dataset.cube), ("series", dataset.series),
        ("terrain", dataset.terrain), ("4d_viewer", dataset.viewer),
      ].map {
        .init(value($0.1), [("dataset", dataset.id), ("product", $0.0)])
      }
    }
  }
}

extension PublishReport {
  /// Adds what was published, where no build says the same of the release.
  func measure(_ metrics: inout Metrics) {
    metrics.gauge("release", "The number of the current release.", [.init(release)])
    metrics.gauge(
      "release_changed_objects", "How the current release differs from the one before the run.",
      [("added", changes.added), ("changed", changes.changed), ("removed", changes.removed)].map {
        .init($0.1, [("change", $0.0)])
      })
    measureSending(&metrics)
  }

  /// Adds what was sent.
  func measureSending(_ metrics: inout Metrics) {
    metrics.gauge("sent_objects", "How many objects were sent.", [.init(sentCount)])
    metrics.gauge("sent_bytes", "How many bytes were sent.", [.init(sentBytes)])
    metrics.gauge(
      "gone_objects", "Objects of former releases that wait for cubepress prune.",
      [.init(goneCount)])
  }
}
