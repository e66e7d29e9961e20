// Delete some claims, of whatever kind: takes back a restore that failed.
//
// Params:
//   limit: INTEGER   at most this many
// Returns:
//   deleted: INTEGER

MATCH ()-[r]->()
WITH r
LIMIT $limit
DELETE r
RETURN count(r) AS deleted
