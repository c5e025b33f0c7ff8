internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Teams

/// The fields of an HTML form.
struct Form: Sendable {
  private let fields: [String: String]

  init(fields: [String: String]) { self.fields = fields }

  /// Reads the body of a request (`application/x-www-form-urlencoded`).
  ///
  /// - Throws: 413 for a body over the limit, 400 for one that is no form.
  init(_ request: Request, limit: Int) async throws {
    let body = try await request.body.collect(upTo: limit)
    fields = Dictionary(
      try FormText.pairs(String(buffer: body)).map { ($0.name, $0.value) }
    ) { _, last in last }
  }

  /// The text of a field without blanks around it; empty where there is none.
  func text(_ name: String) -> String {
    (fields[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The text of a field; `nil` where the form does not have it.
  func value(_ name: String) -> String? { fields[name] }

  /// A field exactly as it was typed, for passwords.
  func exactText(_ name: String) -> String { fields[name] ?? "" }

  /// Whether the form was made by a page that the same session asked for.
  ///
  /// - Throws: 403 where it was not.
  func requireSecret(of principal: Principal) throws {
    guard let secret = principal.formSecret, exactText("form") == secret else {
      throw HTTPError(
        .forbidden, message: "The form is from an earlier session: go back, reload and try again.")
    }
  }
}
