// Holders that a visible claim touches, themselves or by one of their items, and the items that exist.
//
// Params:
//   ids: LIST<STRING>          holder ids, each once
//   valid_at: STRING           lens: day in the world
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   holder_id: STRING
//   is_factory: BOOLEAN
//   products: LIST<STRING>   products of its items, in no order

UNWIND $ids AS id
MATCH (h:Holder {holder_id: id})
WITH h,
     COLLECT {
       MATCH (i:Item {holder_id: h.holder_id})
       WHERE EXISTS {
         MATCH (i)-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER]-()
         WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
           AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
           AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
       }
       RETURN i.product_id
     } AS products
WHERE size(products) > 0 OR EXISTS {
  MATCH (h)-[r:OFFERS|OPERATED_BY|LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|DESCRIBES]-()
  WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
    AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
    AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
}
RETURN h.holder_id AS holder_id, h:Factory AS is_factory, products AS products
