// All visible pairs of a plant and its operator.
//
// Params:
//   valid_at: STRING           lens: day in the world
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   factory_id: STRING
//   operator_id: STRING

MATCH (f:Holder)-[r:OPERATED_BY]->(s:Holder)
WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
  AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
  AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
RETURN DISTINCT f.holder_id AS factory_id, s.holder_id AS operator_id
