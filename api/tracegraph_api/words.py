"""What the API says where a text of the library names a command or a file of the command line as the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracegraph.messages import N_, Message

#: The API's text, with the same places or fewer, by the library's.
WORDS: Final[Mapping[str, str]] = {
    "nothing that you can see has the id {id!r}; tracegraph show takes ids as the imported files have them": N_(
        "nothing that you can see has the id {id!r}"
    ),
    (
        "say what the report names: --factory ID, --supplier ID, --group ID, --country CC, --incident ID or "
        "--scope FILE.toml; they may be repeated and combined"
    ): N_("say what the report names: factory, supplier, group, country or incident; each may be repeated"),
    (
        "nothing is assumed: add --without-claim ID, --without-source ID, --add FILE or --close FACTORY; "
        "a scope that is only supposed is asked about with `tracegraph dependents`"
    ): N_("nothing is assumed: give without_claims, without_sources, close or add"),
    "no claim {ids} is seen under this view; `tracegraph show ID` lists claim ids": N_(
        "no claim {ids} is seen under this view"
    ),
    "no incident {id} is recorded under this view; `tracegraph incident list` shows those that are": N_(
        "there is no incident {id} that you see as of then"
    ),
    "--revision is given twice, with one --incident: the numbers of two of its revisions": N_(
        "revisions takes the numbers of two revisions of one incident"
    ),
}


def in_own_words(message: Message) -> Message:
    """Return a message as the API says it."""
    own = WORDS.get(message.text)
    return message if own is None else Message(own, message.values)
