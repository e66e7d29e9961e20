// Claims not retracted that enter items and contracts, whatever their visibility: for the checks of an import.
//
// Params:
//   ids: LIST<STRING>       item and contract ids, each once
//   not_retracted: STRING   the sentinel
// Returns:
//   claim: LIST<ANY>   claim_id, claim_key, version, grade, valid_to, share_low, share_high, confidence, attributes,
//                      recorded_at, retracted_at, change_set

UNWIND $ids AS id
CALL (id) {
  MATCH (:Item {item_id: id})<-[r:OFFERS|SUPPLIES|BECOMES]-()
  RETURN r
  UNION ALL
  MATCH (:Contract {contract_id: id})<-[r:DELIVERED_UNDER|DESCRIBES]-()
  RETURN r
}
WITH r
WHERE r.retracted_at = $not_retracted
RETURN [r.claim_id, r.claim_key, r.version, r.grade, r.valid_to, r.share_low, r.share_high, r.confidence,
        r.attributes, r.recorded_at, r.retracted_at, r.change_set] AS claim
