// Delete all that is kept of records.
//
// Params:
//   rows: LIST<MAP>   kind, id

UNWIND $rows AS row
MATCH (n:Record)
WHERE n.kind = row.kind AND n.id = row.id
DELETE n
