import Foundation
import Stores
import TestKit
import Testing

@Suite struct FolderStoreTests {
  @Test func keepsTheContract() throws {
    let folder = try TemporaryFolder()
    for (key, bytes) in storeContractObjects { try folder.write(bytes, to: key) }
    try checkStore(try FolderStore(path: folder.path + "/"))
  }

  @Test func memoryKeepsTheContract() throws {
    try checkStore(MemoryStore(storeContractObjects))
  }

  @Test func fingerprintFollowsTheContent() throws {
    let folder = try TemporaryFolder()
    try folder.write("one", to: "a")
    let store = try FolderStore(path: folder.path)
    let before = try store.fingerprint(of: "a")
    try folder.write("two", to: "a")
    #expect(try store.fingerprint(of: "a") != before)
  }

  @Test func followsLinksButIsNotFooledByPipes() throws {
    let folder = try TemporaryFolder()
    let other = try TemporaryFolder()
    try other.write("there", to: "x/y")
    let manager = FileManager.default
    try manager.createSymbolicLink(
      atPath: folder.path + "/link", withDestinationPath: other.path + "/x")
    let store = try FolderStore(path: folder.path)
    #expect(try store.read("link/y") == Array("there".utf8))
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    let pipe = #expect(throws: StoreError.self) { try store.read("pipe") }
    #expect(pipe?.description.contains("neither a file nor a folder") == true)
    #expect(throws: StoreError.self) { try store.size(of: "pipe") }
    // Of a link it is asked where it leads.
    #expect(store.followingLinks("") == "" && store.followingLinks("pipe") == "pipe")
    for key in ["link", "link/y", "absent"] { #expect(store.followingLinks(key) == nil) }
    try manager.createSymbolicLink(atPath: folder.path + "/round", withDestinationPath: "round")
    #expect(throws: StoreError.self) { try store.read("round") }
  }

  @Test func saysWhatIsWrongWithTheFolder() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "file")
    let absent = #expect(throws: StoreError.self) {
      try FolderStore(path: folder.path + "/absent")
    }
    #expect(absent?.kind == .notFound)
    let file = #expect(throws: StoreError.self) { try FolderStore(path: folder.path + "/file") }
    #expect(file?.description.contains("it is not a folder") == true)
  }

  @Test func digest() {
    // FIPS 180-4, appendix B.1.
    #expect(
      sha256Hex(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(sha256([]).count == 32)
  }
}
