// The documents behind claims that reference data describe.
//
// Returns:
//   id: STRING
//   body: STRING   JSON

MATCH (n:Source)
WHERE n.body IS NOT NULL
RETURN n.source_id AS id, n.body AS body
