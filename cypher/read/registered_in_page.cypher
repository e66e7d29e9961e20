// A page of all REGISTERED_IN claims, by claim key and version.
//
// Params:
//   after: STRING    last claim key of the page before; empty: the first page
//   limit: INTEGER
// Returns:
//   claim: LIST<ANY>   claim_id, claim_key, version, grade, valid_to, share_low, share_high, confidence, attributes,
//                      recorded_at, retracted_at, change_set

MATCH ()-[r:REGISTERED_IN]->()
WHERE r.claim_key > $after
WITH r
ORDER BY r.claim_key, r.version
LIMIT $limit
RETURN [r.claim_id, r.claim_key, r.version, r.grade, r.valid_to, r.share_low, r.share_high, r.confidence,
        r.attributes, r.recorded_at, r.retracted_at, r.change_set] AS claim
