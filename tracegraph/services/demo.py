"""The demo: the seed data in a store of its own, and the questions that tell its story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tracegraph.answer import Answer, Question
from tracegraph.errors import InvalidInput
from tracegraph.intake import read_dataset
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope, Selector
from tracegraph.resources import resource_folder
from tracegraph.services.dependents import dependents
from tracegraph.services.incidents import IncidentView, find_incident
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Progress, Store
from tracegraph.vocabulary import SelectorKind

SEEDS: Final = ("reference", "demo")
REAL_INCIDENT: Final = "inc-2019-my-gloves"
ARTICLE: Final = "demo-inc-gloves-and-debts"
ORDER: Final = "demo-inc-order"
GROUP: Final = "demo-gloves"
PLANTS_IN: Final = "MY"
SHOWN_CONTRACT: Final = "demo-c-0007"

DAY: Final = "2019-02-19"
EARLIER: Final = "2018-12-19"
ORDERED: Final = "2020-07-15"
WIDENED: Final = "2021-03-29"


@dataclass(frozen=True, slots=True)
class Story:
    """The answers that the story is told with.

    Attributes
    ----------
    real, article : IncidentView
        The real reports of February 2019, and the invented article.
    order, finding : IncidentView
        The invented order of 2020, and the same incident as widened in 2021.
    now, earlier : Answer
        Who depends on the group's plants: as known on the day, and two months before.
    ordered, widened : Answer
        Who depends on what the order names, and on what the finding names.
    """

    real: IncidentView
    article: IncidentView
    order: IncidentView
    finding: IncidentView
    now: Answer
    earlier: Answer
    ordered: Answer
    widened: Answer


def fill(store: Store, now: str, progress: Progress | None = None) -> None:
    """Put both seeds into an empty store; one that holds them already is left as it is.

    Raises
    ------
    InvalidInput
        The store holds something else.
    """
    is_empty = not store.info().counts
    folder = resource_folder("seeds")
    for name in SEEDS:
        reading = read_dataset([folder / name], standing=store)
        if is_empty:
            store.apply(reading.change_set, now, progress=progress)
        elif not store.apply(reading.change_set, now, dry_run=True).is_nothing:
            raise InvalidInput(
                N_("the store is not empty: the demo wants one of its own, such as --store sqlite:///demo.db")
            )


def tell(store: Store) -> Story:
    """Ask the questions of the story."""
    portfolios = Portfolios(store)
    group: Scope = (Selector(SelectorKind.GROUP, GROUP, countries=(PLANTS_IN,)),)

    def ask(scope: Scope, valid_at: str, known_at: str) -> Answer:
        return dependents(Question(scope, at(valid_at, known_at)), store, portfolios)

    order, finding = (find_incident(store, ORDER, at(day, day)) for day in (ORDERED, WIDENED))
    return Story(
        real=find_incident(store, REAL_INCIDENT, at(DAY, DAY)),
        article=find_incident(store, ARTICLE, at(DAY, DAY)),
        order=order,
        finding=finding,
        now=ask(group, DAY, DAY),
        earlier=ask(group, DAY, EARLIER),
        ordered=ask(order.current.scope, ORDERED, ORDERED),
        widened=ask(finding.current.scope, WIDENED, WIDENED),
    )


def at(valid_at: str, known_at: str) -> Lens:
    """Return the lens of all regions on a day, as known at the end of a day."""
    return Lens(valid_at, f"{known_at}T23:59:59Z")
