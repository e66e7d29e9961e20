"""The software of others that this service is made of, with its licences: what is installed, and what ships with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

_VENDOR: Final = Path(__file__).resolve().parents[1] / "static" / "vendor" / "vendor.toml"
_OURS: Final = "tracegraph"
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA: Final = re.compile(r";.*\bextra\b")
_CLASSIFIER: Final = "License :: OSI Approved :: "
_LONGEST: Final = 60  # a licence that is given as its whole text is named by its classifier


@dataclass(frozen=True, slots=True)
class Package:
    """One piece of software: its name, version, licence (None: it does not say) and home (None: likewise)."""

    name: str
    version: str
    licence: str | None
    home: str | None


@cache
def installed() -> tuple[Package, ...]:
    """Return what this service needs to run, as far as it is installed, by name."""
    found: dict[str, Package] = {}
    waiting = [_OURS]
    while waiting:
        name = waiting.pop()
        key = name.lower().replace("_", "-")
        if key in found:
            continue
        try:
            one = distribution(name)
        except PackageNotFoundError:  # for another system than this one
            continue
        found[key] = Package(one.metadata["Name"], one.version, _licence(one), _home(one))
        waiting += _needs(one)
    own = found.pop(_OURS, None)
    others = tuple(sorted(found.values(), key=lambda package: package.name.lower()))
    return (own, *others) if own else others


@cache
def shipped() -> tuple[Package, ...]:
    """Return what ships with the pages, unchanged."""
    listed = tomllib.loads(_VENDOR.read_text(encoding="utf-8"))["package"]
    return tuple(Package(one["name"], one["version"], one["licence"], one.get("home")) for one in listed)


def _needs(one: Distribution) -> Iterator[str]:
    for line in one.requires or ():
        found = _NAME.match(line)
        if found and not _EXTRA.search(line):
            yield found[0]


def _licence(one: Distribution) -> str | None:
    for field in ("License-Expression", "License"):
        said = next(iter(one.metadata.get_all(field) or ()), "")
        if said and len(said) <= _LONGEST and "\n" not in said:
            return str(said)
    classes = [line.removeprefix(_CLASSIFIER) for line in one.metadata.get_all("Classifier") or ()]
    named = [line for line in classes if "License" in line and "::" not in line]
    return ", ".join(named) or None


def _home(one: Distribution) -> str | None:
    for line in one.metadata.get_all("Project-URL") or ():
        label, _, address = line.partition(", ")
        if label.strip().lower() in ("homepage", "home", "source", "source code", "repository", "code", "github"):
            return str(address)
    return str(one.metadata["Home-page"]) if "Home-page" in one.metadata else None
