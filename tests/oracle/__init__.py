"""A second reading of the model page: plain dicts, sets and loops, to test the real implementation against.

Nothing here imports the package under test. Speed does not matter; that a reader can check each function against
the section of ``model.md`` or ``formats.md`` that it cites does.
"""

from tests.oracle.answer import answer
from tests.oracle.dataset import (
    Claim,
    Dataset,
    Tables,
    conflicts,
    dataset_from_tables,
    incident_scope,
    read_dataset,
    read_tables,
    write_dataset,
)

__all__ = [
    "Claim",
    "Dataset",
    "Tables",
    "answer",
    "conflicts",
    "dataset_from_tables",
    "incident_scope",
    "read_dataset",
    "read_tables",
    "write_dataset",
]
