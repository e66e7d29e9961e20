"""Who says so: the claims behind a link or a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rich.text import Text

from tracegraph.answer_show import Evidence
from tracegraph.render.phrases import share_words as share_words
from tracegraph.render.phrases import sourcing_words as sourcing_words
from tracegraph.render.shape import DIM, source_text
from tracegraph.render.words import GRADE
from tracegraph.translate import Translator
from tracegraph.vocabulary import NETWORK, OPEN_FROM, OPEN_TO

SHOWN: Final = 3


def evidence_text(evidence: Evidence, say: Translator) -> Text:
    """Return one claim in a line: grade, source, dates, claim id."""
    words = [f"{say.text(GRADE[evidence.grade])}: {source_text(evidence.source, evidence.source_id, say)}"]
    words += _dates(evidence, say)
    if evidence.visibility != NETWORK:
        words.append(say.text("seen by: {who}", who=say.text(evidence.visibility.removeprefix("region:"))))
    return Text.assemble(", ".join(words), (f"  {evidence.claim_id}", DIM))


def evidence_lines(evidence: Iterable[Evidence], say: Translator) -> Iterator[Text]:
    """Yield the first claims, best grade first, and how many more there are."""
    listed = sorted(evidence, key=lambda claim: (-claim.grade.rank, claim.claim_id))
    yield from (evidence_text(claim, say) for claim in listed[:SHOWN])
    if len(listed) > SHOWN:
        yield Text(say.text("... and {n} more: {how}", n=len(listed) - SHOWN, how=say.text("--json lists all")), DIM)


def _dates(evidence: Evidence, say: Translator) -> Iterator[str]:
    if evidence.valid_from != OPEN_FROM and evidence.valid_to != OPEN_TO:
        yield say.text("valid {start} to {end}", start=evidence.valid_from, end=evidence.valid_to)
    elif evidence.valid_from != OPEN_FROM:
        yield say.text("valid from {start}", start=evidence.valid_from)
    elif evidence.valid_to != OPEN_TO:
        yield say.text("valid until {end}", end=evidence.valid_to)
    yield say.text("recorded {day}", day=evidence.recorded_at[:10])
