// Ids of products of the catalogue, and of those of items that exist under a lens.
//
// Params:
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

CALL () {
  MATCH (p:Product)
  WHERE p.body IS NOT NULL
  RETURN p.product_id AS id
  UNION
  MATCH (i:Item)
  WHERE EXISTS {
    MATCH (i)-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER]-()
    WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
      AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
      AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
  }
  RETURN DISTINCT i.product_id AS id
}
WITH id
WHERE id > $after
RETURN id AS id
ORDER BY id
SKIP $skip
LIMIT $limit
