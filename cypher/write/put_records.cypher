// Write versions of records. A version that is there already stays as it is.
//
// Params:
//   rows: LIST<MAP>   kind, id, version, body (JSON), recorded_at, visibility, retracted_at, digest; where there is one:
//                     due_at, change_set

UNWIND $rows AS row
MERGE (n:Record {kind: row.kind, id: row.id, version: row.version})
ON CREATE SET n.body = row.body, n.recorded_at = row.recorded_at, n.visibility = row.visibility,
  n.retracted_at = row.retracted_at, n.due_at = row.due_at, n.digest = row.digest, n.change_set = row.change_set
