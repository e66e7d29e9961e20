"""Small datasets as texts, and what reading them says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tracegraph.errors import Problem
from tracegraph.intake import Reading, read_dataset
from tracegraph.model import Claim, ClaimId, Statement
from tracegraph.store.rows import Standing
from tracegraph.vocabulary import Label

#: A dataset without problems, to which a test adds what is wrong. Every row has a source: there are no warnings.
GOOD: Mapping[str, str] = {
    "sources.csv": "source_id,title\nsrc-1,A list\n",
    "products.csv": "product_id,name_en\ngloves,Gloves\nlatex,Latex\n",
    "categories.csv": "category_id,name_en\ncat,Gloves\n",
    "suppliers.csv": "supplier_id,name,source_id\ns1,Demo One,src-1\ns2,Demo Two,src-1\n",
    "factories.csv": "factory_id,country,source_id\nf1,MY,src-1\n",
    "contracts.csv": "contract_id,title,regions,source_id\nc1,Demo Gloves,SE-AB,src-1\n",
}


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, texts as UTF-8 with the line ends they have."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path, files: Mapping[str, str | bytes], **options: object) -> Reading:
    """Write files and read them as a dataset."""
    return read_dataset([put(folder, files)], **options)  # type: ignore[arg-type]


def read_with(folder: Path, files: Mapping[str, str | bytes], **options: object) -> Reading:
    """Read the good dataset with files added or replaced."""
    return read(folder, {**GOOD, **files}, **options)


def place(problem: Problem) -> tuple[object, ...]:
    """Return what a problem says beside its texts."""
    return (problem.file, problem.line, problem.column, problem.value, problem.rule)


def places(reading: Reading, severity: str = "error") -> list[tuple[object, ...]]:
    """Return the places of all errors, or warnings."""
    return [place(problem) for problem in reading.problems if problem.severity == severity]


def triples(reading: Reading) -> set[tuple[str, str, str]]:
    """Return type, start and end of every claim."""
    return {(str(claim.type), claim.start.id, claim.end.id) for claim in reading.change_set.statements}


@dataclass
class FakeStore:
    """A store's `standing` over ids and statements held in memory; remembers what it was asked."""

    labels: Collection[tuple[Label, str]] = ()
    statements: Collection[Statement] = ()
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def standing(
        self, holders: Collection[str], nodes: Collection[tuple[Label, str]], ends: Collection[str]
    ) -> Standing:
        self.asked.append((set(holders), set(nodes), set(ends)))
        wanted = {(label, node) for label in (Label.SUPPLIER, Label.FACTORY) for node in holders} | set(nodes)
        claims = [
            Claim(
                **{name: getattr(one, name) for name in Statement.__dataclass_fields__},
                claim_id=ClaimId("clm-0"),
                version=1,
                change_set=1,
            )
            for one in self.statements
            if one.end.id in ends
        ]
        return Standing(labels=[pair for pair in self.labels if pair in wanted], claims=claims)
