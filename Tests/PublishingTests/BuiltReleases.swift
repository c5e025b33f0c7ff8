import Jobs
import Stores

@testable import Publishing

extension ReleaseManifest {
  /// Makes the given objects the current release.
  @discardableResult
  func update(
    objects: [BuiltObject], keeping isKept: ((String) -> Bool)? = nil
  ) throws -> (release: Release, changes: ReleaseChanges) {
    let contents = ReleaseContents(in: folder)
    for object in objects { try contents.add(object) }
    return try update(to: contents, keeping: isKept)
  }
}
