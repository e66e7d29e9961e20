// How many versions of records there are of each kind.
//
// Returns:
//   name: STRING      kind
//   number: INTEGER

MATCH (n:Record)
RETURN n.kind AS name, count(n) AS number
