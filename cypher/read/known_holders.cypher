// Which of given ids are holders, and of which kind.
//
// Params:
//   ids: LIST<STRING>   holder ids
// Returns:
//   id: STRING
//   is_factory: BOOLEAN

UNWIND $ids AS id
MATCH (n:Holder {holder_id: id})
RETURN id AS id, n:Factory AS is_factory
