// Ids of contracts that are described under a lens; its grades are all.
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

MATCH (c:Contract)
WHERE c.contract_id > $after AND EXISTS {
  MATCH (c)<-[r:DESCRIBES]-()
  WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
    AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
    AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
}
RETURN c.contract_id AS id
ORDER BY id
SKIP $skip
LIMIT $limit
