// How many nodes there are of each label.
//
// Returns:
//   name: STRING      label
//   number: INTEGER

MATCH (n:Supplier)
RETURN 'Supplier' AS name, count(n) AS number
UNION ALL
MATCH (n:Factory)
RETURN 'Factory' AS name, count(n) AS number
UNION ALL
MATCH (n:Item)
RETURN 'Item' AS name, count(n) AS number
UNION ALL
MATCH (n:Product)
RETURN 'Product' AS name, count(n) AS number
UNION ALL
MATCH (n:Contract)
RETURN 'Contract' AS name, count(n) AS number
UNION ALL
MATCH (n:Region)
RETURN 'Region' AS name, count(n) AS number
UNION ALL
MATCH (n:Category)
RETURN 'Category' AS name, count(n) AS number
UNION ALL
MATCH (n:Country)
RETURN 'Country' AS name, count(n) AS number
UNION ALL
MATCH (n:Source)
RETURN 'Source' AS name, count(n) AS number
