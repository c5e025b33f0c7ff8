import TestKit
import Testing

@testable import Teams

/// Answers are kept for a moment, and no longer than they are true.
struct RecentAnswersTests {
  /// Counts how often something is found out.
  private actor Source {
    private(set) var asked = 0
    func answer() -> Int {
      asked += 1
      return asked
    }
  }

  @Test func keptUntilForgotten() async {
    let (recent, source) = (RecentAnswers<String, Int>(trust: .seconds(600)), Source())
    let ask = { await recent.answer(to: "a") { await source.answer() } }
    #expect(await [ask(), ask()] == [1, 1])
    #expect(await recent.answer(to: "b") { await source.answer() } == 2)
    recent.forget()
    #expect(await [ask(), ask()] == [3, 3])
  }

  @Test func notKeptWithoutTrust() async {
    let (recent, source) = (RecentAnswers<String, Int>(trust: .zero), Source())
    let ask = { await recent.answer(to: "a") { await source.answer() } }
    #expect(await [ask(), ask()] == [1, 2])
  }

  @Test func whatChangesWhileItIsFoundOutIsNotKept() async {
    let recent = RecentAnswers<String, Int>(trust: .seconds(600))
    let old = await recent.answer(to: "a") {
      recent.forget()
      return 1
    }
    #expect(old == 1)
    #expect(await recent.answer(to: "a") { 2 } == 2)
  }

  @Test func failuresAreNotKept() async throws {
    struct Broken: Error {}
    let recent = RecentAnswers<String, Int>(trust: .seconds(600))
    await #expect(throws: Broken.self) {
      try await recent.answer(to: "a") { () throws(Broken) in throw Broken() }
    }
    #expect(await recent.answer(to: "a") { 1 } == 1)
  }

  /// Each change of this process counts for the very next request.
  @Test func changesCountAtOnce() async throws {
    let folder = try TemporaryFolder()
    let database = try TeamDatabase(path: folder.path + "/test.sqlite")
    let now: Int64 = 1_800_000_000
    let owner = try await database.addUser("owner", title: "Owner")
    let ada = try await database.addUser("ada", title: "Ada")
    let team = try await database.addTeam("ice", title: "Ice", owner: owner)
    let secret = try await database.addToken(
      for: ada, label: "test", scope: .write, lifetime: 60, now: now)
    let who = { (time: Int64) in try await database.principal(token: secret, now: time) }
    let principal = try #require(try await who(now))
    #expect(try await who(now + 59) != nil)
    #expect(try await who(now + 60) == nil, "kept, and over all the same")

    let role = { try await database.role(of: principal, inTeam: "ice") }
    #expect(try await role() == nil)
    try await database.setRole(.editor, of: ada, in: team)
    #expect(try await role() == .editor)
    try await database.setRole(.reader, of: ada, in: team)
    #expect(try await role() == .reader)
    try await database.remove(ada, from: team)
    #expect(try await role() == nil)

    #expect(try await database.cubeSources(ofTeam: "ice").isEmpty)
    let source = try CubeSource(dataset: "bed", title: "", path: "cubes/bed.zarr")
    try await database.setCubeSource(source, of: team)
    #expect(try await database.cubeSources(ofTeam: "ice") == [source])

    let session = try await database.beginSession(of: ada, lifetime: 60, now: now)
    #expect(try await database.principal(session: session, now: now)?.user == ada)
    try await database.endSession(session)
    #expect(try await database.principal(session: session, now: now) == nil)
    try await database.disable(ada)
    #expect(try await who(now) == nil)
  }

  /// Accents written in two ways look equal and are two names.
  @Test func namesAreBytes() async throws {
    let folder = try TemporaryFolder()
    let database = try TeamDatabase(path: folder.path + "/test.sqlite")
    let owner = try await database.addUser("owner", title: "Owner")
    let ada = try await database.addUser("ada", title: "Ada")
    let ice = try await database.addTeam("ice", title: "Ice", owner: owner)
    let sea = try await database.addTeam("sea", title: "Sea", owner: ada)
    try await database.grant(.reader, on: "caf\u{e9}.txt", kind: .files, of: ice, to: sea)
    let principal = Principal(user: ada, scope: nil, formSecret: nil)
    let role = { (path: String) in
      try await database.role(of: principal, for: path, kind: .files, ofTeam: "ice")
    }
    #expect(try await role("caf\u{e9}.txt") == .reader)
    #expect(try await role("cafe\u{301}.txt") == nil)
  }
}
