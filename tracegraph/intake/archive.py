"""The files of a ZIP archive that somebody sent, read strictly: every way to read it must give the same files.

An archive says everything twice, before each file and in a directory at its end, and programs differ in what they
believe. What differs here is refused, and so is whatever lies between or behind the files. Nothing is unpacked beyond
the limits, whatever the archive says of its sizes, and names are never used as paths.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from tracegraph.errors import ContentTooLarge, InvalidInput
from tracegraph.intake.sent_names import MAX_FILES, check_name
from tracegraph.messages import N_

_END: Final = struct.Struct("<4s4H2LH")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_FIELD: Final = struct.Struct("<2H")
_END_SIGN, _ENTRY_SIGN, LOCAL_SIGN = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _SIZES_LATER, _UTF8, _PATCHED, _MASKED = 0x1, 0x8, 0x800, 0x20, 0x2041
_UNICODE_PATH: Final = 0x7075  # a field that gives an entry another name
_LATER_SIZES: Final = (12, 16)  # bytes in which crc and sizes follow, without and with a sign
_STEP: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unpacking:
    """How much an archive may hold.

    Attributes
    ----------
    total_bytes, file_bytes : int
        Unpacked, of all files and of one.
    ratio : int
        Times that an archive may become larger.
    files : int
        Entries.
    """

    total_bytes: int = 200 * 1024 * 1024
    file_bytes: int = 64 * 1024 * 1024
    ratio: int = 100
    files: int = MAX_FILES


class Entry(NamedTuple):
    """One file in an archive, as its directory says."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.name.endswith("/")


def is_archive(data: bytes) -> bool:
    """Return whether bytes are a ZIP archive, also an empty one."""
    return data.startswith((LOCAL_SIGN, _END_SIGN))


def entries_of(data: bytes, limits: Unpacking) -> list[Entry]:
    """Return the files of an archive, in the order in which they lie in it; nothing is unpacked yet.

    Raises
    ------
    InvalidInput, ContentTooLarge
        It is no archive, an ambiguous one, or beyond a limit.
    """
    start, count = _directory(data)
    if count > limits.files:
        raise ContentTooLarge(
            N_("the archive holds {n} files, at most {limit} are taken: send it in parts"), n=count, limit=limits.files
        )
    entries: list[Entry] = []
    at = start
    for _ in range(count):
        entry, at = _entry(data, at)
        entries.append(entry)
    if at != len(data) - _END.size:
        raise _ambiguous(N_("the directory of the archive is not as long as it says: pack the files anew"))
    _check_sizes(entries, limits, len(data))
    entries.sort(key=lambda entry: entry.offset)
    _check_layout(data, entries, start)
    files = [entry for entry in entries if not entry.is_folder]
    _check_twice(entries)
    return files


def unpacked(data: bytes, entry: Entry) -> Iterator[bytes]:
    """Yield a file's bytes, never more than its stated size.

    Raises
    ------
    InvalidInput
        It holds another number of bytes than it says, others, or an archive.
    """
    at = _content_at(data, entry)
    packed = data[at : at + entry.packed]
    size = crc = 0
    for piece in _inflated(packed, entry) if entry.method == _DEFLATED else _cut(packed):
        if not size and piece.startswith(LOCAL_SIGN):
            raise InvalidInput(N_("{name} is an archive inside an archive: send its files"), name=entry.name)
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        if size > entry.size:
            break
        yield piece
    if size != entry.size or crc != entry.crc:
        raise _ambiguous(
            N_("{name} is not what the directory of the archive says: pack the files anew"), name=entry.name
        )


def _cut(packed: bytes) -> Iterator[bytes]:
    for start in range(0, len(packed), _STEP):
        yield packed[start : start + _STEP]


def _inflated(packed: bytes, entry: Entry) -> Iterator[bytes]:
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    left = packed
    try:
        while not reader.eof:
            piece = reader.decompress(left, _STEP)
            left = reader.unconsumed_tail
            if not (piece or left):
                break
            yield piece
    except zlib.error as error:
        raise _ambiguous(N_("{name} is damaged: pack the files anew"), name=entry.name) from error
    if not reader.eof or reader.unused_data or left:
        raise _ambiguous(
            N_("{name} is not what the directory of the archive says: pack the files anew"), name=entry.name
        )


# --- the directory --------------------------------------------------------------------------------------------------


def _directory(data: bytes) -> tuple[int, int]:
    """Return where the directory begins, and how many entries it has."""
    if len(data) < _END.size or not is_archive(data):
        raise InvalidInput(N_("this is no ZIP archive: send the files one by one, or pack them anew"))
    sign, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, len(data) - _END.size)
    if sign != _END_SIGN or comment:
        raise _ambiguous(N_("something follows the directory of the archive: pack the files anew"))
    if disk or first_disk or here != count:
        raise _ambiguous(N_("the archive is one of several parts: send it as one"))
    if start + size != len(data) - _END.size:
        raise _ambiguous(N_("the directory of the archive is not where it says: pack the files anew"))
    return start, count


