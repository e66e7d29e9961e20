"""Files in: one reader per format, rows checked all at once, one change set out."""
