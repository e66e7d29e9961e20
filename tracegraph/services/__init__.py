"""Use cases: plain functions that take ports and input and return an answer; one file per question."""
