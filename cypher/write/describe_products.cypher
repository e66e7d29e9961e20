// Write what reference data say of products; the newest wins.
//
// Params:
//   rows: LIST<MAP>   id, properties (the id, the record's fields for reading, and body, the record as JSON)

UNWIND $rows AS row
MERGE (n:Product {product_id: row.id})
SET n = row.properties
