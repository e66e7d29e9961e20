// The regions of the reference data.
//
// Returns:
//   id: STRING
//   body: STRING   JSON

MATCH (n:Region)
WHERE n.body IS NOT NULL
RETURN n.region_id AS id, n.body AS body
