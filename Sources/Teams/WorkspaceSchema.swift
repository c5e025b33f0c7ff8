extension Schema {
  /// What teams keep: uploads, datasets, files with versions, places; what they share of it, and publish.
  ///
  /// Sizes are in bytes. Names of users are texts: what somebody made stays when they leave.
  static let workspaces = """
    ALTER TABLE team ADD COLUMN quota INTEGER;
    CREATE TABLE upload (
      id TEXT PRIMARY KEY,
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      dataset TEXT NOT NULL,
      title TEXT NOT NULL,
      length INTEGER NOT NULL,
      received INTEGER NOT NULL DEFAULT 0,
      sha256 TEXT,
      state TEXT NOT NULL,
      problem TEXT,
      created INTEGER NOT NULL,
      changed INTEGER NOT NULL,
      created_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX upload_team ON upload (team, created);
    CREATE TABLE dataset (
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      name TEXT NOT NULL,
      title TEXT NOT NULL,
      path TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      variables TEXT NOT NULL,
      created INTEGER NOT NULL,
      created_by TEXT NOT NULL,
      PRIMARY KEY (team, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blob (
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      sha256 TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      PRIMARY KEY (team, sha256)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE file (
      id INTEGER PRIMARY KEY,
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      path TEXT NOT NULL,
      versions INTEGER NOT NULL DEFAULT 0,
      UNIQUE (team, path)
    ) STRICT;
    CREATE TABLE file_version (
      file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,
      number INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      created INTEGER NOT NULL,
      created_by TEXT NOT NULL,
      PRIMARY KEY (file, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX file_version_blob ON file_version (sha256);
    CREATE TABLE collection (
      id INTEGER PRIMARY KEY,
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      name TEXT NOT NULL,
      title TEXT NOT NULL,
      bytes INTEGER NOT NULL DEFAULT 0,
      created INTEGER NOT NULL,
      created_by TEXT NOT NULL,
      UNIQUE (team, name)
    ) STRICT;
    CREATE TABLE feature (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
      geometry TEXT NOT NULL,
      properties TEXT NOT NULL,
      west REAL NOT NULL,
      south REAL NOT NULL,
      east REAL NOT NULL,
      north REAL NOT NULL
    ) STRICT;
    CREATE INDEX feature_collection ON feature (collection, id);
    -- The collection is a dimension of the tree, so that a search goes through one collection only.
    -- Coordinates of the tree are single precision, rounded outwards; numbers below 2^24 stay exact.
    CREATE VIRTUAL TABLE feature_box USING rtree (
      id, west, east, south, north, collection_from, collection_to
    );
    CREATE TRIGGER feature_added AFTER INSERT ON feature BEGIN
      INSERT INTO feature_box VALUES (
        new.id, new.west, new.east, new.south, new.north, new.collection, new.collection);
      UPDATE collection SET bytes = bytes + length(CAST(new.geometry AS BLOB))
        + length(CAST(new.properties AS BLOB)) WHERE id = new.collection;
    END;
    CREATE TRIGGER feature_changed AFTER UPDATE ON feature BEGIN
      UPDATE feature_box SET west = new.west, east = new.east, south = new.south, north = new.north
        WHERE id = new.id;
      UPDATE collection SET bytes = bytes + length(CAST(new.geometry AS BLOB))
        + length(CAST(new.properties AS BLOB)) - length(CAST(old.geometry AS BLOB))
        - length(CAST(old.properties AS BLOB)) WHERE id = new.collection;
    END;
    CREATE TRIGGER feature_removed AFTER DELETE ON feature BEGIN
      DELETE FROM feature_box WHERE id = old.id;
      UPDATE collection SET bytes = bytes - length(CAST(old.geometry AS BLOB))
        - length(CAST(old.properties AS BLOB)) WHERE id = old.collection;
    END;
    CREATE TABLE share (
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      kind TEXT NOT NULL,
      item TEXT NOT NULL,
      to_team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      role TEXT NOT NULL,
      PRIMARY KEY (team, kind, item, to_team)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX share_to ON share (to_team);
    INSERT INTO share (team, kind, item, to_team, role)
      SELECT team, 'dataset', dataset, to_team, role FROM dataset_grant;
    DROP TABLE dataset_grant;
    CREATE TABLE publication (
      id TEXT PRIMARY KEY,
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      dataset TEXT NOT NULL,
      title TEXT NOT NULL,
      summary TEXT NOT NULL,
      licence TEXT NOT NULL,
      requested INTEGER NOT NULL,
      requested_by TEXT NOT NULL,
      published INTEGER,
      published_by TEXT,
      UNIQUE (team, dataset)
    ) STRICT, WITHOUT ROWID;
    """

  /// Datasets that a later upload has replaced, and which content a publication means.
  ///
  /// `until` is the time at which the bytes go; null as long as the public site is made of them.
  /// `public` tells that it is or was: such a version counts against the quota until it goes.
  static let replacedDatasets = """
    ALTER TABLE upload ADD COLUMN replaces INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE replaced_dataset (
      path TEXT PRIMARY KEY,
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      dataset TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      public INTEGER NOT NULL,
      until INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX replaced_dataset_name ON replaced_dataset (team, dataset);
    ALTER TABLE publication ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
    UPDATE publication SET sha256 = coalesce(
      (SELECT sha256 FROM dataset WHERE dataset.team = publication.team
        AND dataset.name = publication.dataset), '');
    """
}
