// The documents behind claims that reference data describe; of given ones.
//
// Params:
//   ids: LIST<STRING>   source ids, each once
// Returns:
//   id: STRING
//   body: STRING   JSON

UNWIND $ids AS id
MATCH (n:Source {source_id: id})
WHERE n.body IS NOT NULL
RETURN n.source_id AS id, n.body AS body
