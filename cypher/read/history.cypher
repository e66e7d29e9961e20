// Claims that touch a node, or an item that it holds, of any day and until we stopped holding them; the latest recorded
// first. The reader's grades do not matter for descriptions.
//
// Params:
//   id: STRING                 id of the node
//   label: STRING              its label
//   limit: INTEGER
//   not_retracted: STRING      the end of claims that we hold
//   known_at: STRING           lens: moment of our knowledge
//   held_at: STRING            lens: the same, but before an unfinished change set
//   visible_to: LIST<STRING>   lens: visibilities
//   grades: LIST<STRING>       lens: grades
//   finished: INTEGER          lens: number of the last finished change set
// Returns:
//   claim: LIST<ANY>   claim_id, claim_key, version, grade, valid_to, share_low, share_high, confidence, attributes,
//                      recorded_at, retracted_at, change_set

CALL () {
  MATCH (n:Holder {holder_id: $id}) WHERE $label IN labels(n)
  RETURN n
  UNION ALL
  MATCH (h:Holder {holder_id: $id}) WHERE $label IN labels(h)
  MATCH (n:Item {holder_id: $id})
  RETURN n
  UNION ALL
  MATCH (n:Item {item_id: $id}) WHERE $label = 'Item'
  RETURN n
  UNION ALL
  MATCH (n:Contract {contract_id: $id}) WHERE $label = 'Contract'
  RETURN n
  UNION ALL
  MATCH (n:Region {region_id: $id}) WHERE $label = 'Region'
  RETURN n
  UNION ALL
  MATCH (n:Category {category_id: $id}) WHERE $label = 'Category'
  RETURN n
  UNION ALL
  MATCH (n:Country {country_id: $id}) WHERE $label = 'Country'
  RETURN n
  UNION ALL
  MATCH (n:Product {product_id: $id}) WHERE $label = 'Product'
  RETURN n
}
MATCH (n)-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES]-()
WITH DISTINCT r
WHERE r.recorded_at <= $known_at AND r.retracted_at > r.recorded_at
  AND r.visibility IN $visible_to AND (r.grade IN $grades OR type(r) = 'DESCRIBES') AND r.change_set <= $finished
RETURN [r.claim_id, r.claim_key, r.version, r.grade, r.valid_to, r.share_low, r.share_high, r.confidence,
        r.attributes, r.recorded_at, CASE WHEN r.retracted_at > $held_at THEN $not_retracted ELSE r.retracted_at END,
        r.change_set] AS claim
ORDER BY r.recorded_at DESC, r.claim_id DESC
LIMIT $limit
