// The journal: change sets, newest first.
//
// Params:
//   limit: INTEGER   at most this many
// Returns:
//   number: INTEGER
//   description: STRING
//   recorded_at: STRING
//   state: STRING                open or finished
//   digest: STRING
//   visibilities: LIST<STRING>   sorted
//   counts: STRING               JSON
//   done: INTEGER                statements written while it is open

MATCH (c:ChangeSet)
RETURN c.number AS number, c.description AS description, c.recorded_at AS recorded_at, c.state AS state,
       c.digest AS digest, c.visibilities AS visibilities, c.counts AS counts, c.done AS done
ORDER BY number DESC
LIMIT $limit
