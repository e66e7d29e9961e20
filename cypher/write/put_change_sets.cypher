// Write entries of the journal.
//
// Params:
//   rows: LIST<MAP>   number, description, recorded_at, state, digest, visibilities, counts (JSON), done,
//                     settled_at, is_chain (false: it touched names of suppliers alone)

UNWIND $rows AS row
MERGE (c:ChangeSet {number: row.number})
SET c.description = row.description, c.recorded_at = row.recorded_at, c.state = row.state, c.digest = row.digest,
  c.visibilities = row.visibilities, c.counts = row.counts, c.done = row.done, c.settled_at = row.settled_at,
  c.is_chain = row.is_chain
