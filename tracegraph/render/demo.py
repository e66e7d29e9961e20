"""The demo's story, chapter by chapter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from tracegraph.answer import Answer, Dependent
from tracegraph.answer_compare import Difference
from tracegraph.exchange.answers import answer_body
from tracegraph.messages import N_
from tracegraph.render.dependents import View, header, selector_words, shown_dependents, summary_shown
from tracegraph.render.dependents_rows import contract_shown
from tracegraph.render.incidents import status_words
from tracegraph.render.shape import DIM, command, grid, labelled, source_text, with_id
from tracegraph.render.shares import amounts
from tracegraph.render.words import STATUS, STATUS_STYLE
from tracegraph.services.comparing import differences, new_sources
from tracegraph.services.demo import DAY, EARLIER, GROUP, ORDER, ORDERED, PLANTS_IN, SHOWN_CONTRACT, WIDENED, Story
from tracegraph.services.exposed import exposed_of
from tracegraph.services.incidents import IncidentView
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status

ASKED = f"tracegraph dependents --group {GROUP} --countries {PLANTS_IN} --valid-at {DAY}"


def demo_body(story: Story) -> dict[str, Any]:
    """Return the answers of the story as JSON."""
    return {
        "as_known_on_the_day": answer_body(story.now),
        "as_known_two_months_before": answer_body(story.earlier),
        "order_of_2020": answer_body(story.ordered),
        "finding_of_2021": answer_body(story.widened),
    }


def story_dependents(answer: Answer) -> list[Dependent]:
    """Return the contracts that the story shows one by one."""
    return shown_dependents(answer, View(now=DAY, limit=None))


def demo_shown(story: Story, legend: Legend, url: str, now: str, say: Translator) -> RenderableType:
    """Return the story."""
    chapters = (
        (N_("What was reported"), _reported(story, legend, say)),
        (N_("Which contracts depend on it?"), _asked(story, legend, now, say)),
        (N_("One route, with its evidence"), _evidence(story, legend, say)),
        (N_("What cannot be told, and whom to ask"), _unmapped(story.now, legend, say)),
        (N_("The same question, as known two months earlier"), _earlier(story, legend, say)),
        (N_("An order on two companies, widened to the group's plants in Malaysia"), _order(story, legend, say)),
        (N_("What to try next"), _next(url, say)),
    )
    parts: list[RenderableType] = []
    for number, (title, chapter) in enumerate(chapters, start=1):
        parts += [Text(), Rule(Text(f"{number}  {say.text(title)}", style="bold"), align="left", characters="─")]
        parts += [Text(), *chapter]
    return Group(*parts[1:])


def _paragraph(text: str) -> RenderableType:
    return Text(text)


def _command(line: str) -> RenderableType:
    return Padding(command(f"$ {line}"), (1, 0, 1, 2), expand=False)


# --- 1 ---


def _reported(story: Story, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    yield Text(say.text("REAL"), style="bold")
    yield _incident(story.real, legend, say)
    yield Text()
    yield Text(say.text("INVENTED, and all that follows"), style="bold")
    yield _incident(story.article, legend, say)
    yield Text()
    yield _paragraph(
        say.text(
            "Every company, plant, contract and report whose name holds “Demo” is invented. What is real in the seed "
            "data (regions, products, companies, orders, each with its source) stays apart: no invented link touches "
            "a real company. In the story, 25 contracts of ten regions buy gloves and other goods."
        )
    )


def _incident(view: IncidentView, legend: Legend, say: Translator) -> RenderableType:
    current = view.current
    lines: list[tuple[str, RenderableType]] = [
        (say.text("status"), Text(status_words(current.status, say))),
        (say.text("touches"), Text("; ".join(selector_words(selector, legend, say) for selector in current.scope))),
    ]
    lines += [(say.text("source"), Text(source_text(legend.sources.get(s), s, say))) for s in current.sources]
    if reply := current.details.get("reply"):
        lines.append((say.text("reply"), Text(" ".join(str(reply).split()))))
    head = Text(f"  {current.recorded_at[:10]}  {current.title}")
    return Group(head, labelled(lines, indent=4))


# --- 2 to 4 ---


def _asked(story: Story, legend: Legend, now: str, say: Translator) -> Iterator[RenderableType]:
    yield _paragraph(
        say.text("The plant belongs to the group Demo Gloves. Who depends on any of the group's plants in Malaysia?")
    )
    yield _command(f"{ASKED} --known-at {DAY}")
    yield from header(story.now, legend, View(now=now), say)
    yield Text()
    yield summary_shown(story.now, legend, say)
    yield Text()
    yield _listed(story.now, (Status.ESTABLISHED, Status.POSSIBLE), say)


def _listed(answer: Answer, statuses: Sequence[Status], say: Translator) -> RenderableType:
    found = [dependent for dependent in answer.dependents if dependent.status in statuses]
    return grid([_row(dependent, say) for dependent in found])


def _row(dependent: Dependent, say: Translator) -> tuple[RenderableType, ...]:
    facts = dependent.facts
    return (
        _status(dependent.status, say),
        Text(facts.contract_id),
        Text(", ".join(facts.regions), style=DIM),
        Text(facts.title or ""),
    )


def _status(status: Status, say: Translator) -> Text:
    return Text(say.text(STATUS[status]), style=STATUS_STYLE[status])


def _evidence(story: Story, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    chosen = next(d for d in story.now.dependents if d.facts.contract_id == SHOWN_CONTRACT)
    yield contract_shown(chosen, legend, say)
    yield Text()
    rows = []
    for step in chosen.route or ():
        for claim in step.claims:
            cited = source_text(legend.sources.get(claim.source_id), claim.source_id, say)
            known = say.text("known since {day}", day=claim.recorded_at[:10])
            rows.append((Text(say.text("tier {n}", n=step.tier), style=DIM), Text(known, style=DIM), Text(cited)))
    yield grid(reversed(rows))
    yield Text()
    yield _paragraph(
        say.text(
            "An established route is one on which a document stands behind every step, for these goods: not a company "
            "that sells both gloves and something else. It says what depends on the plant. It does not say how likely "
            "harm is, and an allegation stays an allegation."
        )
    )


def _unmapped(answer: Answer, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    yield _paragraph(
        say.text(
            "Unmapped is not “no”. These contracts buy the same goods and nobody has said from where; a question to "
            "the supplier settles each of them."
        )
    )
    yield Text()
    found = [d for d in answer.dependents if d.status is Status.UNMAPPED]
    asked = [d for d in found if d.basis == "goods_match"]
    yield from (contract_shown(dependent, legend, say) for dependent in asked)
    rest = len(found) - len(asked)
    if rest:
        yield Text()
        yield _paragraph(
            say.text(
                "{n} more buy other goods, of which nobody has listed all that they are made of: latex cannot be "
                "excluded. And where there is no link, the answer says what it rests on.",
                n=rest,
            )
        )


# --- 5 and 6 ---


def _earlier(story: Story, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    yield _paragraph(
        say.text("Every claim keeps two clocks: when it was true, and when we knew. The same day, with less knowledge:")
    )
    yield _command(f"{ASKED.replace('dependents', 'compare')} --known-at {EARLIER} --known-at {DAY}")
    yield _counts([(EARLIER, story.earlier), (DAY, story.now)], say)
    yield Text()
    yield _paragraph(say.text("What made the difference:"))
    yield Text()
    known = story.earlier.question.lens.known_at
    yield from _changes(differences(story.earlier, story.now), known, legend, say)


def _counts(answers: Iterable[tuple[str, Answer]], say: Translator) -> RenderableType:
    listed = list(answers)
    rows: list[tuple[RenderableType, ...]] = [(Text(), *(Text(day, style=DIM) for day, _ in listed), Text())]
    for status in Status:
        numbers = (Text(str(answer.summary.counts[status]), justify="right") for _, answer in listed)
        rows.append((_status(status, say), *numbers, Text()))
    sums = [exposed_of(answer).total for _, answer in listed]
    values = (Text(amounts(found, say) if found else "", justify="right") for found in sums)
    rows.append((Text(say.text("value at exposure"), style=DIM), *values, Text()))
    return grid(rows, first=12)


def _changes(found: Sequence[Difference], known_at: str, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    for change in found:
        before, after = change.before, change.after
        if before is None or after is None:
            continue
        yield Padding(
            Text.assemble(
                with_id(after.facts.title, change.contract_id),
                ": ",
                _status(before.status, say),
                " -> ",
                _status(after.status, say),
            ),
            (0, 0, 0, 2),
            expand=False,
        )
        cited = [Text(source_text(legend.sources.get(source), source, say)) for source in new_sources(after, known_at)]
        yield labelled([(say.text("by"), line) for line in cited], indent=6)


def _order(story: Story, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    for view in (story.order, story.finding):
        yield _incident(view, legend, say)
    for day in (ORDERED, WIDENED):
        line = f"tracegraph dependents --incident {ORDER} --valid-at {day} --known-at {day}"
        yield Padding(command(f"$ {line}"), (1 if day == ORDERED else 0, 0, 0, 2), expand=False)
    yield Text()
    yield _counts([(ORDERED, story.ordered), (WIDENED, story.widened)], say)
    yield Text()
    real = [d.facts.contract_id for d in story.widened.dependents if _is_real_and_unmapped(d)]
    if real:
        yield _paragraph(
            say.text(
                "Among the unmapped of 2021 is a real contract: {ids}. Its source names two suppliers and does not "
                "say where they buy.",
                ids=", ".join(real),
            )
        )
        yield Text()
    found = differences(story.ordered, story.widened)
    yield grid([_moved(change, say) for change in found if change.before and change.after])
    yield Text()
    yield _paragraph(
        say.text(
            "The order names two companies; the finding names the group, but only its plants in Malaysia. So contracts "
            "on the group's other Malaysian plants come in, the plant in Thailand stays out, and goods bought from a "
            "company whose plant is not stated are possible, not established."
        )
    )


def _is_real_and_unmapped(dependent: Dependent) -> bool:
    return dependent.status is Status.UNMAPPED and not dependent.facts.contract_id.startswith("demo-")


def _moved(change: Difference, say: Translator) -> tuple[RenderableType, ...]:
    assert change.before is not None
    assert change.after is not None
    return (
        Text(change.contract_id),
        _status(change.before.status, say),
        Text("->"),
        _status(change.after.status, say),
        Text(change.after.facts.title or ""),
    )


# --- 7 ---


def _next(url: str, say: Translator) -> Iterator[RenderableType]:
    yield _paragraph(say.text("The store stays where it is. Point the commands at it:"))
    yield _command(f"export TRACEGRAPH_STORE={url}")
    tries = (
        ("tracegraph chain demo-c-0008", N_("five tiers up, to the smallholders")),
        ("tracegraph show demo-wholesale-01", N_("two sources that disagree on a share")),
        (f"{ASKED} --as SE-AB", N_("one region knows more than the others")),
        ("tracegraph dependents --incident demo-inc-recruiter", N_("a recruiter, not a plant, is named")),
        ("tracegraph ask --letters letters", N_("what to ask next, with a letter to each supplier")),
        ("tracegraph stops if-closed demo-plant-klang", N_("what stops if the plant closes")),
        ("tracegraph depth", N_("how deep each contract is mapped")),
        ("tracegraph incident show inc-us-top-glove", N_("a real order, with every later state")),
        ("tracegraph columns", N_("the columns of your own files")),
    )
    for line, why in tries:
        yield Group(Padding(command(line), (0, 0, 0, 2), expand=False), Text(f"      {say.text(why)}", style=DIM))
