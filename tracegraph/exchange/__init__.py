"""Answers and data out: JSON, NDJSON, GraphML, GeoJSON, CSV."""
