import Dispatch
import Foundation
import Synchronization

/// The one thread on which netCDF-C runs.
///
/// A lock would be enough for safety, but HDF5 keeps its error reporting per thread: netCDF-C turns
/// the printing off on the thread that calls it first, and on any other each attribute that is
/// looked for in vain prints a page to the standard error output.
final class NetCDFThread: Sendable {
  /// What a caller wants done.
  private struct Job: @unchecked Sendable {
    // Safe: the caller waits, so that only one thread at a time touches what the body holds.
    let body: (borrowing NetCDFLibrary) -> Void
  }

  /// Held by the caller whose turn it is; the job lies in it until the thread takes it.
  private let turn = Mutex<Void>(())
  private let job = Mutex<Job?>(nil)
  private let asked = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  init() {
    Thread.detachNewThread { [self] in
      // The only value of its type.
      let library = NetCDFLibrary()
      while true {
        asked.wait()
        let taken = job.withLock { $0.take() }
        taken?.body(library)
        done.signal()
      }
    }
  }

  /// Runs a body on the thread and waits for it.
  func perform(_ body: @escaping (borrowing NetCDFLibrary) -> Void) {
    let next = Job(body: body)
    turn.withLock { _ in
      job.withLock { $0 = next }
      asked.signal()
      done.wait()
    }
  }
}
