"""Whatever the bytes: problems, never an exception; and the form of a file never changes what it says."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.dataset import Claim, Tables, dataset_from_tables
from tests.strategies import datasets
from tests.unit.intake.support import GOOD, put
from tracegraph.errors import Problem
from tracegraph.intake import Reading, read_dataset, write_bad_rows
from tracegraph.intake.tables import TABLES
from tracegraph.model import Statement

NAMES = [*(table.file for table in TABLES.values()), "incidents.toml"]
#: What files are made of, so that chance gets somewhere.
WORDS = [
    *{header for table in TABLES.values() for column in table.columns for header in column.headers},
    *("s1", "f1", "c1", "gloves", "src-1", "0.4", "0,4", "complete", "region:SE-AB", "SE-AB|SE-M", "2019-01-01", "MY"),
    *(",", ";", "\n", "\r\n", "\r", '"', '""', "|", "\t", " ", "å", "\ufeff", "\u2028", "\x00", "\x1a", "{", "}", "%"),
    *(
        "[[incident]]\n",
        "[[incident.scope]]\n",
        'id = "f1"\n',
        "recorded_at = 2019-01-01T00:00:00Z\n",
        "scope = [{}]\n",
    ),
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)
CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.tuples(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])).map(
        lambda made: made[0].encode(made[1], "replace")
    ),
)


def check(reading: Reading, folder: Path) -> None:
    """A reading is whole: every problem can be said, every refused row written, and the change set be hashed."""
    for problem in reading.problems:
        assert isinstance(problem, Problem)
        assert str(problem.message)
        assert str(problem.remedy)
        assert problem.line is None or problem.line >= 1
    assert len(reading.change_set.digest) == 16
    keys = [statement.claim_key for statement in reading.change_set.statements]
    assert len(keys) == len(set(keys))
    if reading.bad_rows or reading.bad_incidents:
        assert reading.errors
    write_bad_rows(reading, folder / "bad")


@given(st.dictionaries(st.sampled_from(NAMES), CONTENTS, min_size=1, max_size=4))
def test_any_bytes(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        put(Path(folder), {**GOOD, **files})
        check(read_dataset([Path(folder)]), Path(folder))


@given(datasets(), st.data())
def test_a_dataset_with_a_few_bytes_changed(tables: Tables, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {name: bytearray(text.encode()) for name, text in as_csv(tables).items()}
        for _ in range(data.draw(st.integers(1, 4))):
            content = files[data.draw(st.sampled_from(sorted(files)))]
            position = data.draw(st.integers(0, len(content) - 1))
            content[position : position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        put(Path(folder), {name: bytes(content) for name, content in files.items()})
        check(read_dataset([Path(folder)]), Path(folder))


def as_csv(
    tables: Tables, delimiter: str = ",", swedish: bool = False, seed: int | None = None, decimal: str = "."
) -> dict[str, str]:
    """The tables as texts: with another delimiter, Swedish headers, decimal comma, or the columns in another order."""
    files = {}
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        if seed is not None:
            random.Random(seed).shuffle(columns)
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter)
        known = TABLES[name].by_name
        writer.writerow([known[column].sv if swedish else column for column in columns])
        for row in rows:
            cells = {column: _local(text, known[column].kind, decimal) for column, text in row.items()}
            writer.writerow([cells.get(column, "") for column in columns])
        files[f"{name}.csv"] = out.getvalue()
    return files


def _local(text: str, kind: str, decimal: str) -> str:
    return text.replace(".", decimal) if kind in ("share", "confidence", "money") else text


def accented(tables: Tables) -> Tables:
    """The tables with names that need more than ASCII."""
    return {
        name: [{**row, **({"name": f"Överby {row['name']}"} if "name" in row else {})} for row in rows]
        for name, rows in tables.items()
    }


@given(datasets(), st.integers())
def test_the_form_does_not_matter(tables: Tables, seed: int) -> None:
    tables = accented(tables)
    plain = {name: text.encode() for name, text in as_csv(tables).items()}
    semicolons = as_csv(tables, ";", swedish=True, seed=seed, decimal=",")
    forms: list[Mapping[str, bytes]] = [
        {name: text.encode("utf-8-sig") for name, text in semicolons.items()},
        {name: text.encode("cp1252") for name, text in semicolons.items()},
        {name: text.replace("\r\n", "\n").encode() for name, text in as_csv(tables, seed=seed).items()},
    ]
    with tempfile.TemporaryDirectory() as folder:
        expected = read_dataset([put(Path(folder) / "plain", plain)])
        assert expected.errors == []
        for number, form in enumerate(forms):
            found = read_dataset([put(Path(folder) / str(number), form)])
            assert found.errors == []
            assert found.change_set == expected.change_set


# --- the same claims as an independent reading of the formats


def by_the_oracle(claim: Claim) -> tuple[object, ...]:
    return (
        *(claim.table, claim.type, claim.start, claim.end, claim.source_id, claim.grade, claim.visibility),
        *(claim.valid_from, claim.valid_to, claim.recorded_at, float(claim.low), float(claim.high)),
        None if claim.confidence is None or claim.type == "DESCRIBES" else float(claim.confidence),
        claim.seller or claim.attribute("service") or "",
        claim.attribute("sourcing"),
        claim.attribute("source_count"),
        claim.attribute("owned_share") and float(claim.attribute("owned_share") or 0),
    )


def by_the_importer(statement: Statement, default: str) -> tuple[object, ...]:
    attributes = statement.attributes
    count = attributes.get("source_count")
    return (
        *(statement.table, str(statement.type), statement.start.id, statement.end.id, statement.source_id),
        *(str(statement.grade), statement.visibility, statement.valid_from, statement.valid_to),
        *(statement.recorded_at or default, statement.share_low, statement.share_high, statement.confidence),
        *(statement.qualifier, attributes.get("sourcing"), None if count is None else str(count)),
        attributes.get("owned_share"),
    )


@given(datasets())
def test_the_claims_are_those_of_the_oracle(tables: Tables) -> None:
    default = "2025-01-01T00:00:00Z"
    with tempfile.TemporaryDirectory() as folder:
        files = {name: text.encode() for name, text in as_csv(tables).items()}
        reading = read_dataset([put(Path(folder), files)])
    assert reading.errors == []
    expected = {by_the_oracle(claim) for claim in dataset_from_tables(tables, default).claims}
    found = {
        by_the_importer(statement, default)
        for statement in reading.change_set.statements
        if statement.type not in ("USES", "IN_CATEGORY")
    }
    assert found == expected
