// The migrations of the schema that were applied.
//
// Returns:
//   number: INTEGER
//   name: STRING
//   checksum: STRING   of its statements

MATCH (m:Migration)
RETURN m.number AS number, m.name AS name, m.checksum AS checksum
ORDER BY number
