// Visible claims, by claim id.
//
// Params:
//   ids: LIST<STRING>          claim ids, each once
//   valid_at: STRING           lens: day in the world
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   claim: LIST<ANY>   claim_id, claim_key, version, grade, valid_to, share_low, share_high, confidence, attributes,
//                      recorded_at, retracted_at, change_set

UNWIND $ids AS id
MATCH ()-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES {claim_id: id}]->()
WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
  AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
  AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
RETURN [r.claim_id, r.claim_key, r.version, r.grade, r.valid_to, r.share_low, r.share_high, r.confidence,
        r.attributes, r.recorded_at, r.retracted_at, r.change_set] AS claim
