// Record DESCRIBES claims of holders. A claim that is there already stays as it is.
//
// Params:
//   rows: LIST<MAP>   as in put_offers, and search (what find looks at, case folded)

UNWIND $rows AS row
MATCH (a:Source {source_id: row.start})
MATCH (b:Holder {holder_id: row.end})
MERGE (a)-[r:DESCRIBES {claim_id: row.claim_id}]->(b)
ON CREATE SET r.claim_key = row.claim_key, r.version = row.version, r.table = row.table, r.source_id = row.source_id,
  r.grade = row.grade, r.visibility = row.visibility, r.valid_from = row.valid_from, r.valid_to = row.valid_to,
  r.share_low = row.share_low, r.share_high = row.share_high, r.confidence = row.confidence,
  r.qualifier = row.qualifier, r.attributes = row.attributes, r.recorded_at = row.recorded_at,
  r.retracted_at = row.retracted_at, r.change_set = row.change_set,
  r.search = row.search, r += row.stated
