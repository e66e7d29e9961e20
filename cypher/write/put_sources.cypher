// Make sources that are not there yet.
//
// Params:
//   ids: LIST<STRING>   ids, each once

UNWIND $ids AS id
MERGE (n:Source {source_id: id})
