// Ids of regions of the reference data, and of those that use a contract under a lens.
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

MATCH (n:Region)
WHERE n.region_id > $after AND (n.body IS NOT NULL OR EXISTS {
  MATCH (n)-[r:USES]->()
  WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
    AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
    AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
})
RETURN n.region_id AS id
ORDER BY id
SKIP $skip
LIMIT $limit
