// Ids of suppliers, or of factories, that exist under a lens: a visible claim touches them or one of their items.
//
// Params:
//   is_factory: BOOLEAN        factories, else suppliers
//   after: STRING              ids after this one
//   skip: INTEGER              without the first so many
//   limit: INTEGER
//   valid_at: STRING           lens: day in the world
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   id: STRING

MATCH (h:Holder)
WHERE h.holder_id > $after AND h:Factory = $is_factory AND (
  EXISTS {
    MATCH (h)-[r:OFFERS|OPERATED_BY|LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|DESCRIBES]-()
    WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
      AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
      AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
  }
  OR EXISTS {
    MATCH (i:Item {holder_id: h.holder_id})-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER]-()
    WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
      AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
      AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
  }
)
RETURN h.holder_id AS id
ORDER BY id
SKIP $skip
LIMIT $limit
