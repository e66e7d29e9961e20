// The newest version of each of some records, retracted or not.
//
// Params:
//   rows: LIST<MAP>   kind, id; each record once
// Returns:
//   kind: STRING
//   id: STRING
//   version: INTEGER
//   body: STRING           JSON
//   recorded_at: STRING
//   visibility: STRING
//   retracted_at: STRING
//   due_at: STRING         null: never due
//   digest: STRING
//   change_set: INTEGER    null: none recorded it

UNWIND $rows AS row
MATCH (n:Record)
WHERE n.kind = row.kind AND n.id = row.id
WITH row, n
ORDER BY n.version DESC
WITH row, collect(n)[0] AS n
RETURN n.kind AS kind, n.id AS id, n.version AS version, n.body AS body, n.recorded_at AS recorded_at,
       n.visibility AS visibility, n.retracted_at AS retracted_at, n.due_at AS due_at, n.digest AS digest,
       n.change_set AS change_set
