"""Files in: one reader per format, rows checked all at once, one change set out."""

from tracegraph.intake.dataset import BadRow, Reading, read_dataset
from tracegraph.intake.files import Limits

__all__ = ["BadRow", "Limits", "Reading", "read_dataset"]
