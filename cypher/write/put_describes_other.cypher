// Record DESCRIBES claims of items, products, regions, categories and countries.
//
// Params:
//   rows: LIST<MAP>   as in put_describes_holder, and end_label

UNWIND $rows AS row
MATCH (a:Source {source_id: row.start})
CALL (row) {
  MATCH (b:Item {item_id: row.end})
  WHERE row.end_label = 'Item'
  RETURN b
  UNION ALL
  MATCH (b:Region {region_id: row.end})
  WHERE row.end_label = 'Region'
  RETURN b
  UNION ALL
  MATCH (b:Category {category_id: row.end})
  WHERE row.end_label = 'Category'
  RETURN b
  UNION ALL
  MATCH (b:Country {country_id: row.end})
  WHERE row.end_label = 'Country'
  RETURN b
  UNION ALL
  MATCH (b:Product {product_id: row.end})
  WHERE row.end_label = 'Product'
  RETURN b
  UNION ALL
  MATCH (b:Source {source_id: row.end})
  WHERE row.end_label = 'Source'
  RETURN b
}
MERGE (a)-[r:DESCRIBES {claim_id: row.claim_id}]->(b)
ON CREATE SET r.claim_key = row.claim_key, r.version = row.version, r.grade = row.grade,
  r.table = split(row.claim_key, '|')[0], r.source_id = split(row.claim_key, '|')[4],
  r.valid_from = split(row.claim_key, '|')[5], r.visibility = split(row.claim_key, '|')[6],
  r.qualifier = split(row.claim_key, '|')[7], r.valid_to = coalesce(row.valid_to, '9999-12-31'),
  r.share_low = coalesce(row.share_low, 0.0), r.share_high = coalesce(row.share_high, 1.0),
  r.confidence = row.confidence, r.attributes = row.attributes, r.recorded_at = row.recorded_at,
  r.retracted_at = coalesce(row.retracted_at, '9999-12-31T00:00:00Z'), r.change_set = row.change_set,
  r.search = row.search, r += coalesce(row.stated, {})
