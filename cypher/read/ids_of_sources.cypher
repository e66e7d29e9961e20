// Ids of sources of the reference data that a claim of some types names that is visible under a lens.
//
// Params:
//   types: LIST<STRING>        relationship types
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

MATCH ()-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES]->()
WHERE type(r) IN $types
  AND r.valid_from <= $valid_at AND r.valid_to > $valid_at
  AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
  AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
WITH DISTINCT split(r.claim_key, '|')[4] AS source_id
WHERE source_id > $after
MATCH (s:Source {source_id: source_id})
WHERE s.body IS NOT NULL
RETURN s.source_id AS id
ORDER BY id
SKIP $skip
LIMIT $limit
