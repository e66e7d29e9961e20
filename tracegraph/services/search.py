"""What is meant by a text: companies, plants and contracts by what they are called, and reference data by name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.kept import Kept
from tracegraph.lens import Lens
from tracegraph.model import NodeRef
from tracegraph.services.listing import LANGUAGES, Listings
from tracegraph.services.names import node_names
from tracegraph.services.portfolios import LensKey, Portfolios
from tracegraph.store.port import Store
from tracegraph.store.rows import Match
from tracegraph.vocabulary import Label

MOST_FOUND: Final = 1_000
NEAR: Final = "near"
#: Labels that are found by their names in reference data.
NAMED: Final = (Label.PRODUCT, Label.COUNTRY, Label.REGION, Label.CATEGORY)
FOUND: Final = (Label.SUPPLIER, Label.FACTORY, Label.CONTRACT, *NAMED)
_MOST_NEAR: Final = 10
_LIKE: Final = 0.6
_BEGINNING: Final = 3
_LENSES_KEPT: Final = 32
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A node that a text may mean.

    Attributes
    ----------
    node : NodeRef
        Which.
    name : str or None
        What it is called.
    reason : str
        ``id``, ``name``, ``alias``, ``identifier``; ``near``: nothing holds the text, and this is spelled like it.
    """

    node: NodeRef
    name: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Named:
    node: NodeRef
    texts: tuple[tuple[str, str], ...]  # folded text and reason


class Search:
    """Finds nodes by text; what reference data is called is kept while no chain changes.

    Parameters
    ----------
    store, portfolios
        The store, and its portfolio views.
    """

    def __init__(self, store: Store, portfolios: Portfolios) -> None:
        self._store, self._portfolios = store, portfolios
        self._kept: Kept[LensKey, list[_Named]] = Kept(_LENSES_KEPT)

    def find(self, text: str, lens: Lens, labels: Sequence[Label] = FOUND, lang: str = "en") -> tuple[list[Hit], bool]:
        """Return what a text may mean, the best first, and whether that is all.

        Nodes that are spelled exactly so come first, then those that begin with it, then the rest. Where nothing holds
        the text: a few that are spelled like it.
        """
        asked = " ".join(text.split()).casefold()
        if not asked:
            return [], True
        matches = self._store.find(asked, lens, MOST_FOUND)
        is_whole = len(matches) < MOST_FOUND
        found = [(rank, 0, place, _hit(match)) for place, (rank, match) in enumerate(_ranked(asked, matches))]
        found += [(rank, 1, place, hit) for place, (rank, hit) in enumerate(self._references(asked, lens))]
        hits = [hit for _, _, _, hit in sorted(found, key=lambda one: one[:3]) if hit.node.label in labels]
        hits = hits or [hit for hit in self._near(asked, lens) if hit.node.label in labels]
        return self._called(hits, lens, lang), is_whole

    def _references(self, asked: str, lens: Lens) -> Iterator[tuple[int, Hit]]:
        for named in self._names(lens):
            ranks = [(_rank(asked, text), reason) for text, reason in named.texts if asked in text]
            if ranks:
                rank, reason = min(ranks)
                yield rank, Hit(named.node, None, reason)

    def _near(self, asked: str, lens: Lens) -> list[Hit]:
        """Return nodes that are spelled like a text: of those that begin alike, and of reference data."""
        spelled: dict[str, list[NodeRef]] = {}
        if len(asked) >= _BEGINNING:
            for match in self._store.find(asked[:_BEGINNING], lens, MOST_FOUND):
                for text in filter(None, (match.id, match.name)):
                    _spell(spelled, text.casefold(), NodeRef(match.label, match.id))
        for named in self._names(lens):
            for text, _ in named.texts:
                _spell(spelled, text, named.node)
        near = difflib.get_close_matches(asked, sorted(spelled), n=_MOST_NEAR, cutoff=_LIKE)
        nodes = dict.fromkeys(node for text in near for node in spelled[text])
        return [Hit(node, None, NEAR) for node in list(nodes)[:_MOST_NEAR]]

    def _names(self, lens: Lens) -> list[_Named]:
        """Return what reference data is called under a lens; read again when more than names of suppliers changed."""
        key = self._portfolios.key(lens)

        def read() -> list[_Named]:
            found = self._read(lens)
            self._kept.put(key, found)
            return found

        return self._kept.once(key, read)

    def _read(self, lens: Lens) -> list[_Named]:
        listings = Listings(self._store, self._portfolios, lens)
        nodes = [NodeRef(label, node_id) for label in NAMED for node_id in sorted(listings.all(label))]
        texts = {node: {node.id.casefold(): "id"} for node in nodes}
        for lang in LANGUAGES:
            for node, name in node_names(nodes, self._store, lens, lang).items():
                if node in texts:  # of unspecified goods too
                    texts[node].setdefault(name.casefold(), "name")
        return [_Named(node, tuple(said.items())) for node, said in texts.items()]

    def _called(self, hits: Sequence[Hit], lens: Lens, lang: str) -> list[Hit]:
        missing = [hit.node for hit in hits if hit.name is None]
        names = node_names(missing, self._store, lens, lang)
        return [Hit(hit.node, hit.name or names.get(hit.node), hit.reason) for hit in hits]


def _spell(spelled: dict[str, list[NodeRef]], text: str, node: NodeRef) -> None:
    """Put a node beside what it is called, as a whole and word by word."""
    for part in {text, *(word for word in _WORD.findall(text) if len(word) > _BEGINNING)}:
        spelled.setdefault(part, []).append(node)


def _hit(match: Match) -> Hit:
    return Hit(NodeRef(match.label, match.id), match.name, match.reason)


def _ranked(asked: str, matches: Sequence[Match]) -> Iterator[tuple[int, Match]]:
    """Yield matches with their ranks, which never fall; one on an alias or identifier has that of the one before."""
    reached = 0
    for match in matches:
        text = {"id": match.id, "name": match.name or ""}.get(match.reason)
        reached = max(reached, _rank(asked, text.casefold()) if text and asked in text.casefold() else reached)
        yield reached, match


def _rank(asked: str, text: str) -> int:
    """0 for the whole text, 1 for its beginning, 2 for another part."""
    return 0 if text == asked else 1 if text.startswith(asked) else 2