def _entry(data: bytes, at: int) -> tuple[Entry, int]:
    """Return the entry at a place in the directory, and where the next one begins."""
    if at + _ENTRY.size > len(data) or data[at : at + 4] != _ENTRY_SIGN:
        raise _ambiguous(N_("the directory of the archive is damaged: pack the files anew"))
    found = _ENTRY.unpack_from(data, at)
    flags, method, crc, packed, size, name_length, extra_length, comment_length = (
        found[i] for i in (3, 4, *range(7, 13))
    )
    name_at = at + _ENTRY.size
    raw = data[name_at : name_at + name_length]
    extra = data[name_at + name_length : name_at + name_length + extra_length]
    name = _name(raw, flags)
    check_name(name.rstrip("/"), in_archive=True)
    entry = Entry(name, raw, flags, method, crc, packed, size, found[16], found[15] >> 16)
    _check_kind(entry, extra)
    return entry, name_at + name_length + extra_length + comment_length


def _name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError as error:
        raise _ambiguous(N_("the directory of the archive is damaged: pack the files anew")) from error


def _check_kind(entry: Entry, extra: bytes) -> None:
    if entry.flags & (_ENCRYPTED | _PATCHED | _MASKED):
        raise InvalidInput(N_("{name} is encrypted: pack the files without a password"), name=entry.name)
    if entry.method not in (_STORED, _DEFLATED):
        raise InvalidInput(N_("{name} is packed in a way that is not read: use plain ZIP"), name=entry.name)
    if entry.mode and not (stat.S_ISREG(entry.mode) or stat.S_ISDIR(entry.mode) or stat.S_IFMT(entry.mode) == 0):
        raise InvalidInput(N_("{name} is no file but a link or a device: send the file itself"), name=entry.name)
    at = 0
    while at + _FIELD.size <= len(extra):
        kind, length = _FIELD.unpack_from(extra, at)
        if kind == _UNICODE_PATH:
            raise _ambiguous(
                N_("{name} has two names: give it one without å, ä and the like, and pack it anew"), name=entry.name
            )
        at += _FIELD.size + length


def _check_sizes(entries: list[Entry], limits: Unpacking, length: int) -> None:
    total = sum(entry.size for entry in entries)
    if total > limits.total_bytes:
        raise ContentTooLarge(
            N_("the archive holds {size} bytes unpacked, at most {limit} are taken: send it in parts"),
            size=total,
            limit=limits.total_bytes,
        )
    for entry in entries:
        if entry.size > limits.file_bytes:
            raise ContentTooLarge(
                N_("{name} has {size} bytes, at most {limit} are taken: send it in parts"),
                name=entry.name,
                size=entry.size,
                limit=limits.file_bytes,
            )
    if total > limits.ratio * length:
        raise ContentTooLarge(
            N_("the archive becomes {n} times larger when it is unpacked, at most {limit} times: send the files"),
            n=total // length,
            limit=limits.ratio,
        )


def _check_layout(data: bytes, entries: list[Entry], end: int) -> None:
    """Refuse archives whose files overlap, or have anything between them."""
    at = 0
    for position, entry in enumerate(entries):
        if entry.offset != at:
            raise _ambiguous(N_("something lies between, before or over the files of the archive: pack them anew"))
        after = _content_at(data, entry) + entry.packed
        following = entries[position + 1].offset if position + 1 < len(entries) else end
        allowed = _LATER_SIZES if entry.flags & _SIZES_LATER else (0,)
        if following - after not in allowed:
            raise _ambiguous(N_("something lies between, before or over the files of the archive: pack them anew"))
        at = following
    if at != end:
        raise _ambiguous(N_("something lies between, before or over the files of the archive: pack them anew"))


def _content_at(data: bytes, entry: Entry) -> int:
    """Return where a file's bytes begin, after checking that what stands before them agrees with the directory."""
    at = entry.offset
    if data[at : at + 4] != LOCAL_SIGN or at + _LOCAL.size > len(data):
        raise _ambiguous(
            N_("{name} is not where the directory of the archive says: pack the files anew"), name=entry.name
        )
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(data, at)
    name_at = at + _LOCAL.size
    says = (entry.crc, entry.packed, entry.size)
    is_later = bool(flags & _SIZES_LATER) and (crc, packed, size) in ((0, 0, 0), says)
    same = flags == entry.flags and method == entry.method and data[name_at : name_at + name_length] == entry.raw_name
    if not same or not (is_later or (crc, packed, size) == says):
        raise _ambiguous(
            N_("what stands before {name} is not what the directory of the archive says: pack the files anew"),
            name=entry.name,
        )
    return int(name_at + name_length + extra_length)


def _check_twice(entries: list[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.name.casefold() in seen:
            raise _ambiguous(N_("{name} is there twice: pack each file once"), name=entry.name)
        seen.add(entry.name.casefold())


def _ambiguous(text: str, **values: object) -> InvalidInput:
    """Return the refusal of an archive that different programs would read differently."""
    return InvalidInput(text, **values)
