// Set when versions of records end; they are no longer due.
//
// Params:
//   rows: LIST<MAP>   kind, id, version, retracted_at

UNWIND $rows AS row
MATCH (n:Record {kind: row.kind, id: row.id, version: row.version})
SET n.retracted_at = row.retracted_at, n.due_at = null
