"""Counters that the worker processes of one machine share: a table of fixed size in a file that all map into memory.

Each row is a digest of what is counted, the moment at which the count ends, and the count. A row is looked for in a few
places alone, and the one that ends first gives way when all are taken: whoever sends from ever more addresses fills no
memory. What is counted is not in the file in the clear.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import ClassVar, Final

from limits.storage import Storage

SCHEME: Final = "shared-file"
ROWS: Final = 1 << 16
_PLACES: Final = 8
_ROW: Final = struct.Struct("=16sdQ")
_EMPTY: Final = _ROW.pack(bytes(16), 0.0, 0)


class SharedCounters(Storage):
    """Counters in a file; see `limits.storage.Storage` for the methods.

    Parameters
    ----------
    uri : str
        ``shared-file:///folder/file``; the file is made where there is none.
    rows : int
        Size of the table.
    """

    STORAGE_SCHEME: ClassVar[list[str]] = [SCHEME]  # type: ignore[misc]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, rows: int = ROWS, **_: object) -> None:
        super().__init__(uri, wrap_exceptions)
        path = Path((uri or "").removeprefix(f"{SCHEME}://"))
        self._rows = rows
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(self._file).st_size != rows * _ROW.size:
                os.ftruncate(self._file, rows * _ROW.size)
            self._table = mmap.mmap(self._file, rows * _ROW.size)
        except BaseException:
            os.close(self._file)
            raise
        self._lock = Lock()  # the file's own lock is the process's: its threads need one more

    def close(self) -> None:
        """Give back the file."""
        self._table.close()
        os.close(self._file)

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What may go wrong."""
        return (OSError, ValueError)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, and return the count."""
        digest, now = _digest(key), time.time()
        with self._locked():
            place, ends, count = self._row_for(digest, now)
            if count == 0:
                ends = now + expiry
            count += amount
            _ROW.pack_into(self._table, place, digest, ends, count)
        return count

    def get(self, key: str) -> int:
        """Return a count."""
        with self._locked():
            return self._row_for(_digest(key), time.time())[2]

    def get_expiry(self, key: str) -> float:
        """Return the moment at which a count ends; the present where there is none."""
        now = time.time()
        with self._locked():
            _, ends, count = self._row_for(_digest(key), now)
        return ends if count else now

    def check(self) -> bool:
        """Return whether the table can be used."""
        return not self._table.closed

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._locked():
            self._table[:] = _EMPTY * self._rows
        return None

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._locked():
            place, _, count = self._row_for(_digest(key), time.time())
            if count:
                self._table[place : place + _ROW.size] = _EMPTY

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _row_for(self, digest: bytes, now: float) -> tuple[int, float, int]:
        """Return where a key's row is, when it ends, and its count; else a place that it may take, with count 0."""
        first = int.from_bytes(digest[:8], "big")
        free, free_ends = 0, float("inf")
        for step in range(_PLACES):
            place = (first + step) % self._rows * _ROW.size
            found, ends, count = _ROW.unpack_from(self._table, place)
            if found == digest and ends > now:
                return place, ends, count
            if ends < free_ends:
                free, free_ends = place, ends
        return free, now, 0


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=16).digest()
