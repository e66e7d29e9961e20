"""A contract's chain in rows that can be read: who, what, where from, where to, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracegraph.answer_chain import Chain, ChainNode, ChainStep
from tracegraph.messages import N_
from tracegraph.render.phrases import in_sentence, share_words, source_text, sourcing_words, step_target
from tracegraph.render.words import GRADE, RULE
from tracegraph.services.legend import Legend
from tracegraph.store.rows import GoodsClaim
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade, Label


@dataclass(frozen=True, slots=True)
class StepRow:
    """Where goods go from a node, with the claims that say so, the best documented first.

    Attributes
    ----------
    target, share : str
        In words; an empty share is not stated.
    rule : str
        Why the step was inferred; empty: sources say it.
    """

    target: str
    share: str
    grade: Grade
    rule: str
    claims: Sequence[GoodsClaim]


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One item of a chain: who holds which goods, and what is known of where they come from."""

    node: ChainNode
    name: str
    goods: str
    countries: str
    sourcing: str
    steps: Sequence[StepRow]

    @property
    def is_unnamed(self) -> bool:
        """Whether it is a plant that nobody names."""
        return self.node.holder_label is Label.FACTORY and self.node.identified is False


def chain_rows(chain: Chain, nodes: Iterable[ChainNode], legend: Legend, say: Translator) -> list[NodeRow]:
    """Return nodes of a chain as rows, with every step that leaves them."""
    leaving: dict[str, list[ChainStep]] = {}
    for step in chain.steps:
        leaving.setdefault(step.start, []).append(step)
    return [
        NodeRow(
            node=node,
            name=legend.holder(node.holder_id),
            goods=in_sentence(legend.product(node.product)),
            countries=", ".join(map(legend.holder, node.countries)),
            sourcing=sourcing_words(node.sourcing, say),
            steps=[_step(step, legend, say) for step in leaving.get(node.item_id, ())],
        )
        for node in nodes
    ]


def _step(step: ChainStep, legend: Legend, say: Translator) -> StepRow:
    claims = sorted(step.claims, key=lambda claim: (-claim.grade, claim.claim_id))
    rule = say.text(RULE[step.rule]) if step.rule is not None else ""
    return StepRow(step_target(step, legend, say), share_words(step.share, say), step.grade, rule, claims)


def chain_table(rows: Sequence[NodeRow], legend: Legend, say: Translator) -> dict[str, object]:
    """Return the rows as a table of a document; see `tracegraph.exchange.pdf`."""
    heads = (N_("Tier"), N_("Who"), N_("Goods"), N_("Country"), N_("Where they come from"), N_("Goes to; who says so"))
    return {
        "kind": "table",
        "caption": say.text("The chain, tier by tier"),
        "columns": [say.text(head) for head in heads],
        "rows": [
            [str(row.node.tier), row.name, row.goods, row.countries or "–", row.sourcing, _told(row, legend, say)]
            for row in rows
        ],
        "widths": [0, 2, 2, 1, 2, 4],
    }


def _told(row: NodeRow, legend: Legend, say: Translator) -> str:
    return "; ".join(_told_step(step, legend, say) for step in row.steps)


def _told_step(step: StepRow, legend: Legend, say: Translator) -> str:
    sources = dict.fromkeys(
        f"{source_text(legend.sources.get(claim.source_id), claim.source_id, say)}, {claim.recorded_at[:10]}"
        for claim in step.claims
    )
    words = [step.target, step.share, f"{say.text(GRADE[step.grade])}: {step.rule or '; '.join(sources)}"]
    return ", ".join(word for word in words if word)
