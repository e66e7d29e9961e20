// Contracts with a route from a factory as one would write it first: every path is found, and then thrown away.
//
// Params: factory: STRING, valid_at: STRING, known_at: STRING, visible_to: LIST<STRING>, grades: LIST<STRING>

MATCH p = (start:Item {holder_id: $factory})-[:SUPPLIES|BECOMES|DELIVERED_UNDER*]->(c:Contract)
WHERE all(r IN relationships(p) WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at
  AND r.recorded_at <= $known_at AND r.retracted_at > $known_at AND r.visibility IN $visible_to
  AND r.grade IN $grades)
WITH c, collect(p) AS paths
MATCH (c)<-[d:DESCRIBES]-()
WHERE d.valid_from <= $valid_at AND d.valid_to > $valid_at AND d.recorded_at <= $known_at
  AND d.retracted_at > $known_at AND d.visibility IN $visible_to
RETURN c.contract_id AS contract, d.title AS title, d.value_sek AS value, size(paths) AS routes
