"""Who learns of a document: whoever reads something that names it sees its title. So it is named to no more people
than see it already, unless somebody decides that who may.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from tracegraph.access import Permission, Principal
from tracegraph.errors import Problem
from tracegraph.intake.allowed import Undisclosed
from tracegraph.intake.refusal import Refusal
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Statement
from tracegraph.services.documents import problem_at
from tracegraph.services.seen_standing import seen_sources
from tracegraph.store.port import Store
from tracegraph.vocabulary import NETWORK, PUBLIC, UNSOURCED

_RULE: Final = "document-less-visible"


def undisclosed_of(
    store: Store, lens: Lens, who: Principal, own: Collection[str] = (), own_prefix: str | None = None
) -> Undisclosed:
    """Return what tells which rows would show a document to people who do not see it.

    Parameters
    ----------
    store, lens, who
        The store, and who writes: as of now, with all that they see.
    own : collection of str
        Documents that are brought along: they are theirs to show.
    own_prefix : str or None
        How ids of documents begin that are theirs.
    """

    def undisclosed(statements: Sequence[Statement]) -> dict[str, Refusal]:
        named: dict[str, set[str]] = {}
        for one in statements:
            is_own = one.source_id in own or (own_prefix is not None and one.source_id.startswith(own_prefix))
            if not is_own and one.source_id != UNSOURCED:
                named.setdefault(one.visibility, set()).add(str(one.source_id))
        hidden = {(by, id) for by, ids in named.items() for id in unseen_by(store, lens, who, by, ids)}
        rows = {str(one.claim_key): (one.visibility, str(one.source_id)) for one in statements}
        return {key: _refusal(*place) for key, place in rows.items() if place in hidden}

    return undisclosed


def unseen_by(store: Store, lens: Lens, who: Principal, visibility: str, ids: Collection[str]) -> set[str]:
    """Return those documents that the readers of a visibility do not see, and that somebody may not show them.

    Who has the permission `REVIEW` may show what they see otherwise than by a grant; nobody shows more.
    """
    readers = tuple(sorted({PUBLIC, visibility} | ({NETWORK} if visibility != PUBLIC else set())))
    if set(lens.visible_to) <= set(readers):
        return set()
    missing = set(ids) - seen_sources(ids, store, replace(lens, visible_to=readers))
    if missing and who.may(Permission.REVIEW):
        missing -= seen_sources(missing, store, replace(lens, visible_to=who.writes_to))
    return missing


def undisclosed_problems(places: Iterable[tuple[str, str]], hidden: Collection[str], visibility: str) -> list[Problem]:
    """Return what is wrong at places (JSON pointer, document) that name a hidden document."""
    return [problem_at(pointer, _refusal(visibility, id), id) for pointer, id in places if id in hidden]


def _refusal(visibility: str, id: str) -> Refusal:
    return Refusal(
        _RULE,
        N_("fewer people than {visibility} see the document {value}, whose title this would show them"),
        N_("bring it along as your own document, name another, or let who has the permission review record it"),
        visibility=visibility,
        value=id,
    )
