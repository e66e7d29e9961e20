"""What stands on the boxes of a chain's picture, and beside the mouse: words, shortened only where they are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.answer import ContractFacts
from tracegraph.answer_chain import ChainStep
from tracegraph.answer_picture import Grouping, Kind, PictureLine, PictureNode
from tracegraph.messages import N_
from tracegraph.model import holder_of, product_of
from tracegraph.render.phrases import in_sentence, money, open_end_words, share_words, source_text, step_target
from tracegraph.render.words import GRADE, RULE
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Certainty, Grade

LISTED: Final = 8  # items, steps or open ends that are named beside the mouse; the number of the rest is given
PLACES: Final = 2

KIND: Final[Mapping[Kind, str]] = {
    Kind.FACTORY: N_("plant"),
    Kind.UNIDENTIFIED: N_("plant not named"),
    Kind.SUPPLIER: N_("company"),
    Kind.HOLDER: N_("company or plant"),
}
KINDS: Final[Mapping[Kind, str]] = {
    Kind.FACTORY: N_("plants"),
    Kind.UNIDENTIFIED: N_("plants not named"),
    Kind.SUPPLIER: N_("companies"),
    Kind.HOLDER: N_("companies or plants"),
}
TOUCHED: Final[Mapping[Certainty, str]] = {
    Certainty.CERTAIN: N_("touched: certain"),
    Certainty.CANDIDATE: N_("touched: candidate"),
}
GROUPED: Final[Mapping[Grouping, str]] = {
    Grouping.HOLDER: N_("each box is one company or plant"),
    Grouping.GOODS: N_("each box is one kind of goods in one country"),
    Grouping.COUNTRY: N_("each box is one country"),
    Grouping.TIER: N_("each box is all of a kind in a tier"),
}


@dataclass(frozen=True, slots=True)
class Caption:
    """The words of one box.

    Attributes
    ----------
    name, facts : str
        Who: the head of a card.
    goods, small : str
        What: a row of it.
    full : str
        Everything, in lines.
    """

    name: str
    facts: str
    goods: str = ""
    small: str = ""
    full: str = ""


class Captions:
    """Says what stands on the boxes and lines of a picture."""

    def __init__(self, legend: Legend, say: Translator, grouping: Grouping) -> None:
        self.legend, self.say, self.grouping = legend, say, grouping

    def of(self, node: PictureNode) -> Caption:
        """Return the words of a node."""
        name, goods, origins = self._name(node), self._goods(node), self._origins(node)
        facts = self._facts(node)
        touched = self.say.text(TOUCHED[node.certainty]) if node.certainty else ""
        full = [name, facts, goods, origins, touched, *self._members(node)]
        return Caption(name, facts, goods, origins, "\n".join(line for line in full if line))

    def contract(self, facts: ContractFacts) -> Caption:
        """Return the words of the contract."""
        say = self.say
        ends = say.text("ends {day}", day=facts.end) if facts.end else ""
        words = [", ".join(facts.regions), ends, money(facts.value_sek, say)]
        line = " · ".join(word for word in words if word)
        full = [facts.contract_id, facts.title or "", line]
        return Caption(facts.contract_id, line, facts.title or "", full="\n".join(part for part in full if part))

    def places(self, node: PictureNode) -> str:
        """Return the countries of a node, the first of them where they are many."""
        if not node.countries:
            return self.say.text("country not stated")
        names = [self.legend.holder(country) for country in node.countries]
        return ", ".join(names[:PLACES]) + (f" (+{len(names) - PLACES})" if len(names) > PLACES else "")

    def _name(self, node: PictureNode) -> str:
        if len(node.holders) == 1:
            return self.legend.holder(node.holders[0])
        if self.grouping is Grouping.GOODS:
            return self.legend.product(node.products[0])
        return self.places(node) if self.grouping is Grouping.COUNTRY else self.say.text(KINDS[node.kind])

    def _facts(self, node: PictureNode) -> str:
        kind = self.say.text((KIND if len(node.holders) == 1 else KINDS)[node.kind])
        if len(node.holders) > 1 and self.grouping is Grouping.COUNTRY:
            return kind
        if len(node.holders) > 1 and self.grouping is Grouping.TIER:
            return self.places(node)
        return f"{kind} · {self.places(node)}"

    def _goods(self, node: PictureNode) -> str:
        goods = self.goods(node)
        if len(node.items) == 1:
            return goods
        items = self.say.plural(N_("{n} item"), N_("{n} items"), len(node.items))
        if len(node.holders) == 1:
            return f"{items}: {goods}"
        at = self.say.plural(N_("at {n} company or plant"), N_("at {n} companies and plants"), len(node.holders))
        return f"{items} {at}"

    def goods(self, node: PictureNode) -> str:
        """Return the goods of a node."""
        return ", ".join(in_sentence(self.legend.product(product)) for product in node.products)

    def _origins(self, node: PictureNode) -> str:
        if not node.origins:
            return ""
        if len(node.origins) == len(node.items):
            return self.say.text("origin: nothing upstream")
        return self.say.plural(N_("{n} origin"), N_("{n} origins"), len(node.origins))

    def _members(self, node: PictureNode) -> list[str]:
        """Return the ids of a single item, or the names of those of a group."""
        if len(node.items) == 1:
            return [node.items[0]]
        return self.listed([self.item(item) for item in node.items])

    def item(self, item: str) -> str:
        """Return what an item is called."""
        holder, product = holder_of(item), product_of(item)
        goods = in_sentence(self.legend.product(product))
        return self.say.text("{goods} at {holder}", goods=goods, holder=self.legend.holder(holder))

    def listed(self, lines: Sequence[str]) -> list[str]:
        """Return the first lines, and how many more there are."""
        rest = len(lines) - LISTED
        return [*lines[:LISTED], *([self.say.text("... and {n} more", n=rest)] if rest > 0 else [])]

    def open_end(self, ends: Sequence[str], *, relevant: bool = False) -> Caption:
        """Return the words of open ends at one place: all or none of them where the goods in question could enter."""
        say = self.say
        name = (
            say.text("open end") if len(ends) == 1 else say.plural(N_("{n} open end"), N_("{n} open ends"), len(ends))
        )
        goods = say.text("the goods could enter") if relevant else ""
        full = [name, goods, *self.listed([open_end_words(end, self.legend, say) for end in ends])]
        return Caption(name, "", goods, full="\n".join(line for line in full if line))

    def lines(self, lines: Sequence[PictureLine]) -> str:
        """Return the steps that are drawn as one line: what goes where, and who says so."""
        steps = [step for line in lines for step in line.steps]
        words = [self.step(step) for step in steps]
        count = [self.say.plural(N_("{n} step"), N_("{n} steps"), len(steps))] if len(steps) > 1 else []
        return "\n".join([*count, *self.listed(words)])

    def step(self, step: ChainStep) -> str:
        """Return one step in words."""
        say = self.say
        words = [f"{self.item(step.start)} -> {step_target(step, self.legend, say)}", share_words(step.share, say)]
        return f"{', '.join(word for word in words if word)}; {'; '.join(self._evidence(step))}"

    def _evidence(self, step: ChainStep) -> Iterator[str]:
        if step.rule is not None:
            yield f"{self.say.text(GRADE[Grade.INFERRED])}: {self.say.text(RULE[step.rule])}"
        for grade in Grade:
            cited = sorted({claim.source_id for claim in step.claims if Grade.of_rank(claim.grade) is grade})
            for source in cited:
                yield f"{self.say.text(GRADE[grade])}: {source_text(self.legend.sources.get(source), source, self.say)}"
