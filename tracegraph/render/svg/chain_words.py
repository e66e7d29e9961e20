"""What stands above and below a chain's picture, and the picture in words for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tracegraph.answer_picture import ChainPicture, Grouping, PictureLine, PictureNode
from tracegraph.messages import N_
from tracegraph.render.phrases import lens_words, open_end_words, selector_words
from tracegraph.render.svg.captions import GROUPED, TOUCHED, Captions
from tracegraph.render.svg.frame import NEVER, Line
from tracegraph.render.svg.theme import HEADING, NAME
from tracegraph.render.words import BASIS, GRADE, STATUS, STATUS_READS


class ChainWords:
    """Says what a picture is of, how it was made, and what it shows."""

    def __init__(self, picture: ChainPicture, captions: Captions) -> None:
        self.picture, self.captions = picture, captions
        self.legend, self.say = captions.legend, captions.say

    def title(self) -> str:
        """Return the title of the document."""
        contract = self.picture.chain.facts.contract_id
        words = self.say.text("Chain of the contract {contract}", contract=contract)
        if self.picture.dependent is None:
            return words
        return f"{words}: {self.say.text(STATUS[self.picture.dependent.status])}"

    def head(self) -> list[Line]:
        """Return what the picture is of."""
        facts = self.picture.chain.facts
        caption = self.captions.contract(facts)
        name = f"{facts.contract_id} · {facts.title}" if facts.title else facts.contract_id
        return [Line(name, size=HEADING, bold=True), Line(caption.facts, "dim")]

    def status(self) -> list[Line]:
        """Return the answer for the contract, and what was asked."""
        dependent, answer = self.picture.dependent, self.picture.answer
        if dependent is None or answer is None:
            return []
        say = self.say
        reads = say.text(BASIS[dependent.basis] if dependent.basis else STATUS_READS[dependent.status])
        asked = "; ".join(selector_words(selector, self.legend, say) for selector in answer.question.scope)
        return [
            Line(f"{say.text(STATUS[dependent.status]).upper()}: {reads}", size=NAME + 2, bold=True),
            Line(say.text("Asked about {what}", what=asked)),
        ]

    def notes(self) -> list[Line]:
        """Return what has to be known to read the picture: what was grouped, and what was cut."""
        return [Line(text, bold=bold) for text, bold in self._notes()]

    def _notes(self) -> Iterator[tuple[str, bool]]:
        picture, say = self.picture, self.say
        chain = picture.chain
        items = say.plural(N_("{n} item upstream"), N_("{n} items upstream"), len(chain.nodes))
        ends = say.plural(N_("knowledge ends in {n} place"), N_("knowledge ends in {n} places"), len(chain.open_ends))
        known = f"{items}, {ends}" if chain.open_ends else items
        yield say.text("{what}. Goods flow from right to left.", what=known), False
        if picture.grouping is not Grouping.ITEM:
            chosen = N_("{n} items and {steps} steps are drawn as {boxes} boxes; {how}.")
            many = N_("Too many to draw one by one: {n} items and {steps} steps are drawn as {boxes} boxes; {how}.")
            yield (
                say.text(
                    chosen if picture.is_chosen else many,
                    n=len(chain.nodes),
                    steps=len(chain.steps),
                    boxes=len(picture.nodes),
                    how=say.text(GROUPED[picture.grouping]),
                ),
                True,
            )
        listed = picture.dependent.open_ends if picture.dependent else None
        if listed and listed.total > len(listed.ids):
            text = N_("Of {total} open ends where the goods could enter, the first {n} are marked.")
            yield say.text(text, total=listed.total, n=len(listed.ids)), True
        if chain.truncated:
            yield say.text("Not the whole chain: --max-items cut it."), True

    def foot(self) -> list[Line]:
        """Return through which eyes this is seen, as of when, and on how much evidence it rests."""
        say, chain = self.say, self.picture.chain
        claims = {claim.claim_id: claim.source_id for step in chain.steps for claim in step.claims}
        inferred = sum(step.rule is not None for step in chain.steps)
        evidence = [
            say.plural(N_("{n} source"), N_("{n} sources"), len(set(claims.values()))),
            say.plural(N_("{n} claim"), N_("{n} claims"), len(claims)),
            say.plural(N_("{n} inferred step"), N_("{n} inferred steps"), inferred),
        ]
        seen = lens_words(chain.lens, NEVER, say)
        return [
            Line(seen[:1].upper() + seen[1:], "dim"),
            Line(say.text("Evidence: {what}", what=", ".join(evidence)), "dim"),
        ]

    # --- for those who do not see it ---

    def description(self) -> str:
        """Return the whole picture in words, tier by tier."""
        heads = [*self.head(), *self.status(), *self.notes()]
        return "\n".join([*(line.text for line in heads), *self._tiers(), *(line.text for line in self.foot())])

    def _tiers(self) -> Iterator[str]:
        leaving: dict[int, list[PictureLine]] = {}
        for line in self.picture.lines:
            leaving.setdefault(line.start, []).append(line)
        contract = self.picture.chain.facts.contract_id
        if self.picture.chain.sourcing.is_open_end:
            yield self._end((contract,))
        numbered = enumerate(self.picture.nodes)
        for tier, nodes in groupby(numbered, key=lambda pair: pair[1].tier):
            yield f"{self.say.text('tier {n}', n=tier)}:"
            yield from (self._node(node, leaving.get(number, [])) for number, node in nodes)

    def _node(self, node: PictureNode, leaving: list[PictureLine]) -> str:
        caption = self.captions.of(node)
        words = [f"- {caption.name} ({caption.facts}): {caption.goods}"]
        if caption.small:
            words.append(caption.small)
        if node.certainty:
            words.append(self.say.text(TOUCHED[node.certainty]))
        words += [self._line(line) for line in leaving]
        others = tuple(end for end in node.open_ends if end not in node.relevant)
        words += [self._end(ends, relevant=ends is node.relevant) for ends in (node.relevant, others) if ends]
        return "; ".join(words)

    def _line(self, line: PictureLine) -> str:
        if line.end is None:
            target = self.say.text("the contract")
        else:
            end = self.captions.of(self.picture.nodes[line.end])
            target = f"{end.name}, {end.goods}"
        return f"-> {target} ({self.say.text(GRADE[line.grade])})"

    def _end(self, ends: tuple[str, ...], *, relevant: bool = False) -> str:
        caption = self.captions.open_end(ends, relevant=relevant)
        words = [caption.name, open_end_words(ends[0], self.legend, self.say) if len(ends) == 1 else "", caption.goods]
        return ": ".join(word for word in words if word)
