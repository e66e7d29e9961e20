// Set when claims end: the one thing that ever changes on a claim.
//
// Params:
//   rows: LIST<MAP>   claim_id, retracted_at; each claim once

UNWIND $rows AS row
MATCH ()-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES {claim_id: row.claim_id}]->()
SET r.retracted_at = row.retracted_at
