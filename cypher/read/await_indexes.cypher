// Wait until all indexes are filled.
//
// Params:
//   seconds: INTEGER   at most this long

CALL db.awaitIndexes($seconds)
