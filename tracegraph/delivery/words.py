"""What messages tell, and what came of sending them, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tracegraph.messages import N_
from tracegraph.translate import Translator

_STATUS: Final[Mapping[str, str]] = {
    "established": N_("a documented route leads there"),
    "possible": N_("a route is possible"),
    "unmapped": N_("it cannot be said: the chain is not mapped"),
}
#: Words for what is watched.
WATCHED: Final[Mapping[str, str]] = {
    "factory": N_("factory"),
    "supplier": N_("supplier"),
    "group": N_("group"),
    "country": N_("country"),
    "category": N_("category"),
    "contract": N_("contract"),
    "incident": N_("incident"),
}


def news_said(one: Mapping[str, Any], say: Translator) -> str:
    """Return one fact in words."""
    kind, id, after = one["kind"], one["id"], one["after"]
    if kind == "incident":
        return _incident_said(id, one["before"], after, say)
    if kind == "exposure":
        incident, _, contract = id.partition("/")
        if after is None:
            return say.text(
                N_("contract {contract}: no link to {incident} is known any more"), contract=contract, incident=incident
            )
        return say.text(
            N_("contract {contract} towards {incident}: {status}"),
            contract=contract,
            incident=incident,
            status=say.text(_STATUS[after]),
        )
    if after is None:
        return say.text(N_("contract {contract}: no link is known any more"), contract=id)
    return say.text(N_("contract {contract}: {status}"), contract=id, status=say.text(_STATUS[after]))


def _incident_said(id: str, before: str | None, after: str | None, say: Translator) -> str:
    if after is None:
        return say.text(N_("the incident {id} no longer touches this"), id=id)
    status = after.partition("/")[2]
    if status == "withdrawn":
        return say.text(N_("the report {id} was withdrawn: nothing is exposed to it any more"), id=id)
    if before is None:
        return say.text(N_("a report touches this: {id}"), id=id)
    return say.text(N_("the report {id} has a new revision"), id=id)


# --- what came of a try ----------------------------------------------------------------------------------------------

_REASONS: Final[Mapping[str, str]] = {
    "sent": N_("it arrived"),
    "gone": N_("the program said that it takes no messages any more"),
    "timeout": N_("the program did not answer in time"),
    "unreachable": N_("the address could not be reached"),
    "bad-address": N_("the address cannot be used: check how it is written"),
    "endpoint-gone": N_("the address of the program was removed here"),
    "subscription-ended": N_("the subscription had ended, or its owner may not see this any more"),
    "no-mail-server": N_("no e-mail is sent from this service"),
    "mail-server-unreachable": N_("our mail server could not be reached"),
    "recipient-refused": N_("the mail server does not take messages for this address"),
}
_CODES: Final = re.compile(r"(status|smtp)-(\d{3})")
_CODE_SAID: Final[Mapping[str, str]] = {
    "status": N_("the program did not take it and answered with the code {code}"),
    "smtp": N_("the mail server did not take it and answered with the code {code}"),
}


def reason_said(reason: str, say: Translator) -> str:
    """Return in words why a try to send a message ended as it did; `reason` is that of an `Outcome`."""
    if found := _CODES.fullmatch(reason):
        return say.text(_CODE_SAID[found[1]], code=found[2])
    return say.text(_REASONS[reason]) if reason in _REASONS else reason
