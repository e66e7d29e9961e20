// Delete some nodes without claims: takes back a restore that failed.
//
// Params:
//   limit: INTEGER   at most this many
// Returns:
//   deleted: INTEGER

MATCH (n)
WHERE NOT n:Migration AND NOT n:Store
WITH n
LIMIT $limit
DELETE n
RETURN count(n) AS deleted
