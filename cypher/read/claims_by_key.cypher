// All versions of claims, by claim key.
//
// Params:
//   keys: LIST<STRING>   claim keys, each once
// Returns:
//   claim: LIST<ANY>   claim_id, claim_key, version, grade, valid_to, share_low, share_high, confidence, attributes,
//                      recorded_at, retracted_at, change_set

UNWIND $keys AS key
MATCH ()-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES {claim_key: key}]->()
RETURN [r.claim_id, r.claim_key, r.version, r.grade, r.valid_to, r.share_low, r.share_high, r.confidence,
        r.attributes, r.recorded_at, r.retracted_at, r.change_set] AS claim
