// End the claims that were noted as replaced.

MATCH (n:Replaced)
MATCH ()-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES {claim_id: n.claim_id}]->()
SET r.retracted_at = n.retracted_at
DELETE n
