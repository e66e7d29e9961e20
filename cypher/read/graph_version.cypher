// Number of finished change sets that touched something of given visibilities.
//
// Params:
//   visible_to: LIST<STRING>   visibilities
// Returns:
//   version: INTEGER

MATCH (c:ChangeSet)
WHERE c.state = 'finished' AND any(v IN c.visibilities WHERE v IN $visible_to)
RETURN count(c) AS version
