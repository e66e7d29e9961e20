// Make contracts that are not there yet.
//
// Params:
//   ids: LIST<STRING>   contract ids, each once

UNWIND $ids AS id
MERGE (n:Contract {contract_id: id})
ON CREATE SET n.search = toLower(id)
