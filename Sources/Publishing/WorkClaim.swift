import Dispatch
import Foundation
public import Stores
import Synchronization

/// The right to build and publish for a target, from the first look at the sources to the last record:
/// `_release/work/claim.json`.
///
/// It is renewed every few minutes as long as this is there. A worker that was killed gets it back at
/// once; others get it a quarter of an hour later.
public final class WorkClaim: Sendable {
  /// A claim is no value that threads may share; under the lock one at a time uses it.
  private struct Held: @unchecked Sendable { let claim: PublishingClaim }

  private let held: Mutex<Held>
  /// Only started and cancelled, which any thread may do.
  nonisolated(unsafe) private let timer: any DispatchSourceTimer
  private static let key = WorkRecords.root + "claim.json"

  /// Takes the claim.
  ///
  /// - Parameters:
  ///   - target: what is built for.
  ///   - folder: tells this worker from others.
  ///   - takesOver: whether to take it from somebody who still holds it.
  /// - Throws: ``PublishingError`` of kind `busy` when another worker has it.
  public init(
    on target: any PublishingTarget, folder: SiteFolder, takesOver: Bool
  ) throws {
    let idKey = SiteFolder.privateFolder + "/worker"
    let id: String
    if let known = try folder.read(idKey) {
      id = String(decoding: known, as: UTF8.self)
    } else {
      id = hexadecimal((0..<16).map { _ in UInt8.random(in: 0...255) })
      try folder.write(Array(id.utf8), to: idKey)
    }
    let claim = try PublishingClaim(on: target, id: id, force: takesOver, key: Self.key)
    held = Mutex(Held(claim: claim))
    timer = DispatchSource.makeTimerSource(queue: .global())
    let every = PublishingClaim.length / 3
    timer.schedule(deadline: .now() + .seconds(every), repeating: .seconds(every))
    timer.setEventHandler { [weak self] in
      // Where it was lost meanwhile, publishing has a claim of its own.
      self?.held.withLock { try? $0.claim.renew() }
    }
    timer.resume()
  }

  /// Gives the claim back.
  ///
  /// - Throws: ``PublishingError`` when another worker has taken it.
  public func release() throws {
    timer.cancel()
    try held.withLock { try $0.claim.release(pending: []) }
  }

  deinit { timer.cancel() }
}
