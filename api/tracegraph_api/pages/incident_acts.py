"""Acts of authorities in the form of a report: one group of fields for each act, and a few empty ones behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from tracegraph import countries
from tracegraph.incidents import RegulatoryAction
from tracegraph.messages import N_
from tracegraph_api.pages.forms import Form
from tracegraph_api.pages.words import country, say

_TEXTS: Final = ("authority", "kind", "effective", "modified", "revoked", "reference", "url", "source_id", "note")
#: What an act has, in the form's order.
KEYS: Final = (*_TEXTS, "countries")
#: Ticked where an act is taken away.
GONE: Final = "gone"
DAYS: Final = ("effective", "modified", "revoked")
_EMPTY: Final = 2
_MOST: Final = 200
_FIELD: Final = re.compile(rf"act_(\d{{1,3}})_({'|'.join(KEYS)})")


def field(number: int, key: str) -> str:
    """Return the name of a field of an act."""
    return f"act_{number}_{key}"


def has_acts(form: Form) -> bool:
    """Return whether a form has fields for acts at all."""
    return any(_FIELD.fullmatch(name) for name in form.values)


def numbers(form: Form) -> list[int]:
    """Return the numbers of the acts of which something is typed, without those that are taken away."""
    found = (_FIELD.fullmatch(name) for name in form.values if form.value(name).strip())
    return sorted({int(match[1]) for match in found if match and not form.value(field(int(match[1]), GONE))})[:_MOST]


def shown(form: Form) -> list[int]:
    """Return the numbers of the acts that the form shows: those that are typed, then empty ones."""
    typed = numbers(form)
    return [*typed, *range(max(typed, default=0) + 1, max(typed, default=0) + 1 + _EMPTY)]


def labels(form: Form) -> dict[str, str]:
    """Return what the fields of acts are called where something is wrong with them."""
    return {field(number, key): str(say(N_("Act {n}"), n=str(number))) for number in numbers(form) for key in KEYS}


def acts_of(form: Form) -> list[dict[str, Any]]:
    """Return the acts that a form says, as parts of an incident's body."""
    return [dict(_act(form, number)) for number in numbers(form)]


def _act(form: Form, number: int) -> Iterator[tuple[str, Any]]:
    for key in _TEXTS:
        if text := form.value(field(number, key)).strip().replace("\r\n", "\n"):
            yield key, text
    named = [part.strip() for part in re.split(r"[,;\n]", form.value(field(number, "countries")))]
    if any(named):
        yield "countries", [part for part in named if part]


def fill(form: Form, acts: Sequence[RegulatoryAction]) -> None:
    """Let a form say acts that are recorded."""
    for number, act in enumerate(acts, 1):
        for key in _TEXTS:
            form.values[field(number, key)] = getattr(act, key) or ""
        form.values[field(number, "countries")] = ", ".join(map(_country, act.countries))


def _country(code: str) -> str:
    """Return a country as it can be typed again."""
    called = country(code)
    return called if "," not in called and countries.resolve(called) == code else code


def documents_of(form: Form) -> list[str]:
    """Return the documents, by id, that acts name as theirs; those that the form brings along are not among them."""
    named = [form.value(field(number, "source_id")).strip() for number in numbers(form)]
    return list(dict.fromkeys(one for one in named if one and not one.startswith("new-")))


def act_field(form: Form, parts: Sequence[str]) -> str:
    """Return the field that a place in the list of acts means.

    Parameters
    ----------
    form : Form
        What was typed.
    parts : sequence of str
        The place, as ``["0", "effective"]``.
    """
    typed = numbers(form)
    at = int(parts[0]) if parts and parts[0].isdecimal() else 0
    number = typed[at] if at < len(typed) else 1
    return field(number, parts[1] if len(parts) > 1 and parts[1] in KEYS else "authority")
