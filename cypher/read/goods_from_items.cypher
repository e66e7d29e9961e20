// Visible goods claims that leave items: one level of the way downstream.
//
// Params:
//   ids: LIST<STRING>          item ids, each once
//   valid_at: STRING           lens: day in the world
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   item_id: STRING          each once, those without claims too
//   goods: LIST<LIST<ANY>>   type, other end, grade, share_low, share_high, confidence, valid_from, valid_to,
//                            recorded_at, claim_id, source_id

UNWIND $ids AS id
MATCH (i:Item {item_id: id})
RETURN id AS item_id,
       COLLECT {
         MATCH (i)-[e:SUPPLIES|BECOMES|DELIVERED_UNDER]->(j)
         WHERE e.valid_from <= $valid_at AND e.valid_to > $valid_at
           AND e.recorded_at <= $known_at AND e.retracted_at > $held_at
           AND e.visibility IN $visible_to AND e.grade IN $grades AND e.change_set <= $finished
         RETURN [type(e), coalesce(j.item_id, j.contract_id), e.grade, e.share_low, e.share_high, e.confidence,
            e.valid_from, e.valid_to, e.recorded_at, e.claim_id, e.source_id]
       } AS goods
