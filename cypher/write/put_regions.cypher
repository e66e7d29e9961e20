// Make regions that are not there yet.
//
// Params:
//   ids: LIST<STRING>   ids, each once

UNWIND $ids AS id
MERGE (n:Region {region_id: id})
