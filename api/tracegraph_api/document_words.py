"""Words of the OpenAPI document: in Swedish and English at once, or in one language; and those for parts of paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tracegraph.messages import N_
from tracegraph.translate import Translator

#: Says an English text, marked with ``N_``, as the document does; places are filled in.
Say = Callable[..., str]

#: What is data and not words.
_AS_IS: Final = ("example", "examples", "enum", "const", "default")
#: Under what the names are the data's own.
_NAMES: Final = ("properties", "patternProperties", "$defs", "schemas", "headers", "parameters", "responses")
#: In which languages the document itself is: both, one after the other.
BOTH: Final = "sv+en"


def saying(lang: str) -> Say:
    """Return what says texts: in Swedish and English (`BOTH`), or in one of them."""
    if lang != BOTH:
        return Translator(lang).text
    swedish, english = Translator("sv"), Translator("en")

    def both(text: str, /, **values: Any) -> str:
        in_both = (swedish.text(text, **values), english.text(text, **values))
        apart = "\n\n" if text.endswith(".") else " / "
        return apart.join(dict.fromkeys(in_both))

    return both


def all_said(document: Any, say: Say, *, is_names: bool = False) -> Any:
    """Return a part of a document with all descriptions said; `is_names` where its keys are names of the data."""
    if isinstance(document, list):
        return [all_said(one, say) for one in document]
    if not isinstance(document, Mapping):
        return document
    said = {
        name: value if name in _AS_IS and not is_names else all_said(value, say, is_names=name in _NAMES)
        for name, value in document.items()
    }
    if isinstance(document.get("description"), str):
        said["description"] = say(document["description"])
    return said


def descriptions(document: Any) -> set[str]:
    """Return all descriptions of a part of a document."""
    found: set[str] = set()

    def note(text: str, /, **_: Any) -> str:
        found.add(text)
        return text

    all_said(document, note)
    return found


#: What a part of a path is, by its name in the route; where one name means several things, by resource and name.
PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "factories/id": (N_("Id of a factory."), "demo-plant-klang"),
    "suppliers/id": (N_("Id of a company."), "demo-gloves-klang"),
    "groups/id": (N_("Id of the company at the top of a group."), "demo-gloves"),
    "contracts/id": (N_("Id of a contract."), "demo-c-0001"),
    "products/id": (N_("Id of a kind of goods."), "gloves-nitrile"),
    "countries/id": (N_("Country, as two letters of ISO 3166-1."), "MY"),
    "countries/code": (N_("Country, as two letters of ISO 3166-1."), "MY"),
    "regions/id": (N_("Region, by its code of ISO 3166-2."), "SE-AB"),
    "categories/id": (N_("Id of a category of contracts."), "gloves"),
    "sources/id": (N_("Id of a document."), "demo-src-contracts"),
    "claims/id": (N_("Id of a claim."), "clm-0123456789abcdef0123"),
    "incidents/id": (N_("Id of an incident."), "demo-inc-order"),
    "proposals/id": (N_("Id of a proposal."), "prp-0123456789abcdef"),
    "imports/id": (N_("Number of an import."), "1"),
    "jobs/id": (N_("Id of a job."), "job-0123456789abcdef"),
    "keys/id": (N_("Id of an API key, which is no secret."), "0123456789abcdef"),
    "subscriptions/id": (N_("Id of a subscription."), "0123456789abcdef"),
    "endpoints/id": (N_("Id of an address that messages are sent to."), "0123456789abcdef"),
    "messages/id": (N_("Id of a message."), "msg_0123456789abcdef"),
    "holder": (N_("Id of the company or factory that has the item."), "demo-plant-klang"),
    "product": (N_("Id of the goods."), "gloves-nitrile"),
    "contract": (N_("Id of a contract."), "demo-c-0001"),
    "problems/code": (N_("Code of a problem, as it stands in code."), "unknown-node"),
    "resources/name": (N_("Name of a resource, as the reference has it."), "factories"),
    "files/name": (N_("Name of a file of the documentation."), "docs.css"),
}


def part_words(rule: str, name: str) -> tuple[str, str]:
    """Return what a part of a path is, and an example; empty where nobody has said it, which a test tells."""
    steps = [step for step in rule.split("/") if step]
    at = next((i for i, step in enumerate(steps) if step.strip("<>").rpartition(":")[2] == name), 0)
    keys = (f"{steps[at - 1]}/{name}", name)
    return next((PARTS[key] for key in keys if key in PARTS), ("", ""))
