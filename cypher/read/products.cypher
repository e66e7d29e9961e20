// The products of the reference data.
//
// Returns:
//   id: STRING
//   body: STRING   JSON

MATCH (n:Product)
WHERE n.body IS NOT NULL
RETURN n.product_id AS id, n.body AS body
