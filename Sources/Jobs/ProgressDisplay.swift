import Foundation
import Synchronization

/// How a long command talks about its work.
public enum ProgressStyle: String, Sendable, CaseIterable {
  /// A bar that redraws itself, for a terminal.
  case bar
  /// A plain line now and then, for logs.
  case lines
  /// A JSON object per line, for programs.
  case json
  /// Nothing.
  case quiet
}

/// Tells a person at standard error how far a long piece of work is.
///
/// Calls may come from any thread. Output is limited to a few lines a second.
public final class ProgressDisplay: Sendable {
  private struct State {
    var title = ""
    var total = 0
    var done = 0
    var start: Double = 0
    var lastOutput: Double = 0
    var barIsShown = false
  }
  private let style: ProgressStyle
  private let state = Mutex(State())

  /// Makes a teller in one style.
  public init(style: ProgressStyle) { self.style = style }

  /// Whether standard error is a terminal.
  public static var isTerminal: Bool { isatty(STDERR_FILENO) != 0 }

  /// Starts a new piece of work of `total` units.
  public func begin(_ title: String, total: Int) {
    state.withLock { state in
      clearBar(&state)
      let now = Self.now
      state = State(title: title, total: total, start: now, lastOutput: now)
    }
  }

  /// Says that `count` more units are done.
  public func advance(by count: Int = 1) {
    state.withLock { state in
      state.done += count
      let now = Self.now
      let interval = style == .bar ? 0.1 : 5
      guard now - state.lastOutput >= interval else { return }
      state.lastOutput = now
      show(&state, seconds: now - state.start)
    }
  }

  /// Ends the piece of work.
  public func end() { state.withLock { clearBar(&$0) } }

  /// Prints a message that stays, above the bar where there is one.
  public func say(_ message: String) {
    state.withLock { state in
      clearBar(&state)
      switch style {
      case .bar, .lines: Self.write(message + "\n")
      case .json:
        Self.write("{\"message\":\"" + Self.escaped(message) + "\"}\n")
      case .quiet: break
      }
    }
  }

  private static var now: Double { ProcessInfo.processInfo.systemUptime }

  private static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\n": result += "\\n"
      case "\u{0}"..<"\u{20}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private func clearBar(_ state: inout State) {
    if state.barIsShown { Self.write("\r\u{1B}[K") }
    state.barIsShown = false
  }

  private func show(_ state: inout State, seconds: Double) {
    let rate = seconds > 0 ? Double(state.done) / seconds : 0
    let left = rate > 0 ? Double(max(0, state.total - state.done)) / rate : 0
    let counts = "\(state.done) of \(state.total)"
    switch style {
    case .bar:
      let width = 28
      let filled = state.total > 0 ? min(width, width * state.done / state.total) : 0
      let bar =
        String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
      Self.write("\r\u{1B}[K\(state.title) \(bar) \(counts), \(Self.duration(left)) left")
      state.barIsShown = true
    case .lines:
      Self.write("\(state.title): \(counts), \(Self.duration(left)) left\n")
    case .json:
      Self.write(
        "{\"step\":\"\(Self.escaped(state.title))\",\"done\":\(state.done),"
          + "\"total\":\(state.total),\"seconds\":\(Int(seconds))}\n")
    case .quiet: break
    }
  }

  /// A span of time in words for people, such as `42 s` or `3 min 10 s`.
  public static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return switch whole {
    case ..<100: "\(whole) s"
    case ..<6000: "\(whole / 60) min \(whole % 60) s"
    default: "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }
}
