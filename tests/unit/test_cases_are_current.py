"""The golden cases in tests/cases are those that are published beside the project."""

from __future__ import annotations

from pathlib import Path

from tests.cases_lib import CASES


def files(folder: Path) -> dict[str, bytes]:
    """Return a folder's files by relative path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_copies_are_the_published_cases(shared_dir: Path) -> None:
    assert files(CASES) == files(shared_dir / "cases")
