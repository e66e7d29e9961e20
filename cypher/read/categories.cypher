// The categories of the reference data.
//
// Returns:
//   id: STRING
//   body: STRING   JSON

MATCH (n:Category)
WHERE n.body IS NOT NULL
RETURN n.category_id AS id, n.body AS body
