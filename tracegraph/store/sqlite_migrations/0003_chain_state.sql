-- By visibility: the last finished change set that touched the chain (anything but names of suppliers), and the last
-- moment at which a claim of such a change set becomes known or ends. What was computed of a chain holds until then.
CREATE TABLE chain_state (
    visibility_pk INTEGER PRIMARY KEY REFERENCES word (pk),
    change_set INTEGER NOT NULL REFERENCES change_set (number),
    settled_at INTEGER NOT NULL
);
INSERT INTO chain_state (visibility_pk, change_set, settled_at)
    SELECT visibility_pk, max(change_set), (SELECT coalesce(max(settled_at), 0) FROM change_set) FROM touched
    GROUP BY visibility_pk;
