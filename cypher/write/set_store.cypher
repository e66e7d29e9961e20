// Set the state of the store; see store_state.
//
// Params:
//   state: STRING
//   finished: INTEGER
//   open: INTEGER
//   open_recorded_at: STRING
//   last_number: INTEGER
//   last_recorded_at: STRING
//   settled_at: STRING

MATCH (s:Store {name: 'tracegraph'})
SET s.state = $state, s.finished = $finished, s.open = $open, s.open_recorded_at = $open_recorded_at,
  s.last_number = $last_number, s.last_recorded_at = $last_recorded_at, s.settled_at = $settled_at
