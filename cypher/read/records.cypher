// All versions of records, retracted ones too; of a kind, and of one record, where given.
//
// Params:
//   kind: STRING   null: of every kind
//   id: STRING     null: of every record
// Returns:
//   kind: STRING
//   id: STRING
//   version: INTEGER
//   body: STRING           JSON
//   recorded_at: STRING
//   visibility: STRING
//   retracted_at: STRING
//   digest: STRING
//   change_set: INTEGER

MATCH (n:Record)
WHERE ($kind IS NULL OR n.kind = $kind) AND ($id IS NULL OR n.id = $id)
RETURN n.kind AS kind, n.id AS id, n.version AS version, n.body AS body, n.recorded_at AS recorded_at,
       n.visibility AS visibility, n.retracted_at AS retracted_at, n.digest AS digest, n.change_set AS change_set
