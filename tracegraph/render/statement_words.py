"""What a row of an import says, as a sentence: for people who know no kinds of claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tracegraph.messages import N_
from tracegraph.translate import Translator
from tracegraph.vocabulary import RelationshipType

#: Places of a claim key: table, type, start, end, source, valid_from, visibility, qualifier.
_PARTS: Final = 8
_SENTENCES: Final[Mapping[str, str]] = {
    RelationshipType.OFFERS: N_("{start} has {end}"),
    RelationshipType.SUPPLIES: N_("{start} goes to {end}"),
    RelationshipType.BECOMES: N_("{start} is made into {end}"),
    RelationshipType.DELIVERED_UNDER: N_("{start} is delivered under the contract {end}"),
    RelationshipType.OPERATED_BY: N_("the plant {start} is run by {end}"),
    RelationshipType.LOCATED_IN: N_("the plant {start} is in {end}"),
    RelationshipType.OWNED_BY: N_("{start} is owned by {end}"),
    RelationshipType.REGISTERED_IN: N_("{start} is registered in {end}"),
    RelationshipType.SERVES: N_("{start} does something for {end}"),
    RelationshipType.USES: N_("{start} uses the contract {end}"),
    RelationshipType.IN_CATEGORY: N_("the contract {start} is in the category {end}"),
    RelationshipType.DESCRIBES: N_("{end} is described"),
}
#: What a version of a claim says, by the names that records have for it.
_FIELDS: Final[Mapping[str, str]] = {
    "grade": N_("evidence"),
    "valid_to": N_("valid until"),
    "share_low": N_("share, at least"),
    "share_high": N_("share, at most"),
    "confidence": N_("confidence"),
    "name": N_("name"),
    "title": N_("title"),
    "country": N_("country"),
    "regions": N_("regions"),
    "value_sek": N_("value in SEK"),
    "address": N_("address"),
    "org_no": N_("organisation number"),
    "lei": N_("LEI"),
}


def sentence(claim_key: str, say: Translator) -> str:
    """Return what a claim says as a sentence; a key of another form is returned as it is."""
    parts = claim_key.split("|")
    if len(parts) != _PARTS or parts[1] not in _SENTENCES:
        return claim_key
    return say.text(_SENTENCES[parts[1]], start=_end(parts[2], say), end=_end(parts[3], say))


def source_of(claim_key: str) -> str:
    """Return the id of the source that a claim rests on; empty where the key does not tell."""
    parts = claim_key.split("|")
    return parts[4] if len(parts) == _PARTS else ""


def differences(before: Mapping[str, Any], after: Mapping[str, Any], say: Translator) -> list[tuple[str, str, str]]:
    """Return in what two versions of a claim differ: the field in words, what it was, what it is."""
    old, new = _flat(before), _flat(after)
    names = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    return [(_field(name, say), _value(old.get(name), say), _value(new.get(name), say)) for name in names]


def _end(end: str, say: Translator) -> str:
    """Return an end of a claim: its id, of goods whose they are and what."""
    label, _, id = end.partition(":")
    if label != "Item" or "/" not in id:
        return id
    holder, _, goods = id.partition("/")
    return say.text(N_("{goods} of {holder}"), goods=goods, holder=holder)


def _flat(says: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in says.items() if name != "attributes"}, **says.get("attributes", {})}


def _field(name: str, say: Translator) -> str:
    return say.text(_FIELDS[name]) if name in _FIELDS else name.replace("_", " ")


def _value(value: Any, say: Translator) -> str:
    if value is None or value == "":
        return say.text("not stated")
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
