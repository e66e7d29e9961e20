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
ON CREATE SET r.claim_key = row.claim_key, r.version = row.version, r.table = row.table, r.source_id = row.source_id,
  r.grade = row.grade, r.visibility = row.visibility, r.valid_from = row.valid_from, r.valid_to = row.valid_to,
  r.share_low = row.share_low, r.share_high = row.share_high, r.confidence = row.confidence,
  r.qualifier = row.qualifier, r.attributes = row.attributes, r.recorded_at = row.recorded_at,
  r.retracted_at = row.retracted_at, r.change_set = row.change_set,
  r.search = row.search, r += row.stated
