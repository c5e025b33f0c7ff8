import Foundation
import GRDB
import TestKit
import Testing

@testable import Teams

/// Users, teams, roles and grants, and that nothing else gives a right.
struct TeamDatabaseTests {
  private let folder: TemporaryFolder
  private let database: TeamDatabase
  private let now: Int64 = 1_800_000_000

  init() throws {
    folder = try TemporaryFolder()
    database = try TeamDatabase(path: folder.path + "/test.sqlite")
  }

  private func session(of user: User) async throws -> Principal {
    let secret = try await database.beginSession(of: user, lifetime: 60, now: now)
    return try #require(try await database.principal(session: secret, now: now))
  }

  private func token(of user: User, _ scope: TokenScope) async throws -> Principal {
    let secret = try await database.addToken(
      for: user, label: "test", scope: scope, lifetime: 60, now: now)
    return try #require(try await database.principal(token: secret, now: now))
  }

  @Test func aFullDiskIsAnErrorOfItsOwn() async throws {
    // As SQLite answers on a full disk: no page more.
    try await database.pool.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
    let error = await #expect(throws: TeamsError.self) {
      for _ in 0..<1000 {
        try await database.record(
          "did", on: String(repeating: "x", count: 500), by: "ada", now: now)
      }
    }
    #expect(error?.kind == .diskFull)
    #expect(error?.description.contains("the disk of the server is full") == true)
  }

  @Test("names are ids", arguments: ["a", "0", "sea-ice_2.1", String(repeating: "a", count: 64)])
  func goodName(name: String) async throws {
    let user = try await database.addUser(name, title: "")
    #expect(try await database.user(named: name) == user)
  }

  @Test(
    "other names are refused",
    arguments: [
      "", ".", "..", "-a", "A", "a/b", "a b", "é", "a\0", "a%2e", String(repeating: "a", count: 65),
    ])
  func badName(name: String) async throws {
    await #expect(throws: TeamsError.self) { try await database.addUser(name, title: "") }
    #expect(try await database.isEmpty())
  }

  /// Questions about roles are kept for a while: what is asked must not be of any length.
  @Test func nobodyHasARoleForWhatHasNoName() async throws {
    let ada = try await database.addUser("ada", title: "Ada")
    try await database.addTeam("ice", title: "Ice", owner: ada)
    let principal = try await session(of: ada)
    let longest = String(repeating: "a", count: FilePath.longest)
    for (item, role) in [(longest, Role.owner as Role?), (longest + "a", nil)] {
      #expect(
        try await database.role(of: principal, for: item, kind: .files, ofTeam: "ice") == role)
    }
    for team in ["Ice", String(repeating: "a", count: 100_000)] {
      #expect(try await database.role(of: principal, inTeam: team) == nil)
      #expect(try await database.role(of: principal, forDataset: "a", ofTeam: team) == nil)
    }
  }

  @Test func aNameIsTakenOnce() async throws {
    try await database.addUser("ada", title: "Ada")
    let error = await #expect(throws: TeamsError.self) {
      try await database.addUser("ada", title: "Another")
    }
    #expect(error?.kind == .taken)
  }

  @Test func passwords() async throws {
    let user = try await database.addUser("ada", title: "Ada")
    #expect(try await database.user(named: "ada", password: "") == nil)
    try await database.setPassword("correct horse battery", of: user)
    #expect(try await database.user(named: "ada", password: "correct horse battery") == user)
    #expect(try await database.user(named: "ada", password: "correct horse batterz") == nil)
    #expect(try await database.user(named: "bob", password: "correct horse battery") == nil)
    await #expect(throws: TeamsError.self) { try await database.setPassword("short", of: user) }
    // A password may hold any characters, a zero among them, and all of it counts.
    try await database.setPassword("0123456789\0a", of: user)
    #expect(try await database.user(named: "ada", password: "0123456789\0b") == nil)
    #expect(try await database.user(named: "ada", password: "0123456789\0a") == user)
  }

  @Test func passwordsAreKeptAsArgon2id() async throws {
    let user = try await database.addUser("ada", title: "Ada")
    try await database.setPassword("correct horse battery", of: user)
    let kept = try await database.read("look") {
      try String.fetchOne($0, sql: "SELECT password FROM user")
    }
    #expect(kept?.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$") == true)
  }

  /// The hash was made by argon2-cffi 25.1.0 (`PasswordHasher(time_cost=2, memory_cost=19456,
  /// parallelism=1).hash("correct horse battery", salt=bytes(range(16)))`).
  @Test func hashesOfOtherProgramsAreUnderstood() async {
    let hash =
      "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$quyusfeeuAGbpiw09i+j4VKJ+I/5h3mugd4HghmS/x8"
    #expect(await Passwords.matches("correct horse battery", hash))
    #expect(await !Passwords.matches("correct horse batterz", hash))
  }

  @Test func aNewPasswordEndsSessions() async throws {
    let user = try await database.addUser("ada", title: "Ada")
    let secret = try await database.beginSession(of: user, lifetime: 60, now: now)
    #expect(try await database.principal(session: secret, now: now)?.user == user)
    try await database.setPassword("correct horse battery", of: user)
    #expect(try await database.principal(session: secret, now: now) == nil)
  }

  @Test func sessionsAndTokensExpire() async throws {
    let user = try await database.addUser("ada", title: "Ada")
    let session = try await database.beginSession(of: user, lifetime: 60, now: now)
    let token = try await database.addToken(
      for: user, label: "t", scope: .read, lifetime: 60, now: now)
    #expect(token.hasPrefix("cpt_"))
    #expect(try await database.principal(session: session, now: now + 59) != nil)
    #expect(try await database.principal(session: session, now: now + 60) == nil)
    #expect(try await database.principal(token: token, now: now + 59) != nil)
    #expect(try await database.principal(token: token, now: now + 60) == nil)
    // One is not taken for the other.
    #expect(try await database.principal(token: session, now: now) == nil)
    #expect(try await database.principal(session: token, now: now) == nil)
  }

  @Test("lifetimes out of bounds", arguments: [0, -1, TeamDatabase.longestTokenLife + 1, .max])
  func lifetime(seconds: Int64) async throws {
    let user = try await database.addUser("ada", title: "Ada")
    await #expect(throws: TeamsError.self) {
      try await database.addToken(
        for: user, label: "", scope: .read, lifetime: seconds, now: now)
    }
  }

  @Test func secretsAreNotInTheDatabase() async throws {
    let user = try await database.addUser("ada", title: "Ada")
    let secrets = [
      try await database.addToken(for: user, label: "t", scope: .read, lifetime: 60, now: now),
      try await database.beginSession(of: user, lifetime: 60, now: now),
      try await database.invite(user, lasting: 60, now: now),
    ]
    try await database.backUp(to: folder.path + "/copy.sqlite")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/copy.sqlite"))
    for secret in secrets { #expect(bytes.range(of: Data(secret.utf8)) == nil) }
    #expect(Set(secrets).count == 3)
  }

  @Test func anInvitationWorksOnce() async throws {
    let user = try await database.addUser("ada", title: "Ada")
    let first = try await database.invite(user, lasting: 60, now: now)
    let second = try await database.invite(user, lasting: 60, now: now)
    #expect(try await database.invited(by: first, now: now) == nil, "a new one replaces it")
    #expect(try await database.invited(by: second, now: now + 60) == nil, "it is over")
    await #expect(throws: TeamsError.self, "too short") {
      try await database.accept(invitation: second, password: "short", now: now)
    }
    let password = "correct horse battery"
    #expect(try await database.accept(invitation: second, password: password, now: now) == user)
    #expect(try await database.accept(invitation: second, password: password, now: now) == nil)
    #expect(try await database.user(named: "ada", password: password) == user)
  }

  @Test func disabledUsersAreOut() async throws {
    let user = try await database.addUser("ada", title: "Ada")
    try await database.setPassword("correct horse battery", of: user)
    let session = try await database.beginSession(of: user, lifetime: 60, now: now)
    let token = try await database.addToken(
      for: user, label: "t", scope: .read, lifetime: 60, now: now)
    try await database.disable(user)
    #expect(try await database.user(named: "ada", password: "correct horse battery") == nil)
    #expect(try await database.principal(session: session, now: now) == nil)
    #expect(try await database.principal(token: token, now: now) == nil)
    #expect(try await database.user(named: "ada") == nil)
  }

  @Test("a role in a team, limited by the scope of a token", arguments: Role.allCases)
  func teamRole(role: Role) async throws {
    let owner = try await database.addUser("owner", title: "Owner")
    let ada = try await database.addUser("ada", title: "Ada")
    let team = try await database.addTeam("ice", title: "Ice", owner: owner)
    try await database.setRole(role, of: ada, in: team)
    let inTeam = { (principal: Principal) async throws in
      try await database.role(of: principal, inTeam: "ice")
    }
    #expect(try await inTeam(session(of: ada)) == role)
    #expect(try await inTeam(token(of: ada, .read)) == .reader)
    #expect(try await inTeam(token(of: ada, .write)) == min(role, .editor))
    #expect(try await database.role(of: session(of: ada), inTeam: "sea") == nil)
    #expect(
      try await database.role(of: session(of: ada), forDataset: "any", ofTeam: "ice") == role)
  }

  @Test func administratorsSeeNoData() async throws {
    let admin = try await database.addUser("admin", title: "", isAdministrator: true)
    let owner = try await database.addUser("owner", title: "Owner")
    try await database.addTeam("ice", title: "Ice", owner: owner)
    let principal = try await session(of: admin)
    #expect(principal.mayAdministrate)
    #expect(try await database.role(of: principal, inTeam: "ice") == nil)
    #expect(try await database.role(of: principal, forDataset: "a", ofTeam: "ice") == nil)
    #expect(try await !token(of: admin, .write).mayAdministrate)
  }

  @Test func grants() async throws {
    let owner = try await database.addUser("owner", title: "Owner")
    let ada = try await database.addUser("ada", title: "Ada")
    let eve = try await database.addUser("eve", title: "Eve")
    let ice = try await database.addTeam("ice", title: "Ice", owner: owner)
    let sea = try await database.addTeam("sea", title: "Sea", owner: ada)
    try await database.grant(.reader, on: "bed", of: ice, to: sea)
    let role = { (user: User, dataset: String) async throws in
      try await database.role(of: session(of: user), forDataset: dataset, ofTeam: "ice")
    }
    #expect(try await role(ada, "bed") == .reader)
    #expect(try await role(ada, "surface") == nil, "another dataset of the team")
    #expect(try await role(eve, "bed") == nil, "a member of neither")
    #expect(try await database.role(of: session(of: ada), inTeam: "ice") == nil)
    #expect(try await database.grants(to: ada).map(\.item) == ["bed"])
    #expect(try await database.grants(to: eve).isEmpty)
    try await database.grant(.editor, on: "bed", of: ice, to: sea)
    #expect(try await role(ada, "bed") == .editor)
    #expect(try await database.grants(of: ice).map(\.role) == [.editor])
    try await database.revoke("bed", of: ice, from: sea)
    #expect(try await role(ada, "bed") == nil)
  }

  @Test func aTeamKeepsAnOwner() async throws {
    let owner = try await database.addUser("owner", title: "Owner")
    let team = try await database.addTeam("ice", title: "Ice", owner: owner)
    await #expect(throws: TeamsError.self) { try await database.remove(owner, from: team) }
    await #expect(throws: TeamsError.self) {
      try await database.setRole(.editor, of: owner, in: team)
    }
    #expect(try await database.members(of: team).map(\.role) == [.owner])
    let ada = try await database.addUser("ada", title: "Ada")
    try await database.setRole(.owner, of: ada, in: team)
    try await database.remove(owner, from: team)
    #expect(try await database.members(of: team).map(\.user.name) == ["ada"])
  }

  @Test func usersOfAProvider() async throws {
    let first = try await database.user(subject: "https://id|1", wantedName: "ada", title: "Ada")
    let again = try await database.user(subject: "https://id|1", wantedName: "eve", title: "Eve")
    #expect(first != nil)
    #expect(first == again, "the subject decides, not the name")
    let other = try await database.user(subject: "https://id|2", wantedName: "ada", title: "Ada")
    #expect(other?.name == "ada-2", "nobody gets another's account by choosing their name")
  }

  @Test func theAuditLogOfATeam() async throws {
    try await database.record("shared", on: "bed", by: "ada", team: "ice", now: now)
    try await database.record("added a user", on: "eve", by: "admin", now: now)
    #expect(try await database.audit(team: "ice", limit: 9).map(\.action) == ["shared"])
    #expect(try await database.audit(team: nil, limit: 9).map(\.object) == ["eve"])
    #expect(try await database.audit(team: "sea", limit: 9).isEmpty)
  }

  @Test func theLogIsCutAndSaysSo() async throws {
    let most = TeamDatabase.auditStep
    // More than go at once, of a team and of none, in turn with another team's that stay.
    for number in 0..<(most + 3) {
      try await database.record("old", on: "\(number)", by: "ada", team: "ice", now: now - 100)
    }
    try await database.record("old", on: "x", by: "admin", now: now - 1)
    try await database.record("new", on: "y", by: "ada", team: "ice", now: now)
    try await database.record("new", on: "z", by: "ada", team: "sea", now: now)
    try await database.cutAudit(before: now, now: now + 10)
    let ice = try await database.audit(team: "ice", limit: most)
    #expect(ice.map(\.action) == ["removed old entries", "new"])
    // `date -u -d @1800000000`
    #expect(ice.first?.object == "all from before 2027-01-15 08:00")
    #expect(ice.first?.actor == "the server" && ice.first?.at == now + 10)
    #expect(try await database.audit(team: nil, limit: 9).map(\.action) == ["removed old entries"])
    #expect(try await database.audit(team: "sea", limit: 9).map(\.action) == ["new"])
    // One entry says it, however often the log is cut; and where nothing goes it says nothing new.
    try await database.cutAudit(before: now + 1, now: now + 20)
    #expect(try await database.audit(team: "ice", limit: 9).map(\.at) == [now + 20])
    try await database.cutAudit(before: now + 1, now: now + 30)
    #expect(try await database.audit(team: "ice", limit: 9).map(\.at) == [now + 20])
    // A limit in the future is none.
    try await database.cutAudit(before: .max, now: now + 20)
    #expect(try await database.audit(team: "ice", limit: 9).map(\.at) == [now + 20])
  }

  /// Writes down what an error says, and looks whether its kind is that there is too much.
  private func requireFull(_ words: String, _ body: () async throws -> Void) async {
    let error = await #expect(throws: TeamsError.self) { try await body() }
    #expect(error?.kind == .full && error?.reason.contains(words) == true, "\(words)")
  }

  @Test func thereIsNoMoreOfAKindThanMayBe() async throws {
    var limits = TeamLimits()
    (limits.datasets, limits.shares, limits.tokens) = (1, 1, 2)
    let database = try TeamDatabase(path: folder.path + "/few.sqlite", limits: limits)
    let ada = try await database.addUser("ada", title: "Ada")
    let ice = try await database.addTeam("ice", title: "Ice", owner: ada)
    let sea = try await database.addTeam("sea", title: "Sea", owner: ada)
    func token(_ lifetime: Int64, at time: Int64) async throws {
      _ = try await database.addToken(
        for: ada, label: "", scope: .read, lifetime: lifetime, now: time)
    }
    try await token(10, at: now)
    try await token(1000, at: now)
    await requireFull("2 tokens") { try await token(10, at: now + 9) }
    // What has expired makes room.
    try await token(10, at: now + 10)
    #expect(try await database.tokens(of: ada, now: now).count == 2)

    try await database.grant(.reader, on: "bed", of: ice, to: sea)
    await requireFull("shares 1") {
      try await database.grant(.reader, on: "a.txt", kind: .files, of: ice, to: sea)
    }
    // A share that is there can be changed, and another team has its own number.
    try await database.grant(.editor, on: "bed", of: ice, to: sea)
    try await database.grant(.reader, on: "bed", of: sea, to: ice)

    try await database.setCubeSource(
      try CubeSource(dataset: "bed", title: "", path: "cubes/a"), of: ice)
    await requireFull("1 datasets") {
      try await database.setCubeSource(
        try CubeSource(dataset: "top", title: "", path: "cubes/a"), of: ice)
    }
    try await database.setCubeSource(
      try CubeSource(dataset: "bed", title: "", path: "cubes/b"), of: ice)
  }

  @Test func oneSessionTooManyEndsTheOldest() async throws {
    var limits = TeamLimits()
    limits.sessions = 2
    let database = try TeamDatabase(path: folder.path + "/few.sqlite", limits: limits)
    let ada = try await database.addUser("ada", title: "Ada")
    let eve = try await database.addUser("eve", title: "Eve")
    var secrets: [String] = []
    for (user, time) in [(ada, 0), (eve, 1), (ada, 2), (ada, 3)] as [(User, Int64)] {
      secrets.append(try await database.beginSession(of: user, lifetime: 60, now: now + time))
    }
    var live: [Bool] = []
    for secret in secrets {
      live.append(try await database.principal(session: secret, now: now + 4) != nil)
    }
    #expect(live == [false, true, true, true])
  }

  @Test func aDatabaseIsOpenedAgain() async throws {
    try await database.addUser("ada", title: "Ada")
    let again = try TeamDatabase(path: folder.path + "/test.sqlite")
    #expect(try await again.users().map(\.name) == ["ada"])
  }

  @Test func whatIsNoDatabase() throws {
    let path = folder.path + "/text.sqlite"
    try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: TeamsError.self) { try TeamDatabase(path: path) }
    #expect(error?.reason.contains("damaged or no database") == true)
    #expect(throws: TeamsError.self) { try TeamDatabase(path: folder.path + "/none/at/all") }
  }

  @Test func backUpDoesNotOverwrite() async throws {
    try await database.addUser("ada", title: "Ada")
    let path = folder.path + "/copy.sqlite"
    try await database.backUp(to: path)
    #expect(try await TeamDatabase(path: path).users().map(\.name) == ["ada"])
    await #expect(throws: TeamsError.self) { try await database.backUp(to: path) }
  }

  @Test func aDatabaseOfAnEarlierVersionIsBroughtToTheNewestForm() async throws {
    let path = folder.path + "/old.sqlite"
    let pool = try DatabasePool(path: path)
    try Schema.migrator.migrate(pool, upTo: "users, teams and grants")
    try await pool.write { database in
      try database.execute(
        sql: """
          INSERT INTO user (id, name, title) VALUES (1, 'ada', 'Ada');
          INSERT INTO team (id, name, title) VALUES (1, 'ice', 'Ice'), (2, 'sea', 'Sea');
          INSERT INTO member (team, user, role) VALUES (2, 1, 'owner');
          INSERT INTO dataset_grant (team, dataset, to_team, role) VALUES (1, 'bed', 2, 'reader');
          """)
    }
    try pool.close()
    let old = try TeamDatabase(path: path)
    let ada = try #require(try await old.user(named: "ada"))
    let grants = try await old.grants(to: ada)
    #expect(grants.map(\.item) == ["bed"] && grants.map(\.kind) == [.dataset])
    let principal = Principal(user: ada, scope: nil, formSecret: nil)
    #expect(try await old.role(of: principal, forDataset: "bed", ofTeam: "ice") == .reader)
  }

  @Test func sharedFolders() async throws {
    let ada = try await database.addUser("ada", title: "Ada")
    let eve = try await database.addUser("eve", title: "Eve")
    let ice = try await database.addTeam("ice", title: "Ice", owner: eve)
    let sea = try await database.addTeam("sea", title: "Sea", owner: ada)
    try await database.grant(.reader, on: "models/", kind: .files, of: ice, to: sea)
    try await database.grant(.editor, on: "notes/a.txt", kind: .files, of: ice, to: sea)
    let principal = try await session(of: ada)
    for (path, role) in [
      ("models/a.pt", Role.reader), ("models/b/c", .reader), ("models", nil), ("modelsx/a", nil),
      ("notes/a.txt", .editor), ("notes/a.txt2", nil), ("notes/", nil), ("", nil),
    ] as [(String, Role?)] {
      #expect(
        try await database.role(of: principal, for: path, kind: .files, ofTeam: "ice") == role,
        "\(path)")
      #expect(
        try await database.role(of: principal, for: path, kind: .places, ofTeam: "ice") == nil)
    }
    await #expect(throws: TeamsError.self) {
      try await database.grant(.reader, on: "../", kind: .files, of: ice, to: sea)
    }
  }
}
