// Contracts with a route from a factory, with title and value: the best single statement for contracts alone.
//
// Params: factory: STRING, valid_at: STRING, known_at: STRING, visible_to: LIST<STRING>, grades: LIST<STRING>

UNWIND [$factory] AS id
MATCH (start:Item {holder_id: id})
MATCH (start)-[r:SUPPLIES|BECOMES|DELIVERED_UNDER
  WHERE r.valid_from <= $valid_at AND r.valid_to > $valid_at AND r.recorded_at <= $known_at
    AND r.retracted_at > $known_at AND r.visibility IN $visible_to AND r.grade IN $grades]->+(c:Contract)
WITH DISTINCT c
MATCH (c)<-[d:DESCRIBES]-()
WHERE d.valid_from <= $valid_at AND d.valid_to > $valid_at AND d.recorded_at <= $known_at
  AND d.retracted_at > $known_at AND d.visibility IN $visible_to
RETURN c.contract_id AS contract, d.title AS title, d.value_sek AS value
