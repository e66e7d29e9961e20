"""What an incident's next revision touches: the present scope, replaced, narrowed, added to or taken from."""

from __future__ import annotations

from enum import StrEnum

from tracegraph.errors import InvalidInput
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.services.asking import Asked, narrow, scope_of
from tracegraph.store.port import RecordStore


class ScopeEdit(StrEnum):
    """What becomes of the present scope."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


def revised_scope(present: Scope, asked: Asked, edit: ScopeEdit, store: RecordStore, lens: Lens) -> Scope | None:
    """Return the next scope; None when nothing is said of it.

    Where selectors are named they replace the present ones, or go beside them, or those of the same kind and id are
    taken away. Where only goods, countries, exclusions or services are named, every present selector gets them.

    Raises
    ------
    InvalidInput
        What is to be taken away is not there, or nothing would be left, or nothing is named to be added.
    """
    plain = Asked(products=asked.products, countries=asked.countries, exclude=asked.exclude, services=asked.services)
    if asked == plain:
        return _narrowed(present, asked, edit)
    named = scope_of(asked, store, lens)
    if edit is ScopeEdit.ADD:
        return tuple(dict.fromkeys((*present, *named)))
    return named if edit is ScopeEdit.REPLACE else _without(present, named)


def _narrowed(present: Scope, asked: Asked, edit: ScopeEdit) -> Scope | None:
    if edit is not ScopeEdit.REPLACE:
        raise InvalidInput(
            N_("--{edit}-scope goes with what to {edit}: --factory ID, --supplier ID, --group ID or --country CC"),
            edit=edit.value,
        )
    if asked == Asked():
        return None
    return tuple(dict.fromkeys(narrow(selector, asked) for selector in present))


def _without(present: Scope, named: Scope) -> Scope:
    gone = {(selector.kind, selector.id) for selector in named}
    missing = gone - {(selector.kind, selector.id) for selector in present}
    if missing:
        raise InvalidInput(
            N_("the scope has no {missing}; it has {present}"),
            missing=", ".join(sorted(f"{kind} {id}" for kind, id in missing)),
            present=", ".join(f"{selector.kind} {selector.id}" for selector in present),
        )
    rest = tuple(selector for selector in present if (selector.kind, selector.id) not in gone)
    if not rest:
        raise InvalidInput(
            N_("nothing would be left of the scope; an incident that is taken back gets --status withdrawn")
        )
    return rest
