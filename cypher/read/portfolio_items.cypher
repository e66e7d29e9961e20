// All items, each with the visible goods claims that leave it and the visible offers of it.
//
// Params:
//   valid_at: STRING           lens: day in the world
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   item_id: STRING
//   at_factory: BOOLEAN       whether its holder is a factory
//   goods: LIST<LIST<ANY>>    type, other end, grade, recorded_at, share_low, share_high
//   offers: LIST<LIST<ANY>>   grade, recorded_at, sourcing, source_count

MATCH (i:Item)
RETURN i.item_id AS item_id, i.at_factory AS at_factory,
       COLLECT {
         MATCH (i)-[e:SUPPLIES|BECOMES|DELIVERED_UNDER]->(j)
         WHERE e.valid_from <= $valid_at AND e.valid_to > $valid_at
           AND e.recorded_at <= $known_at AND e.retracted_at > $held_at
           AND e.visibility IN $visible_to AND e.grade IN $grades AND e.change_set <= $finished
         RETURN [type(e), coalesce(j.item_id, j.contract_id), e.grade, e.recorded_at, e.share_low, e.share_high]
       } AS goods,
       COLLECT {
         MATCH (i)<-[o:OFFERS]-()
         WHERE o.valid_from <= $valid_at AND o.valid_to > $valid_at
           AND o.recorded_at <= $known_at AND o.retracted_at > $held_at
           AND o.visibility IN $visible_to AND o.grade IN $grades AND o.change_set <= $finished
         RETURN [o.grade, o.recorded_at, o.sourcing, o.source_count]
       } AS offers
