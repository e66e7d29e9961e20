// Holders and contracts whose id holds a text, whether they exist under a lens or not.
//
// Params:
//   text: STRING   case folded
// Returns:
//   label: STRING
//   id: STRING

MATCH (n:Holder)
WHERE n.search CONTAINS $text
RETURN CASE WHEN n:Factory THEN 'Factory' ELSE 'Supplier' END AS label, n.holder_id AS id
UNION ALL
MATCH (n:Contract)
WHERE n.search CONTAINS $text
RETURN 'Contract' AS label, n.contract_id AS id
