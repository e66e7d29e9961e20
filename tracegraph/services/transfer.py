"""Everything out of a store, and into an empty one: the form of the file follows its name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tracegraph.errors import InvalidInput
from tracegraph.exchange import ndjson
from tracegraph.exchange.csv_export import write_claims
from tracegraph.exchange.geojson import write_geojson
from tracegraph.exchange.graphml import write_graphml
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.store.port import Progress, Store, StoreKeeper

NDJSON: Final = ".ndjson"
_UNDER_A_LENS: Final = {".graphml": write_graphml, ".geojson": write_geojson, ".csv": write_claims}
ENDINGS: Final = (NDJSON, *_UNDER_A_LENS)


def export_file(store: Store, lens: Lens, path: Path) -> dict[str, int]:
    """Write what a store holds to a file; counts by kind.

    Parameters
    ----------
    store : Store
        Where to read.
    lens : Lens
        What is written, save for NDJSON, which is the administrator's and holds everything.
    path : Path
        Its ending says the form: one of `ENDINGS`.

    Raises
    ------
    InvalidInput
        Another ending, or the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending == NDJSON:
        return ndjson.dump(store, path)
    if ending in _UNDER_A_LENS:
        return _UNDER_A_LENS[ending](store, lens, path)
    raise InvalidInput(
        N_("{path}: the ending says the format; use one of {allowed}"), path=str(path), allowed=", ".join(ENDINGS)
    )


def load_file(store: StoreKeeper, path: Path, progress: Progress | None = None) -> dict[str, int]:
    """Fill an empty store from an NDJSON file; counts by kind. All or nothing."""
    return ndjson.load(path, store, progress)
