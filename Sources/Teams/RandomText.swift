/// Random texts that others cannot guess, and their digests, for what is not kept in the database.
public enum RandomText {
  /// 256 random bits in base64url.
  public static func make() throws(TeamsError) -> String { try Secrets.make(prefix: "") }

  /// The SHA-256 of a text in base64url without padding, as PKCE sends it (RFC 7636, section 4.2).
  public static func digest(_ text: String) -> String { Secrets.base64URL(Secrets.hash(text)) }
}
