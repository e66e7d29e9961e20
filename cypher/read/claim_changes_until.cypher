// How many claims came to be known, or ended, until a place, itself included.
//
// Params:
//   at: STRING                 the place: a time
//   id: STRING                 the place: an id among those of the same time
//   any_day: BOOLEAN           whether claims of any day count
//   valid_at: STRING           lens: day in the world; not asked with any_day
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   total: INTEGER

MATCH ()-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES]->()
WHERE r.recorded_at <= $known_at AND r.retracted_at > r.recorded_at
  AND ($any_day OR r.valid_from <= $valid_at AND r.valid_to > $valid_at)
  AND r.visibility IN $visible_to AND (r.grade IN $grades OR type(r) = 'DESCRIBES') AND r.change_set <= $finished
UNWIND [[r.recorded_at, false], [r.retracted_at, true]] AS entry
WITH r, entry[0] AS at, entry[1] AS retracted
WHERE at <= CASE WHEN retracted THEN $held_at ELSE $known_at END
  AND (at < $at OR at = $at AND r.claim_id <= $id)
RETURN count(*) AS total
