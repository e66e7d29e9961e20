"""Which listed goods come from where these factories stand: one line a country, for the factories of a store."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script: the folder is not on the path

from examples.listed_goods.convert import SOURCE
from tracegraph import countries
from tracegraph.cli.failures import exit_code
from tracegraph.composition import open_store
from tracegraph.errors import TracegraphError
from tracegraph.lens import Lens
from tracegraph.model import Selector, holder_of
from tracegraph.products import Catalogue
from tracegraph.services.asking import lens_of
from tracegraph.services.incidents import list_incidents
from tracegraph.store.port import GraphReader, Store
from tracegraph.vocabulary import Certainty, Label, SelectorKind
from tracegraph.walk.scope import resolve_scope

EXAMPLE: Final = "python examples/listed_goods/ask.py --store sqlite:///real.db --valid-at 2020-06-01"


@dataclass(frozen=True)
class Good:
    """A listed good, and the factories of its country that it touches."""

    incident_id: str
    title: str
    kind: str
    certain: int  # factories that are known to make it
    candidate: int  # factories of which it is not known what they make, or not precisely


@dataclass(frozen=True)
class Country:
    """A country in which factories stand, and the goods that are listed for it."""

    country: str
    name: str
    factories: int
    goods: tuple[Good, ...]


def listed_goods(store: Store, lens: Lens) -> list[Country]:
    """Return every country in which a visible factory stands, those with the most factories first."""
    catalogue = store.catalogue()
    goods: dict[str, list[Good]] = defaultdict(list)
    for view in list_incidents(store, lens):
        revision = view.current
        if SOURCE in revision.sources:
            found = factories(revision.scope, store, lens, catalogue)
            certain = sum(certainty is Certainty.CERTAIN for certainty in found.values())
            good = Good(revision.incident_id, revision.title, revision.kind, certain, len(found) - certain)
            goods[revision.scope[0].id].append(good)
    standing = {
        code: len(factories((Selector(SelectorKind.COUNTRY, code),), store, lens, catalogue))
        for code in sorted(countries.alpha2_codes())
    }
    return sorted(
        (Country(code, countries.name(code), count, tuple(goods[code])) for code, count in standing.items() if count),
        key=lambda found: (-found.factories, found.country),
    )


def factories(
    scope: Sequence[Selector], reader: GraphReader, lens: Lens, catalogue: Catalogue
) -> Mapping[str, Certainty]:
    """Return the factories that a scope touches: certain when one of their items is."""
    found: dict[str, Certainty] = {}
    for item, certainty in resolve_scope(tuple(scope), reader, lens, catalogue).affected.items():
        if found.get(holder_of(item)) is not Certainty.CERTAIN:
            found[holder_of(item)] = certainty
    held = reader.items_of(sorted(found), lens) if found else []
    return {holding.holder_id: found[holding.holder_id] for holding in held if holding.label is Label.FACTORY}


def body(found: Sequence[Country], lens: Lens) -> dict[str, object]:
    """Return the answer as JSON."""
    return {
        "lens": {"valid_at": lens.valid_at, "known_at": lens.known_at},
        "factories": sum(country.factories for country in found),
        "countries": [asdict(country) for country in found],
    }


def table(found: Sequence[Country]) -> str:
    """Return the answer for a person."""
    lines = []
    for country in found:
        word = "factory  " if country.factories == 1 else "factories"
        lines.append(f"{country.name:<24}{country.factories:>6} {word} {len(country.goods):>4} listed goods")
        for good in country.goods:
            known = f" ({good.certain} known to make it)" if good.certain else ""
            lines.append(f"    {good.title}{known}")
    total = sum(country.factories for country in found)
    lines.append(f"{total} factories in {len(found)} countries; a listed good says nothing of a single factory.")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"Example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--store",
        metavar="URL",
        default=os.environ.get("TRACEGRAPH_STORE", "sqlite:///tracegraph.db"),
        help="store with the imported datasets (default: TRACEGRAPH_STORE, else sqlite:///tracegraph.db)",
    )
    parser.add_argument("--valid-at", metavar="DATE", help="day on which the factories stood there (default: today)")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    asked = parser.parse_args(argv)
    try:
        lens = lens_of(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), valid_at=asked.valid_at)
        store = open_store(asked.store, create=False)
        try:
            found = listed_goods(store, lens)
        finally:
            store.close()
    except TracegraphError as error:
        print(f"Error: {error}", file=sys.stderr)
        return exit_code(error)
    print(json.dumps(body(found, lens), ensure_ascii=False, indent=2) if asked.json else table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
