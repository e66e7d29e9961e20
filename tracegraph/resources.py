"""Finds the files that ship with tracegraph: `cypher/`, `seeds/`, `docs/schemas/`, from a wheel and from a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tracegraph.errors import ResourceMissing
from tracegraph.messages import N_

_PACKAGE: Final = Path(__file__).resolve().parent
_GUNICORN: Final = "gunicorn.conf.py"
#: Where a checkout has folders that are not beside the package under their own name.
_IN_CHECKOUT: Final = {"schemas": "docs/schemas"}


def resource_folder(name: str, package: Path = _PACKAGE) -> Path:
    """Return a folder of data files.

    Parameters
    ----------
    name : str
        ``cypher``, ``seeds`` or ``schemas``.
    package : Path
        The package's own folder.

    Returns
    -------
    Path
        ``_data/<name>`` in the package where that exists (an installed wheel), else ``<name>`` beside the package
        (a checkout).

    Raises
    ------
    ResourceMissing
        Naming both places.
    """
    shipped, checkout = package / "_data" / name, package.parent / _IN_CHECKOUT.get(name, name)
    for folder in (shipped, checkout):
        if folder.is_dir():
            return folder
    raise ResourceMissing(
        N_("the folder {name} of tracegraph is neither at {shipped} nor at {checkout}: install tracegraph again"),
        name=name,
        shipped=str(shipped),
        checkout=str(checkout),
    )


def gunicorn_config(package: Path = _PACKAGE) -> Path:
    """Return the configuration with which gunicorn serves the API, from a wheel or from a checkout.

    Raises
    ------
    ResourceMissing
        Naming both places.
    """
    shipped, checkout = package / "_data" / _GUNICORN, package.parent / "api" / _GUNICORN
    for path in (shipped, checkout):
        if path.is_file():
            return path
    raise ResourceMissing(
        N_("the file {name} of tracegraph is neither at {shipped} nor at {checkout}: install tracegraph again"),
        name=_GUNICORN,
        shipped=str(shipped),
        checkout=str(checkout),
    )
