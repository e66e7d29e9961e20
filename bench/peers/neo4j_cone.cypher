// The whole cone of a factory, the claims of each reached item collected, title and value with each delivery: the best
// single statement for what tracegraph fetches.
//
// Params: factory: STRING, valid_at: STRING, known_at: STRING, visible_to: LIST<STRING>, grades: LIST<STRING>

UNWIND [$factory] AS id
MATCH (start:Item {holder_id: id})
MATCH (start)-[r:SUPPLIES|BECOMES
  WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at AND r.recorded_at <= $known_at
    AND r.retracted_at > $known_at AND r.visibility IN $visible_to AND r.grade IN $grades]->*(i:Item)
WITH DISTINCT i
MATCH (i)-[e:SUPPLIES|BECOMES|DELIVERED_UNDER]->(j)
WHERE e.valid_from <= $valid_at AND e.valid_to > $valid_at AND e.recorded_at <= $known_at
  AND e.retracted_at > $known_at AND e.visibility IN $visible_to AND e.grade IN $grades
OPTIONAL MATCH (j:Contract)<-[d:DESCRIBES]-()
WHERE d.valid_from <= $valid_at AND d.valid_to > $valid_at AND d.recorded_at <= $known_at
  AND d.retracted_at > $known_at AND d.visibility IN $visible_to
RETURN i.item_id AS item,
       collect([type(e), coalesce(j.item_id, j.contract_id), e.grade, e.share_low, e.share_high, e.confidence,
         e.valid_from, e.valid_to, e.recorded_at, e.claim_id, e.source_id, d.title, d.value_sek]) AS claims
