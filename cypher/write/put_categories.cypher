// Make categories that are not there yet.
//
// Params:
//   ids: LIST<STRING>   ids, each once

UNWIND $ids AS id
MERGE (n:Category {category_id: id})
