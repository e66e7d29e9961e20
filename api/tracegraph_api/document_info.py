"""What the OpenAPI document says of the API as a whole, from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from tracegraph.messages import N_, Message
from tracegraph.settings_api import ApiSettings
from tracegraph_api.document_words import Say
from tracegraph_api.inputs import MAX_LIMIT

TITLE: Final = "tracegraph"
LICENCE: Final = {"name": "Apache License 2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}
SUMMARY: Final = N_("Which contracts depend on this factory, how do we know, and what can we not see.")
DESCRIPTION: Final = N_(
    "The supply chains behind public contracts, as dated and sourced claims, and the questions that follow from them. "
    "Answers say established, possible, unmapped or no_link: no known link never means that there is none. Every "
    "answer is as of a day (valid_at) and as it was known at a moment (known_at), and holds what the caller may see. "
    "Lists come in pages (limit and page); their links lead on. Limits are in x-limitations."
)
DOCUMENTATION: Final = N_("All operations with their parameters, examples and curl lines, in Swedish and English.")

MAX_BODY_MIB: Final = 10
_RATES: Final = (
    ("public", N_("Requests of one address without a token: at most {rate}.")),
    ("member", N_("Requests with one token: at most {rate}.")),
    ("upload", N_("Uploads of one region: at most {rate}.")),
)
_PER: Final = {
    "second": N_("{n} a second"),
    "minute": N_("{n} a minute"),
    "hour": N_("{n} an hour"),
    "day": N_("{n} a day"),
}


def information(settings: ApiSettings, version: str, server: str, say: Say) -> dict[str, Any]:
    """Return the first part of the document; descriptions are in English yet, the rest is said.

    Parameters
    ----------
    settings : ApiSettings
        Contact, terms and limits.
    version : str
        Of the interface.
    server : str
        Address of the API.
    say : callable
        Says texts as the document does.
    """
    return {
        "info": {
            "title": TITLE,
            "version": version,
            "summary": say(SUMMARY),
            "description": DESCRIPTION,
            "termsOfService": settings.terms_url,
            "contact": {
                "name": settings.contact_name,
                "url": settings.public_url,
                "email": settings.contact_email,
            },
            "license": LICENCE,
            "x-limitations": list(limitations(settings, say)),
        },
        "externalDocs": {"url": f"{server}/docs", "description": DOCUMENTATION},
        "servers": [{"url": server, "description": N_("The API.")}],
    }


def limitations(settings: ApiSettings, say: Say) -> Iterator[str]:
    """Yield the limits of the API in words."""
    limits = settings.limits
    yield say(N_("A page has at most {n} rows."), n=MAX_LIMIT)
    yield say(N_("A body may have at most {n} MiB."), n=MAX_BODY_MIB)
    yield say(N_("Addresses longer than 2,048 characters may be refused on the way: POST exposure-queries instead."))
    if limits.deadline_seconds is not None:
        yield say(N_("A request is answered within {seconds:g} s, if only with 503."), seconds=limits.deadline_seconds)
    if limits.rates is not None:
        for name, words in _RATES:
            rate = getattr(limits.rates, name)
            if rate:
                number, _, per = rate.partition("/")
                yield say(words, rate=Message(_PER[per], {"n": int(number)}))
    yield say(N_("What is not known is not in an answer: no_link says that no link is known, not that there is none."))
