// Records by id, those that are due, and those of a change set.
CREATE INDEX record_id IF NOT EXISTS FOR (n:Record) ON (n.kind, n.id)
CREATE INDEX record_due IF NOT EXISTS FOR (n:Record) ON (n.kind, n.due_at)
CREATE INDEX record_change_set IF NOT EXISTS FOR (n:Record) ON (n.change_set)
