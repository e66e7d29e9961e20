// Make products that are not there yet.
//
// Params:
//   ids: LIST<STRING>   ids, each once

UNWIND $ids AS id
MERGE (n:Product {product_id: id})
