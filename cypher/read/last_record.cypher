// The record of a kind with the last id.
//
// Params:
//   kind: STRING
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

MATCH (n:Record)
WHERE n.kind = $kind AND n.id >= ''
RETURN n.kind AS kind, n.id AS id, n.version AS version, n.body AS body, n.recorded_at AS recorded_at,
       n.visibility AS visibility, n.retracted_at AS retracted_at, n.due_at AS due_at, n.digest AS digest,
       n.change_set AS change_set
ORDER BY kind DESC, id DESC
LIMIT 1
