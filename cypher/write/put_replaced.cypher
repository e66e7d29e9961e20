// Note which claims the unfinished change set replaces before its own time: they end when it is finished.
//
// Params:
//   rows: LIST<MAP>   claim_id, retracted_at; each claim once

UNWIND $rows AS row
MERGE (n:Replaced {claim_id: row.claim_id})
SET n.retracted_at = row.retracted_at
