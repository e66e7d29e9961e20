// Note that a migration was applied, and make the store's own node with the first.
//
// Params:
//   number: INTEGER
//   name: STRING
//   checksum: STRING   of its statements

MERGE (m:Migration {number: $number})
ON CREATE SET m.name = $name, m.checksum = $checksum
MERGE (s:Store {name: 'tracegraph'})
ON CREATE SET s.state = 'ready', s.finished = 0, s.open = 0, s.open_recorded_at = '', s.last_number = 0,
  s.last_recorded_at = '', s.settled_at = ''
SET s.schema_version = $number
