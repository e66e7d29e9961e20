"""Files in: one reader per format, rows checked all at once, one change set out."""

from tracegraph.intake.bad_rows import write_bad_rows
from tracegraph.intake.dataset import BadRow, Reading, read_dataset
from tracegraph.intake.documentation import ColumnRow, columns, datapackage
from tracegraph.intake.files import Limits

__all__ = ["BadRow", "ColumnRow", "Limits", "Reading", "columns", "datapackage", "read_dataset", "write_bad_rows"]
