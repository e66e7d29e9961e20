-- Records that no change set wrote, records that are due, and when the claims of a change set are settled.

-- The last moment at which a claim that the change set wrote or ended becomes known or ends; counted up while it is open.
ALTER TABLE change_set ADD COLUMN settled_at INTEGER;
UPDATE change_set SET settled_at = (
    SELECT max(max(c.recorded_at), coalesce(max(c.retracted_at), 0)) FROM claim c WHERE c.change_set = change_set.number
);
UPDATE change_set SET settled_at = max(coalesce(settled_at, 0), (SELECT max(retracted_at) FROM replaced))
    WHERE state = 'open' AND EXISTS (SELECT 1 FROM replaced);
CREATE INDEX change_set_settled ON change_set (settled_at);

-- `due_at` only on the newest version of a record. `change_set` is null unless a change set recorded the version.
CREATE TABLE record_2 (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    retracted_at INTEGER,
    due_at INTEGER,
    visibility TEXT NOT NULL,
    digest TEXT NOT NULL,
    change_set INTEGER REFERENCES change_set (number),
    PRIMARY KEY (kind, id, version)
) WITHOUT ROWID;
INSERT INTO record_2 (kind, id, version, body, recorded_at, retracted_at, visibility, digest, change_set)
    SELECT kind, id, version, body, recorded_at, retracted_at, visibility, digest, change_set FROM record;
DROP TABLE record;
ALTER TABLE record_2 RENAME TO record;
CREATE INDEX record_change_set ON record (change_set) WHERE change_set IS NOT NULL;
CREATE INDEX record_due ON record (kind, due_at, id) WHERE due_at IS NOT NULL;
