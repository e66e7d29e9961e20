// A page of all holders, by id.
//
// Params:
//   after: STRING    last id of the page before; empty: the first page
//   limit: INTEGER
// Returns:
//   id: STRING
//   is_factory: BOOLEAN

MATCH (n:Holder)
WHERE n.holder_id > $after
RETURN n.holder_id AS id, n:Factory AS is_factory
ORDER BY id
LIMIT $limit
