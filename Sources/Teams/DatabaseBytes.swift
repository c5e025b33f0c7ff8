internal import Foundation

extension [UInt8] {
  /// As SQLite keeps bytes.
  var databaseBytes: Data { Data(self) }
}
