-- Everything a store holds. Ids of the outside world are text and stand in `node` and `word` once; all else is integers.
-- Dates are YYYYMMDD, times seconds since 1970; codes of labels and types are in sqlite_codes.py.

-- The journal: one row per change set. `done` counts the statements written while the state is 'open'.
CREATE TABLE change_set (
    number INTEGER PRIMARY KEY,
    description TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'finished')),
    digest TEXT NOT NULL,
    visibilities TEXT NOT NULL,
    counts TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX change_set_open ON change_set (state) WHERE state = 'open';

-- Which visibilities a finished change set touched: a reader's graph version counts them.
CREATE TABLE touched (
    visibility_pk INTEGER NOT NULL REFERENCES word (pk),
    change_set INTEGER NOT NULL REFERENCES change_set (number),
    PRIMARY KEY (visibility_pk, change_set)
) WITHOUT ROWID;

-- Words that recur on claims: visibilities, names of tables, qualifiers.
CREATE TABLE word (
    pk INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
);
INSERT INTO word (pk, text) VALUES (0, ''), (1, 'public'), (2, 'network');

-- `space` is the label, except that suppliers and factories share one: an id is a holder once only.
CREATE TABLE node (
    pk INTEGER PRIMARY KEY,
    space INTEGER NOT NULL,
    label INTEGER NOT NULL,
    id TEXT NOT NULL,
    holder_pk INTEGER REFERENCES node (pk)
);
CREATE UNIQUE INDEX node_id ON node (space, id);
CREATE INDEX node_holder ON node (holder_pk) WHERE holder_pk IS NOT NULL;

-- Products, regions, categories and sources as plain records.
CREATE TABLE reference (
    node_pk INTEGER PRIMARY KEY REFERENCES node (pk),
    body TEXT NOT NULL
);

-- One row is one version of one claim. A share that is not stated is null, and so is the end of a claim that we hold.
-- `first_pk` leads from a later version to the first, whose claim_id follows from the claim key alone.
CREATE TABLE claim (
    pk INTEGER PRIMARY KEY,
    claim_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    first_pk INTEGER REFERENCES claim (pk),
    type INTEGER NOT NULL,
    start_pk INTEGER NOT NULL REFERENCES node (pk),
    end_pk INTEGER NOT NULL REFERENCES node (pk),
    source_pk INTEGER NOT NULL REFERENCES node (pk),
    table_pk INTEGER NOT NULL REFERENCES word (pk),
    qualifier_pk INTEGER NOT NULL REFERENCES word (pk),
    visibility_pk INTEGER NOT NULL REFERENCES word (pk),
    grade INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    retracted_at INTEGER,
    change_set INTEGER NOT NULL REFERENCES change_set (number),
    share_low REAL,
    share_high REAL,
    confidence REAL,
    attributes TEXT
);
CREATE UNIQUE INDEX claim_claim_id ON claim (claim_id);
CREATE UNIQUE INDEX claim_versions ON claim (first_pk, version) WHERE first_pk IS NOT NULL;
CREATE INDEX claim_change_set ON claim (change_set);

-- Goods: everything that the walk and the lens ask for stands in the index, so that reaching never meets the row.
CREATE INDEX goods_down ON claim
    (start_pk, end_pk, type, visibility_pk, grade, valid_from, valid_to, recorded_at, retracted_at, change_set)
    WHERE type < 3;
CREATE INDEX goods_up ON claim
    (end_pk, start_pk, type, visibility_pk, grade, valid_from, valid_to, recorded_at, retracted_at, change_set)
    WHERE type < 3;

-- All other claims, from both ends; the type first, so that one type can be read as a whole.
CREATE INDEX link_down ON claim (start_pk, type) WHERE type > 2;
CREATE INDEX link_up ON claim (type, end_pk) WHERE type > 2;

-- A claim that a change set in the making replaces, and when it will end: applied when the change set is finished.
CREATE TABLE replaced (
    claim_pk INTEGER PRIMARY KEY REFERENCES claim (pk),
    retracted_at INTEGER NOT NULL
);

-- What `find` looks at, case folded: ids (claim_pk 0), and names, aliases and identifiers with the claim that says so.
CREATE TABLE name (
    text TEXT NOT NULL,
    node_pk INTEGER NOT NULL REFERENCES node (pk),
    reason INTEGER NOT NULL,
    claim_pk INTEGER NOT NULL,
    PRIMARY KEY (text, node_pk, reason, claim_pk)
) WITHOUT ROWID;

-- Versioned records that are not claims: an incident's revisions.
CREATE TABLE record (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    retracted_at INTEGER,
    visibility TEXT NOT NULL,
    digest TEXT NOT NULL,
    change_set INTEGER NOT NULL REFERENCES change_set (number),
    PRIMARY KEY (kind, id, version)
) WITHOUT ROWID;
CREATE INDEX record_change_set ON record (change_set);
