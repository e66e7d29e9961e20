"""The golden cases of tests/cases: reading them, and the comparison of check.py, which is their publisher's own."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

CASES = Path(__file__).resolve().parent / "cases"


def _load_check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_check", CASES / "check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


check = _load_check()


@dataclass(frozen=True)
class GoldenQuery:
    """One question of one case, with its expected answer."""

    folder: Path
    number: int
    query: dict[str, Any]

    @property
    def id(self) -> str:
        """Return a readable test id."""
        return f"{self.folder.name}-{self.number}"

    def arguments(self, *, use_exposure: bool = False) -> list[str]:
        """Return the command line that asks it, without the store; a recorded incident's by `incident exposure`."""
        return list(check.query_args(self.query, use_exposure))

    def differences(self, answer: dict[str, Any]) -> list[str]:
        """Return what differs from the expected answer."""
        return list(check.compare_case(self.query, answer))


def golden_queries() -> list[GoldenQuery]:
    """Return every question of every case."""
    folders = sorted(path.parent for path in CASES.glob("*/case.toml"))
    return [
        GoldenQuery(folder, number, query)
        for folder in folders
        for number, query in enumerate(check.read_case(folder)["query"], 1)
    ]
