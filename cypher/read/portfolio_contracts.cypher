// All contracts that a visible row names, and the sourcing that the row states.
//
// Params:
//   valid_at: STRING           lens: day in the world
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   contract_id: STRING     several times where several rows name it
//   grade: STRING
//   recorded_at: STRING
//   sourcing: STRING        null: not stated
//   source_count: INTEGER   null: not stated

MATCH (c:Contract)<-[r:DESCRIBES]-()
WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
  AND r.recorded_at <= $known_at AND r.retracted_at > $held_at
  AND r.visibility IN $visible_to AND r.grade IN $grades AND r.change_set <= $finished
RETURN c.contract_id AS contract_id, r.grade AS grade, r.recorded_at AS recorded_at, r.sourcing AS sourcing,
       r.source_count AS source_count
