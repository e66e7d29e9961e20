// Make items that are not there yet.
//
// Params:
//   rows: LIST<MAP>   item_id, holder_id, product_id, at_factory; each item once

UNWIND $rows AS row
MERGE (n:Item {item_id: row.item_id})
ON CREATE SET n.holder_id = row.holder_id, n.product_id = row.product_id, n.at_factory = row.at_factory
