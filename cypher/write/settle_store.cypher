// Find out, where it is not known yet, when the last claim of the store becomes known or ends.

MATCH (s:Store {name: 'tracegraph'})
WHERE s.settled_at IS NULL
OPTIONAL MATCH ()-[r:OFFERS|SUPPLIES|BECOMES|DELIVERED_UNDER|OPERATED_BY
  |LOCATED_IN|OWNED_BY|REGISTERED_IN|SERVES|USES|IN_CATEGORY|DESCRIBES]->()
WITH s, max(r.recorded_at) AS known,
     max(CASE WHEN r.retracted_at < '9999-12-31T00:00:00Z' THEN r.retracted_at END) AS ended
OPTIONAL MATCH (n:Replaced)
WITH s, known, ended, max(n.retracted_at) AS replaced
SET s.settled_at = reduce(last = '', moment IN [known, ended, replaced] |
  CASE WHEN moment > last THEN moment ELSE last END)
