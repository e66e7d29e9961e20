// How many versions of claims there are of each type.
//
// Returns:
//   name: STRING      relationship type
//   number: INTEGER

MATCH ()-[r:OFFERS]->()
RETURN 'OFFERS' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:SUPPLIES]->()
RETURN 'SUPPLIES' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:BECOMES]->()
RETURN 'BECOMES' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:DELIVERED_UNDER]->()
RETURN 'DELIVERED_UNDER' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:OPERATED_BY]->()
RETURN 'OPERATED_BY' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:LOCATED_IN]->()
RETURN 'LOCATED_IN' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:OWNED_BY]->()
RETURN 'OWNED_BY' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:REGISTERED_IN]->()
RETURN 'REGISTERED_IN' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:SERVES]->()
RETURN 'SERVES' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:USES]->()
RETURN 'USES' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:IN_CATEGORY]->()
RETURN 'IN_CATEGORY' AS name, count(r) AS number
UNION ALL
MATCH ()-[r:DESCRIBES]->()
RETURN 'DESCRIBES' AS name, count(r) AS number
