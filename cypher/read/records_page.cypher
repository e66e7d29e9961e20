// A page of the newest versions, unless retracted, of the records of a kind, in the order of ids.
//
// Params:
//   kind: STRING
//   first: STRING    ids from this one on
//   after: STRING    but not this one
//   beyond: STRING   and before this one
//   limit: INTEGER   at most this many
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
WHERE n.kind = $kind AND n.id >= $first AND n.id < $beyond AND n.id <> $after
  AND n.retracted_at = '9999-12-31T00:00:00Z'
  AND NOT EXISTS { MATCH (m:Record) WHERE m.kind = n.kind AND m.id = n.id AND m.version > n.version }
RETURN n.kind AS kind, n.id AS id, n.version AS version, n.body AS body, n.recorded_at AS recorded_at,
       n.visibility AS visibility, n.retracted_at AS retracted_at, n.due_at AS due_at, n.digest AS digest,
       n.change_set AS change_set
ORDER BY kind, id
LIMIT $limit
