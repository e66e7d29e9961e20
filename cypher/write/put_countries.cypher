// Make countries that are not there yet.
//
// Params:
//   ids: LIST<STRING>   ids, each once

UNWIND $ids AS id
MERGE (n:Country {country_id: id})
