extension Schema {
  /// The log is cut by its times, and has one entry that says so for each team; what one person has can be counted.
  ///
  /// A place counts against the quota as what its row and its entries in indexes take too: 134 bytes were measured
  /// for points beside their GeoJSON, and a round number is counted.
  static let logAndLimits = """
    CREATE INDEX audit_at ON audit (at);
    CREATE INDEX audit_cut ON audit (team) WHERE action = 'removed old entries';
    CREATE INDEX token_user ON token (user, expires);
    CREATE INDEX session_user ON session (user, expires);
    DROP TRIGGER feature_added;
    CREATE TRIGGER feature_added AFTER INSERT ON feature BEGIN
      INSERT INTO feature_box VALUES (
        new.id, new.west, new.east, new.south, new.north, new.collection, new.collection);
      UPDATE collection SET bytes = bytes + 128 + length(CAST(new.geometry AS BLOB))
        + length(CAST(new.properties AS BLOB)) WHERE id = new.collection;
    END;
    DROP TRIGGER feature_removed;
    CREATE TRIGGER feature_removed AFTER DELETE ON feature BEGIN
      DELETE FROM feature_box WHERE id = old.id;
      UPDATE collection SET bytes = bytes - 128 - length(CAST(old.geometry AS BLOB))
        - length(CAST(old.properties AS BLOB)) WHERE id = old.collection;
    END;
    UPDATE collection SET bytes = bytes
      + 128 * (SELECT count(*) FROM feature WHERE feature.collection = collection.id);
    """
}
