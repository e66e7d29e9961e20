// One entry of the journal.
//
// Params:
//   number: INTEGER   of the change set
// Returns:
//   number: INTEGER
//   description: STRING
//   recorded_at: STRING
//   state: STRING                open or finished
//   digest: STRING
//   visibilities: LIST<STRING>   sorted
//   counts: STRING               JSON
//   done: INTEGER                statements written while it is open
//   settled_at: STRING           when the last claim that it wrote or ended becomes known or ends; empty: none

MATCH (c:ChangeSet {number: $number})
RETURN c.number AS number, c.description AS description, c.recorded_at AS recorded_at, c.state AS state,
       c.digest AS digest, c.visibilities AS visibilities, c.counts AS counts, c.done AS done,
       coalesce(c.settled_at, '') AS settled_at
