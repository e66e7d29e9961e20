// By visibility: the last finished change set that touched the chain, and when its claims are settled.
//
// Params:
//   visible_to: LIST<STRING>   visibilities
// Returns:
//   visibility: STRING
//   change_set: INTEGER   number of the last one
//   settled_at: STRING    the last moment at which a claim of such a change set becomes known or ends; empty: not noted

MATCH (c:ChangeSet)
WHERE c.state = 'finished' AND coalesce(c.is_chain, true) AND any(v IN c.visibilities WHERE v IN $visible_to)
UNWIND c.visibilities AS visibility
WITH visibility, max(c.number) AS change_set, max(coalesce(c.settled_at, '')) AS settled_at
WHERE visibility IN $visible_to
RETURN visibility AS visibility, change_set AS change_set, settled_at AS settled_at
ORDER BY visibility
