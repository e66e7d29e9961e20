// Record LOCATED_IN claims between nodes that are there. A claim that is there already stays as it is.
//
// Params:
//   rows: LIST<MAP>   start, end (ids), a claim's properties, attributes as JSON, stated (attributes for reading)

UNWIND $rows AS row
MATCH (a:Holder {holder_id: row.start})
MATCH (b:Country {country_id: row.end})
MERGE (a)-[r:LOCATED_IN {claim_id: row.claim_id}]->(b)
ON CREATE SET r.claim_key = row.claim_key, r.version = row.version, r.table = row.table, r.source_id = row.source_id,
  r.grade = row.grade, r.visibility = row.visibility, r.valid_from = row.valid_from, r.valid_to = row.valid_to,
  r.share_low = row.share_low, r.share_high = row.share_high, r.confidence = row.confidence,
  r.qualifier = row.qualifier, r.attributes = row.attributes, r.recorded_at = row.recorded_at,
  r.retracted_at = row.retracted_at, r.change_set = row.change_set
