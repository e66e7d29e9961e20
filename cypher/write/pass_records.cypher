// Say that records have a next version: those before it are no longer due.
//
// Params:
//   rows: LIST<MAP>   kind, id

UNWIND $rows AS row
MATCH (n:Record)
WHERE n.kind = row.kind AND n.id = row.id AND n.due_at IS NOT NULL
SET n.due_at = null
