"""A claim in a line: what its key says, in words that a person can follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.text import Text

from tracegraph.messages import N_
from tracegraph.store.rows import Change
from tracegraph.translate import Translator

KINDS: Final = {
    "new": N_("new"),
    "changed": N_("changed"),
    "unchanged": N_("unchanged"),
    "retracted": N_("ended"),
}
_PARTS: Final = 8  # table, type, start, end, source, valid_from, visibility, qualifier


def change_shown(change: Change, say: Translator) -> Text:
    """Return one statement's fate in a line."""
    line = Text.assemble("  ", (f"{say.text(KINDS[change.kind])}  ", "bold"), key_words(change.claim_key))
    differences = _differences(change.before or {}, change.after or {}) if change.kind == "changed" else ""
    return Text.assemble(line, f"  {differences}" if differences else "", (f"  {change.claim_id}", "dim"))


def key_words(claim_key: str) -> str:
    """Return the ends, the type and the source of a claim key."""
    parts = claim_key.split("|")
    if len(parts) != _PARTS:
        return claim_key
    _, kind, start, end, source, *_ = parts
    return f"{_id(start)} {kind} {_id(end)} [{source}]"


def _id(end: str) -> str:
    return end.partition(":")[2]


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what two versions of a claim differ in."""
    old, new = _flat(before), _flat(after)
    names = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    return ", ".join(f"{name}: {_value(old.get(name))} -> {_value(new.get(name))}" for name in names)


def _flat(says: Mapping[str, Any]) -> dict[str, Any]:
    return {**{k: v for k, v in says.items() if k != "attributes"}, **says.get("attributes", {})}


def _value(value: Any) -> str:
    return "-" if value is None else str(value)
