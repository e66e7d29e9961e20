"""What a triage may say, and who may say it for whom."""

from __future__ import annotations

import re
from typing import Final

from tracegraph.access import Principal
from tracegraph.errors import Forbidden, InvalidInput
from tracegraph.messages import N_
from tracegraph.triage import Said
from tracegraph.vocabulary import TriageState

OWNER_LENGTH: Final = 100
REASON_LENGTH: Final = 2_000

_ADDRESS: Final = re.compile(r"\S@\S")
#: Six or eight digits of a day (coordination numbers add 60 to it), then four more. The third and fourth digit of the
#: number of an organisation are no month.
_PERSON: Final = re.compile(
    r"(?<!\d)(?:18|19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|[39][01])\s?[-+–]?\s?\d{4}(?!\d)"
)


def without_person(text: str) -> str:
    """Return a text as it is.

    Raises
    ------
    InvalidInput
        It holds what looks like an e-mail address or a personal identity number.
    """
    if _ADDRESS.search(text):
        raise InvalidInput(N_("this looks like an e-mail address: name a role or a function, not a person"))
    if _PERSON.search(text):
        raise InvalidInput(N_("this looks like a personal identity number: name a role or a function, not a person"))
    return text


def writable_visibility(who: Principal, asked: str | None) -> str:
    """Return whose triage is to be written.

    Raises
    ------
    Forbidden
        They may not write it: a region's member writes their region's alone.
    """
    own = who.home
    visibility = asked or own
    if not who.may_write_as(visibility) or (who.region and visibility != own):
        raise Forbidden(N_("you may not triage as {visibility}: write {own}"), visibility=visibility, own=own)
    return visibility


def check_said(said: Said, today: str) -> None:
    """Refuse what cannot be said.

    Raises
    ------
    InvalidInput
        A state other than potential without a reason, or one that would have expired already.
    """
    if said.state is not TriageState.POTENTIAL and not said.reason:
        raise InvalidInput(N_("the state is {state}: say why, in reason"), state=str(said.state)).at("/reason")
    if said.expires_on is not None and said.expires_on < today:
        raise InvalidInput(
            N_("expires_on is {day}, which has passed: name the last day on which the state counts"),
            day=said.expires_on,
        ).at("/expires_on")
