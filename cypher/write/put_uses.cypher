// Record USES claims between nodes that are there. A claim that is there already stays as it is.
//
// Params:
//   rows: LIST<MAP>   start, end (ids), claim_id, claim_key, version, grade, recorded_at, change_set; where stated:
//                     valid_to, share_low, share_high, confidence, attributes (JSON), stated (attributes for
//                     reading), retracted_at

UNWIND $rows AS row
MATCH (a:Region {region_id: row.start})
MATCH (b:Contract {contract_id: row.end})
MERGE (a)-[r:USES {claim_id: row.claim_id}]->(b)
ON CREATE SET r.claim_key = row.claim_key, r.version = row.version, r.grade = row.grade,
  r.table = split(row.claim_key, '|')[0], r.source_id = split(row.claim_key, '|')[4],
  r.valid_from = split(row.claim_key, '|')[5], r.visibility = split(row.claim_key, '|')[6],
  r.qualifier = split(row.claim_key, '|')[7], r.valid_to = coalesce(row.valid_to, '9999-12-31'),
  r.share_low = coalesce(row.share_low, 0.0), r.share_high = coalesce(row.share_high, 1.0),
  r.confidence = row.confidence, r.attributes = row.attributes, r.recorded_at = row.recorded_at,
  r.retracted_at = coalesce(row.retracted_at, '9999-12-31T00:00:00Z'), r.change_set = row.change_set
