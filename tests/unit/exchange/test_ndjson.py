"""The store as NDJSON: the same bytes from either end, and every fault of a file told by its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.build import LATER, change_set, incident, supplies
from tests.unit.demo_world import demo_store
from tracegraph.errors import DatasetRejected, InvalidInput
from tracegraph.exchange import ndjson
from tracegraph.store.sqlite import SqliteStore


def empty(path: Path) -> SqliteStore:
    store = SqliteStore(path)
    store.init()
    return store


@pytest.fixture
def dumped(tmp_path: Path) -> Path:
    store = demo_store(tmp_path / "store.db")
    store.apply(change_set(supplies("s8/x", "s9/x", share_low=0.25), incidents=[incident("i1", "Åska ☂")]), LATER)
    ndjson.dump(store, tmp_path / "dump.ndjson")
    return tmp_path / "dump.ndjson"


def test_there_and_back_gives_the_same_bytes(dumped: Path, tmp_path: Path) -> None:
    store = empty(tmp_path / "other.db")
    told: list[tuple[int, int]] = []
    counts = ndjson.load(dumped, store, lambda done, total: told.append((done, total)))
    assert counts == ndjson.dump(store, tmp_path / "again.ndjson")
    assert (tmp_path / "again.ndjson").read_bytes() == dumped.read_bytes()
    assert counts == {"change_set": 2, "claim": 26, "holder": 11, "record": 1, "reference": 9}
    assert told[-1][0] == told[-1][1]


def test_the_last_line_counts_the_others(dumped: Path) -> None:
    lines = dumped.read_bytes().split(b"\n")
    assert lines[-1] == b""
    assert lines[-2] == b'{"line":"end","lines":%d}' % (len(lines) - 2)
    assert "Åska ☂".encode() in dumped.read_bytes()


def test_a_file_is_replaced_whole_or_not_at_all(dumped: Path, tmp_path: Path) -> None:
    before = dumped.read_bytes()

    class Broken(SqliteStore):
        def stream(self):  # type: ignore[no-untyped-def]
            yield {"line": "tracegraph", "format": 1}
            raise InvalidInput("no more")

    with pytest.raises(InvalidInput):
        ndjson.dump(Broken(tmp_path / "store.db"), dumped)
    assert dumped.read_bytes() == before
    assert not list(tmp_path.glob(".dump*"))


LINES = 51  # of the demo world and one import more, header and end included
Change = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("change", "rule", "line"),
    [
        (lambda lines: lines[:-1], "cut-short", LINES - 1),
        (lambda lines: [], "empty", 1),
        (lambda lines: [*lines[:5], *lines[6:]], "lines-missing", LINES - 1),
        (lambda lines: [*lines, lines[3]], "after-end", LINES + 1),
        (lambda lines: lines[1:], "no-header", 1),
        (lambda lines: [b'{"line":"tracegraph","format":99}\n', *lines[1:]], "format", 1),
        (lambda lines: [*lines[:2], b"{oops\n", *lines[3:]], "not-json", 3),
        (lambda lines: [*lines[:2], b'{"line":"holder","label":"Factory","id":NaN}\n', *lines[3:]], "not-json", 3),
        (lambda lines: [*lines[:2], b"\xff\xfe\n", *lines[3:]], "not-json", 3),
        (lambda lines: [*lines[:2], b"[1]\n", *lines[3:]], "not-a-record", 3),
        (lambda lines: [*lines[:2], b'{"line":"thing"}\n', *lines[3:]], "unknown-kind", 3),
        (lambda lines: [*lines[:2], b'{"line":"claim","claim_id":"x"}\n', *lines[3:]], "malformed", 3),
        (lambda lines: [*lines[:-2], lines[-3], lines[-1]], "claim-twice", LINES - 1),
        (lambda lines: [lines[0].rstrip()[:12], *lines[1:]], "not-json", 1),
    ],
)
def test_every_fault_is_told_with_its_line(dumped: Path, tmp_path: Path, change: Change, rule: str, line: int) -> None:
    lines = dumped.read_bytes().splitlines(keepends=True)
    assert len(lines) == LINES
    dumped.write_bytes(b"".join(change(lines)))
    store = empty(tmp_path / "other.db")
    with pytest.raises(DatasetRejected) as raised:
        ndjson.load(dumped, store)
    problem = raised.value.problems[0]
    assert (problem.rule, problem.line, problem.file) == (rule, line, "dump.ndjson")
    assert "{" not in f"{problem.message}{problem.remedy}".replace('{"', "")
    assert not any(record["line"] == "claim" for record in store.stream())


def test_a_store_that_is_not_empty_is_left_alone(dumped: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="not empty"):
        ndjson.load(dumped, demo_store(tmp_path / "other.db"))


def test_files_that_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        ndjson.load(tmp_path / "nothing.ndjson", empty(tmp_path / "store.db"))
    with pytest.raises(InvalidInput, match="cannot be written"):
        ndjson.dump(empty(tmp_path / "store.db"), tmp_path / "nowhere" / "dump.ndjson")
