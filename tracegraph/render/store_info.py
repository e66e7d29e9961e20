"""What a store is and holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.messages import N_
from tracegraph.render.shape import DIM, grid, heading, labelled
from tracegraph.store.rows import ImportEntry, StoreInfo
from tracegraph.translate import Translator
from tracegraph.vocabulary import Label, RelationshipType

_STATES: Final = {"open": N_("not finished"), "finished": N_("finished")}
_COUNTS: Final = {
    "new": N_("{n} new"),
    "changed": N_("{n} changed"),
    "retracted": N_("{n} ended"),
    "incidents": N_("{n} incident revisions"),
    "references": N_("{n} reference records"),
}


def init_shown(info: StoreInfo, applied: Sequence[str], say: Translator) -> RenderableType:
    """Return what setting up did."""
    if not applied:
        return Text(say.text("{url} is up to date (schema {n}).", url=info.url, n=info.schema_version))
    done = say.text("{url} is set up (schema {n}):", url=info.url, n=info.schema_version)
    return Group(Text(done), *(Text(f"  {name}") for name in applied))


def store_shown(info: StoreInfo, say: Translator) -> RenderableType:
    """Return the state of a store."""
    schema = say.text("{n}, up to date", n=info.schema_version)
    if info.schema_version != info.schema_expected:
        needed = N_("{n}, and {expected} is needed: tracegraph store init")
        schema = say.text(needed, n=info.schema_version, expected=info.schema_expected)
    parts: list[RenderableType] = [
        Text(info.url, style="bold"),
        labelled([(say.text("kind"), Text(f"{info.kind}, {info.server}")), (say.text("schema"), Text(schema))]),
    ]
    groups = (
        (N_("nodes"), set(Label)),
        (N_("claims, all versions"), set(RelationshipType)),
    )
    named = {str(word.value) for _, words in groups for word in words}
    for title, words in groups:
        parts += _counted(say.text(title), {k: n for k, n in info.counts.items() if k in {w.value for w in words}}, say)
    parts += _counted(say.text("records"), {k: n for k, n in info.counts.items() if k not in named}, say)
    if info.imports:
        parts += [Text(), heading(say.text("imports, newest first"))]
        parts.append(imports_shown(info.imports, say))
    return Group(*parts)


def _counted(title: str, counts: dict[str, int], say: Translator) -> Iterator[RenderableType]:
    if counts:
        yield Text()
        yield heading(title)
        yield grid([(Text(name), Text(say.number(n), justify="right")) for name, n in counts.items()])


def imports_shown(entries: Sequence[ImportEntry], say: Translator) -> RenderableType:
    """Return imports: number, time, what they recorded, the files."""
    return grid([_import(entry, say) for entry in entries])


def _import(entry: ImportEntry, say: Translator) -> tuple[RenderableType, ...]:
    counts = ", ".join(say.text(_COUNTS[key], n=n) for key, n in entry.counts.items() if n and key in _COUNTS)
    state = "" if entry.state == "finished" else f" ({say.text(_STATES.get(entry.state, entry.state))})"
    when = entry.recorded_at.replace("T", " ").removesuffix("Z")
    return (
        Text(str(entry.change_set), justify="right", style="bold"),
        Text(when, style=DIM),
        Text(f"{counts}{state}\n{entry.description}"),
    )
