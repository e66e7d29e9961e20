// Which of given ids are contracts, products, regions, categories or sources.
//
// Params:
//   ids: LIST<STRING>   ids
// Returns:
//   id: STRING
//   label: STRING

UNWIND $ids AS id
CALL (id) {
  MATCH (n:Contract {contract_id: id})
  RETURN 'Contract' AS label
  UNION ALL
  MATCH (n:Region {region_id: id})
  RETURN 'Region' AS label
  UNION ALL
  MATCH (n:Category {category_id: id})
  RETURN 'Category' AS label
  UNION ALL
  MATCH (n:Product {product_id: id})
  RETURN 'Product' AS label
  UNION ALL
  MATCH (n:Source {source_id: id})
  RETURN 'Source' AS label
}
RETURN id AS id, label AS label
