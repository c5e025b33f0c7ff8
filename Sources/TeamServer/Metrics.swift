internal import Hummingbird
internal import Synchronization

/// Counts what the server does, in the text format of Prometheus.
///
/// No label holds the name of a user, a team or a dataset: these numbers tell how the server fares, not
/// who does what. What teams keep is told by `StorageMetrics`.
final class Metrics: Sendable {
  private struct Counts {
    /// By method and status.
    var requests: [String: Int] = [:]
    /// How many took no longer than each bound, and the sum in seconds.
    var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
    var total = 0
    var seconds = 0.0
    var working = 0
  }

  private static let bounds = [0.005, 0.02, 0.1, 0.5, 2.0, 10.0]
  private let counts = Mutex(Counts())

  /// - Returns: whether one more may be begun.
  func begin(limit: Int) -> Bool {
    counts.withLock {
      guard $0.working < limit else { return false }
      $0.working += 1
      return true
    }
  }

  func end(method: String, status: Int, seconds: Double) {
    counts.withLock {
      $0.working -= 1
      $0.total += 1
      $0.seconds += seconds
      $0.requests["method=\"\(method)\",status=\"\(status)\"", default: 0] += 1
      for (index, bound) in Self.bounds.enumerated() where seconds <= bound {
        $0.buckets[index] += 1
      }
    }
  }

  func text() -> String {
    counts.withLock { counts in
      var lines = [
        "# HELP cubepress_requests_total Requests that were answered.",
        "# TYPE cubepress_requests_total counter",
      ]
      for (labels, count) in counts.requests.sorted(by: { $0.key < $1.key }) {
        lines.append("cubepress_requests_total{\(labels)} \(count)")
      }
      lines += [
        "# HELP cubepress_request_seconds Time until an answer begins.",
        "# TYPE cubepress_request_seconds histogram",
      ]
      for (bound, count) in zip(Self.bounds, counts.buckets) {
        lines.append("cubepress_request_seconds_bucket{le=\"\(bound)\"} \(count)")
      }
      lines += [
        "cubepress_request_seconds_bucket{le=\"+Inf\"} \(counts.total)",
        "cubepress_request_seconds_sum \(counts.seconds)",
        "cubepress_request_seconds_count \(counts.total)",
        "# HELP cubepress_requests_working Requests that are being worked on.",
        "# TYPE cubepress_requests_working gauge",
        "cubepress_requests_working \(counts.working)",
      ]
      return lines.joined(separator: "\n") + "\n"
    }
  }
}

/// Measures every request, and turns those away that are too many at once.
struct Measuring: RouterMiddleware {
  let metrics: Metrics
  let limit: Int

  func handle(
    _ request: Request, context: TeamRequestContext,
    next: (Request, TeamRequestContext) async throws -> Response
  ) async throws -> Response {
    guard metrics.begin(limit: limit) else {
      throw HTTPError(
        .serviceUnavailable, headers: [.retryAfter: "1"],
        message: "Too many requests at once: try again in a second.")
    }
    let began = ContinuousClock.now
    var status = 500
    defer {
      let elapsed = (ContinuousClock.now - began).components
      metrics.end(
        method: request.method.rawValue, status: status,
        seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
    do {
      let response = try await next(request, context)
      status = response.status.code
      return response
    } catch let error as any HTTPResponseError {
      status = error.status.code
      throw error
    }
  }
}
