"""What the ids of two answers side by side stand for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tracegraph.answer_compare import Comparison, Difference
from tracegraph.model import Claim
from tracegraph.services.legend import Legend, legend_of, merged, sources_of
from tracegraph.store.port import GraphReader


def compare_legend(
    comparison: Comparison,
    shown: Sequence[Difference],
    readers: tuple[GraphReader, GraphReader],
    lang: str,
    claims: Collection[Claim] = (),
) -> Legend:
    """Return what the ids of two answers stand for.

    Parameters
    ----------
    comparison : Comparison
        The answers.
    shown : sequence of Difference
        The contracts that are shown one by one.
    readers : (GraphReader, GraphReader)
        Where the first and the second answer come from.
    lang : str
        Language of names.
    claims : collection of Claim
        Further claims whose documents are named.
    """
    before, after = comparison.before.answer, comparison.after.answer
    sources = {source for causes in comparison.causes.by_contract.values() for c in causes for source in c.source_ids}
    sources |= {str(claim.source_id) for claim in claims}
    return merged(
        [
            Legend(sources=sources_of(sources, readers[0]) | sources_of(sources, readers[1])),
            legend_of(before, [d.before for d in shown if d.before], readers[0], lang),
            legend_of(after, [d.after for d in shown if d.after], readers[1], lang),
        ]
    )
