// Wait for the one writer before us, and lock the store until the transaction ends; columns as in store_state.
//
// Returns:
//   state: STRING
//   schema_version: INTEGER
//   finished: INTEGER
//   open: INTEGER
//   open_recorded_at: STRING
//   last_number: INTEGER
//   last_recorded_at: STRING
//   settled_at: STRING

MATCH (s:Store {name: 'tracegraph'})
SET s.locked = true
WITH s
RETURN s.state AS state, s.schema_version AS schema_version, s.finished AS finished, s.open AS open,
       s.open_recorded_at AS open_recorded_at, s.last_number AS last_number, s.last_recorded_at AS last_recorded_at,
       s.settled_at AS settled_at
