// The claims that a change set recorded.
//
// Params:
//   number: INTEGER   of the change set
// Returns:
//   claim: LIST<ANY>   claim_id, claim_key, version, grade, valid_to, share_low, share_high, confidence, attributes,
//                      recorded_at, retracted_at, change_set

MATCH ()-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES {change_set: $number}]->()
RETURN [r.claim_id, r.claim_key, r.version, r.grade, r.valid_to, r.share_low, r.share_high, r.confidence,
        r.attributes, r.recorded_at, r.retracted_at, r.change_set] AS claim
