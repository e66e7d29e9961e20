"""The evidence bundle: an answer, what it was computed from, and a script that computes it again, as one ZIP file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import IO, Any, Final

from tracegraph import __version__
from tracegraph.answer_bundle import Bundle, BundleNode
from tracegraph.exchange.answers import lens_body, question_body
from tracegraph.exchange.files import replacing_bytes
from tracegraph.model import Source
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Grade

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # one date for all files, so that equal content gives equal bytes
_STEP_COLUMNS: Final = (
    *("from", "to", "type", "grade", "share_low", "share_high", "confidence", "ingredient", "rule"),
    *("valid_from", "valid_to", "recorded_at", "claim_id", "source_id"),
)
_README: Final = """tracegraph evidence bundle

What is this?   An answer to "which contracts depend on what this report names", as one reader saw it at one time,
                with every claim that it was computed from, and a script that computes it again.
Check it        python recompute.py        (Python 3.11 or newer with the package networkx; tracegraph is not needed)

answer.json     the answer: contracts by status, routes with their evidence, shares, what is not known
question.json   scope, lens (day in the world, moment of knowledge, who may see what, least grade), limits, incidents
items.csv       id, affected (certain, candidate or empty), complete (1: all its sources are listed), open (1: goods
                like those that are reported could come in there from a source that nobody listed)
contracts.csv   the same of contracts; those of this bundle
steps.csv       one row a claim, and one for each inferred step (type INFERRED, with its rule); ingredient 1: it goes
                into the making of other goods, 0: it is the same goods
sources.csv     the documents behind the claims
manifest.json   what made this, when it was made, the state of the store, and a SHA-256 of each file

What is computed again: status, tier and share (low, high, unmapped) of each contract in contracts.csv. What is taken
as given: which items the report touches, which sources are complete, which open ends are relevant; the method is in
docs/model.md of tracegraph, sections 5 to 8. Contracts without any link are counted in answer.json and not computed
again: that would need everything that is recorded. The script iterates plainly; a circle of goods from which nearly
nothing leaves may take it long.
Treat it like the answer itself: it holds what its reader may see, no more, and not everybody may.
"""


def write_bundle(files: Mapping[str, bytes], path: Path) -> None:
    """Write the files of a bundle as one ZIP file; the same content gives the same bytes.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    with replacing_bytes(path) as file:
        _write(files, file)


def bundle_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return the ZIP file that `write_bundle` writes."""
    file = io.BytesIO()
    _write(files, file)
    return file.getvalue()


def _write(files: Mapping[str, bytes], file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16  # may be read by everybody who unpacks it
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def bundle_files(
    bundle: Bundle, body: Mapping[str, Any], incidents: Sequence[Mapping[str, Any]], made_at: str
) -> dict[str, bytes]:
    """Return the files of a bundle by name.

    Parameters
    ----------
    bundle : Bundle
        What the answer was computed from.
    body : mapping
        The answer as JSON, as the command prints it.
    incidents : sequence of mapping
        The revisions of incidents whose scope it is, as JSON; none for a scope of selectors.
    made_at : str
        UTC time.
    """
    question = {**question_body(bundle.answer.question), "incidents": list(incidents)}
    files = {
        "README.txt": _README.encode(),
        "recompute.py": (Path(__file__).parent / "recompute.py").read_bytes(),
        "answer.json": _json(body),
        "question.json": _json(question),
        "items.csv": _csv(("id", "affected", "complete", "open"), map(_node, bundle.items)),
        "contracts.csv": _csv(("id", "affected", "complete", "open"), map(_node, bundle.contracts)),
        "steps.csv": _csv(_STEP_COLUMNS, _steps(bundle)),
        "sources.csv": _csv([f.name for f in fields(Source)], map(_source, bundle.sources)),
    }
    manifest = {
        "tracegraph": __version__,
        "made_at": made_at,
        "graph_version": bundle.answer.summary.graph_version,
        "lens": lens_body(bundle.answer.question.lens),
        "unmapped_contracts_left_out": bundle.left_out,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    return files | {"manifest.json": _json(manifest)}


def _json(body: Mapping[str, Any]) -> bytes:
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _node(node: BundleNode) -> Sequence[object]:
    return node.id, node.affected or "", int(node.complete), "1" if node.relevant_open_end else ""


def _source(source: Source) -> Sequence[object]:
    return [getattr(source, field.name) or "" for field in fields(Source)]


def _steps(bundle: Bundle) -> Iterator[Sequence[object]]:
    for claims, ingredient in bundle.claims.values():
        yield from (_claim(claim, ingredient) for claim in claims)
    for step in bundle.inferred:
        row: dict[str, object] = dict.fromkeys(_STEP_COLUMNS, "")
        row |= {"from": step.start, "to": step.end, "type": "INFERRED", "grade": Grade.INFERRED, "rule": step.rule}
        yield list((row | {"share_low": 0, "share_high": 1, "ingredient": int(step.ingredient)}).values())


def _claim(claim: GoodsClaim, ingredient: bool) -> Sequence[object]:
    confidence = "" if claim.confidence is None else claim.confidence
    return [
        *(claim.start, claim.end, claim.type, Grade.of_rank(claim.grade)),
        *(claim.share_low, claim.share_high, confidence),
        *(int(ingredient), "", claim.valid_from, claim.valid_to, claim.recorded_at, claim.claim_id, claim.source_id),
    ]
