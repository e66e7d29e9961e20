"""The SQLite store's own keys of nodes and words, made where they are missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.model import NodeRef, holder_of
from tracegraph.store.sqlite_codes import HOLDER_SPACE, LABEL_CODES, LABELS, SPACES
from tracegraph.store.sqlite_find import FOUND_LABELS
from tracegraph.vocabulary import Label

_CACHE_ENTRIES: Final = 500_000


class Keys:
    """Keys of nodes and words, for one writer, within its transactions.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection that is writing.
    holders : mapping
        Label of every holder that may be met as the holder of an item.
    """

    def __init__(self, connection: sqlite3.Connection, holders: Mapping[str, Label]) -> None:
        self.connection = connection
        self._holders = holders
        self._nodes: dict[tuple[Label, str], int] = {}
        self._words: dict[str, int] = {}

    def node(self, ref: NodeRef) -> int:
        """Return the key of a node."""
        pk = self._nodes.get(ref)
        if pk is None:
            if len(self._nodes) > _CACHE_ENTRIES:
                self._nodes.clear()
            pk = self._nodes[ref] = self._found(ref) or self._make(ref)
        return pk

    def word(self, text: str) -> int:
        """Return the key of a word."""
        pk = self._words.get(text)
        if pk is None:
            found = self.connection.execute("SELECT pk FROM word WHERE text = ?", (text,)).fetchone()
            pk = found[0] if found else self._insert("INSERT INTO word (text) VALUES (?)", (text,))
            self._words[text] = pk
        return pk

    def _found(self, ref: NodeRef) -> int | None:
        row = self.connection.execute(
            "SELECT pk, label FROM node WHERE space = ? AND id = ?", (SPACES[ref.label], ref.id)
        ).fetchone()
        if row and LABELS[row[1]] is not ref.label:
            raise InvalidInput(
                N_("{id} is known as a {known}, so it cannot be a {label}: give one of them another id"),
                id=ref.id,
                known=LABELS[row[1]].value,
                label=ref.label.value,
            )
        return int(row[0]) if row else None

    def _make(self, ref: NodeRef) -> int:
        holder = self._holder(ref.id) if ref.label is Label.ITEM else None
        values = (SPACES[ref.label], LABEL_CODES[ref.label], ref.id, holder)
        pk = self._insert("INSERT INTO node (space, label, id, holder_pk) VALUES (?, ?, ?, ?)", values)
        if ref.label in FOUND_LABELS:
            self.connection.execute("INSERT INTO name VALUES (?, ?, 0, 0)", (ref.id.casefold(), pk))
        return pk

    def _holder(self, item_id: str) -> int:
        holder_id = holder_of(item_id)
        if holder_id in self._holders:
            return self.node(NodeRef(self._holders[holder_id], holder_id))
        row = self.connection.execute(
            "SELECT pk FROM node WHERE space = ? AND id = ?", (HOLDER_SPACE, holder_id)
        ).fetchone()
        if not row:
            raise InvalidInput(
                N_("the holder of item {item} is not known: say whether it is a supplier or a factory"), item=item_id
            )
        return int(row[0])

    def _insert(self, sql: str, values: tuple[Any, ...]) -> int:
        pk = self.connection.execute(sql, values).lastrowid
        assert pk is not None
        return pk
