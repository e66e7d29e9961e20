// State of the store: of its schema, and of the change sets. No row: there is no schema yet.
//
// Returns:
//   state: STRING              ready, or restoring while a restore is under way or after it was cut short
//   schema_version: INTEGER    number of the last migration applied
//   finished: INTEGER          highest number of a finished change set; 0: none
//   open: INTEGER              number of the unfinished change set; 0: none
//   open_recorded_at: STRING   its time; empty: none
//   last_number: INTEGER       highest number of any change set; 0: none
//   last_recorded_at: STRING   time of the last change set; empty: none
//   settled_at: STRING         when the last claim of a finished change set becomes known or ends; empty: none

MATCH (s:Store {name: 'tracegraph'})
RETURN s.state AS state, s.schema_version AS schema_version, s.finished AS finished, s.open AS open,
       s.open_recorded_at AS open_recorded_at, s.last_number AS last_number, s.last_recorded_at AS last_recorded_at,
       s.settled_at AS settled_at
