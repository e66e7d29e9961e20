// Make suppliers that are not there yet. A holder of the other kind with the same id breaks a constraint.
//
// Params:
//   ids: LIST<STRING>   holder ids, each once

UNWIND $ids AS id
MERGE (n:Supplier:Holder {holder_id: id})
ON CREATE SET n.supplier_id = id, n.search = toLower(id)
