import Glibc
import JSON

/// Which file a path names and when it was changed last, to notice that it was replaced.
package struct FileState: Sendable, Equatable {
  /// Device, number on it, size and time of change.
  private let numbers: [Int64]
  /// The length in bytes.
  package let size: Int

  /// Looks at a file.
  ///
  /// - Throws: `Failure` where it is not there or not a file.
  package init(path: String) throws(Failure) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Failure(reason: String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(reason: "it is not a file") }
    size = status.st_size
    numbers = [
      Int64(bitPattern: UInt64(status.st_dev)), Int64(bitPattern: UInt64(status.st_ino)),
      Int64(status.st_size), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec),
    ]
  }

  /// Why a path does not name a file, as a clause.
  package struct Failure: Error {
    package let reason: String
  }

  var message: JSONValue { .array(numbers.map { .integer($0) }) }

  init?(message: JSONValue) {
    guard let elements = message.arrayValue, elements.count == 5 else { return nil }
    let numbers = elements.compactMap { element -> Int64? in
      if case .integer(let number) = element { number } else { nil }
    }
    guard numbers.count == 5 else { return nil }
    self.numbers = numbers
    size = Int(numbers[2])
  }
}
