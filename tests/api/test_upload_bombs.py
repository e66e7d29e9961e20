"""Uploads that want more than they may, or say one thing twice differently: refused at once, by name of the limit."""

from __future__ import annotations

import io
import json
import resource
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.api.conftest import ROOT
from tests.api.importers import GOOD, Files, Importers, token
from tracegraph.errors import ContentTooLarge, TracegraphError
from tracegraph.intake.archive import Unpacking, entries_of, unpacked
from tracegraph.intake.sent import UPLOAD, check_rows_sent, form_of
from tracegraph.store.port import Store

MIB: Final = 1024 * 1024
MAX_S: Final = 2.0
MAX_GROWTH: Final = 50 * MIB


def plain(response: TestResponse) -> str:
    """Return what a problem says, its numbers without blanks between thousands."""
    return str(response.get_json()["detail"]).replace("\u00a0", "")


@pytest.fixture
def who(store: Store) -> Importers:
    """Callers on a demo of their own."""
    return Importers(store)


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return files as an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method, compresslevel=9) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


PLAIN: Final = {"sources.csv": b"source_id,title\na,A\n", "suppliers.csv": b"supplier_id,name\nb,B\n" * 20}
ARCHIVE: Final = zipped(PLAIN)


def patched(data: bytes, at: int, form: str, *values: int) -> bytes:
    """Return bytes with some of them replaced."""
    new = struct.pack(f"<{form}", *values)
    return data[:at] + new + data[at + len(new) :]


def local(number: int) -> int:
    """Return where a file of `ARCHIVE` begins."""
    with zipfile.ZipFile(io.BytesIO(ARCHIVE)) as archive:
        return archive.infolist()[number].header_offset


def central(number: int) -> int:
    """Return where the directory of `ARCHIVE` tells of a file."""
    at = -1
    for _ in range(number + 1):
        at = ARCHIVE.index(b"PK\x01\x02", at + 1)
    return at


END: Final = len(ARCHIVE) - 22
#: What the directory tells of the first file.
FIRST: Final = ARCHIVE[central(0) : central(1)]


def overlapping() -> bytes:
    """Return an archive whose directory tells twice of the same bytes."""
    twin = FIRST[:46] + b"regions.csv" + FIRST[57:]
    return two_entries(FIRST, twin, ARCHIVE[: local(1)])


def two_entries(first: bytes, second: bytes, content: bytes) -> bytes:
    """Return an archive with these two entries in its directory."""
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(first) + len(second), len(content), 0)
    return content + first + second + end


def with_descriptor(wrong: bool) -> bytes:
    """Return an archive written to a pipe: sizes follow each file; wrong: before it stand others."""

    class Pipe(io.RawIOBase):
        """Takes bytes, and cannot go back."""

        def __init__(self) -> None:
            self.taken = b""

        def writable(self) -> bool:
            """Return that it takes bytes."""
            return True

        def write(self, data: Any, /) -> int:
            """Take bytes."""
            self.taken += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sources.csv", PLAIN["sources.csv"])
    return patched(pipe.taken, 14, "L", 7) if wrong else pipe.taken


def lying(by: int, *, crc: bool) -> bytes:
    """Return an archive of a file that is longer than both its headers say; its sum fits what they say, or not."""
    data, size_of = ARCHIVE, len(PLAIN["suppliers.csv"])
    sum_ = zlib.crc32(PLAIN["suppliers.csv"][: size_of - by])
    for at, place in ((local(1) + 22, local(1) + 14), (central(1) + 24, central(1) + 16)):
        data = patched(data, at, "L", size_of - by)
        data = patched(data, place, "L", sum_) if crc else data
    return data


def linked() -> bytes:
    """Return an archive with a link in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("sources.csv")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return packed.getvalue()


TEXT: Final = b"source_id,title\n" * 30
PACKED: Final = zlib.compress(TEXT, 9)[2:-4]


def one_file(packed: bytes, size: int, crc: int) -> bytes:
    """Return an archive of one file that is well-formed around what it holds."""
    name = b"sources.csv"
    sizes = struct.pack("<3L2H", crc, len(packed), size, len(name), 0)
    head = struct.pack("<4s5H", b"PK\x03\x04", 20, 0, 8, 0, 0) + sizes + name + packed
    entry = struct.pack("<4s6H", b"PK\x01\x02", 20, 20, 0, 8, 0, 0) + sizes + struct.pack("<3H2L", 0, 0, 0, 0, 0) + name
    return head + entry + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(head), 0)


def behind(prefix: bytes) -> bytes:
    """Return an archive that begins with something else, and knows it."""
    packed = io.BytesIO(prefix)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("sources.csv", TEXT)
    return packed.getvalue()


def renamed(field: int) -> bytes:
    """Return an archive with a field that gives its file another name (or another field)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("sources.csv")
        entry.extra = struct.pack("<HHBL", field, 5 + 11, 1, 0) + b"regions.csv"
        archive.writestr(entry, PLAIN["sources.csv"])
    return packed.getvalue()


#: Archives that no program should read, and a word of the reason.
ARCHIVES: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "ratio": (lambda: zipped({"sources.csv": b"a" * 30 * MIB}), "times larger"),
    "one file": (lambda: zipped({"sources.csv": b"a" * 65 * MIB}), str(UPLOAD.file_bytes)),
    "total": (lambda: zipped({f"{n}.csv": b"a" * 60 * MIB for n in range(4)}), str(200 * MIB)),
    "files": (lambda: zipped({f"{n}.csv": b"" for n in range(101)}), "101 files"),
    "rows": (lambda: zipped({"sources.csv": b"".join(b"%d,a\n" % n for n in range(300_000))}), "100000 rows"),
    "nested": (lambda: zipped({"sources.csv": ARCHIVE}), "archive inside"),
    "nested by name": (lambda: zipped({"more.zip": ARCHIVE}), "archive inside"),
    "duplicate": (lambda: two_entries(FIRST, FIRST, ARCHIVE[: local(1)]), "between"),
    "overlapping": (overlapping, "between"),
    "same table twice": (lambda: zipped({"a/sources.csv": b"x", "b/sources.csv": b"y"}), "twice"),
    "same name in other letters": (lambda: zipped({"a.csv": b"x", "A.csv": b"y"}), "twice"),
    "trailing data": (lambda: ARCHIVE + b"more", "follows"),
    "comment": (lambda: patched(ARCHIVE, len(ARCHIVE) - 2, "H", 4) + b"more", "follows"),
    "leading data": (lambda: b"PK\x03\x04" + ARCHIVE, "not where"),
    "hidden between": (lambda: patched(ARCHIVE, central(1) + 42, "L", local(1) - 1), "between"),
    "several parts": (lambda: patched(ARCHIVE, END + 4, "H", 1), "parts"),
    "count": (lambda: patched(ARCHIVE, END + 8, "HH", 1, 1), "as long"),
    "more than there are": (lambda: patched(ARCHIVE, END + 8, "HH", 3, 3), "damaged"),
    "directory elsewhere": (lambda: patched(ARCHIVE, END + 16, "L", 0), "not where"),
    "encrypted": (lambda: patched(ARCHIVE, central(0) + 8, "H", 1), "encrypted"),
    "other method": (lambda: patched(ARCHIVE, central(0) + 10, "H", 14), "plain ZIP"),
    "other name before": (lambda: patched(ARCHIVE, local(0) + 30, "B", ord("S")), "not what"),
    "other size before": (lambda: patched(ARCHIVE, local(0) + 22, "L", 9), "not what"),
    "other sum before": (lambda: with_descriptor(wrong=True), "not what"),
    "larger than it says": (lambda: lying(9, crc=True), "not what"),
    "other sum": (
        lambda: lying(0, crc=False)[:0] + patched(patched(ARCHIVE, local(0) + 14, "L", 1), central(0) + 16, "L", 1),
        "not what",
    ),
    "smaller than it says": (lambda: lying(-9, crc=False), "not what"),
    "damaged": (lambda: patched(ARCHIVE, local(1) + 30 + 13, "L", 0xFFFFFFFF), "damaged"),
    "more behind": (lambda: one_file(PACKED + b"more", len(TEXT), zlib.crc32(TEXT)), "not what"),
    "less than it needs": (lambda: one_file(PACKED[:-1], len(TEXT), zlib.crc32(TEXT)), "not what"),
    "something before": (lambda: behind(b"PK\x03\x04 and more"), "between"),
    "a gap": (lambda: patched(patched(ARCHIVE, local(0) + 18, "L", 9), central(0) + 20, "L", 9), "between"),
    "no head": (lambda: patched(ARCHIVE, local(1), "B", 0), "not where"),
    "nothing but a head": (lambda: b"PK\x03\x04" + struct.pack("<4s4H2LH", b"PK\x05\x06", *[0] * 5, 4, 0), "between"),
    "a name that is no text": (
        lambda: patched(patched(ARCHIVE, central(0) + 8, "H", 0x800), central(0) + 46, "B", 255),
        "damaged",
    ),
    "link": (linked, "link"),
    "two names": (lambda: renamed(0x7075), "two names"),
    "cut short": (lambda: ARCHIVE[:-30], "follows"),
    "begins only": (lambda: b"PK\x03\x04", "no ZIP"),
    "path": (lambda: zipped({"../sources.csv": b"x"}), "path"),
    "absolute": (lambda: zipped({"/etc/sources.csv": b"x"}), "path"),
    "drive": (lambda: zipped({"C:/sources.csv": b"x"}), "path"),
    "backslash": (lambda: ARCHIVE.replace(b"sources.csv", b"so\\rces.csv"), "path"),
    "long name": (lambda: zipped({"a" * 300: b"x"}), "200"),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_an_archive_that_lies_or_swells_is_refused_at_once(who: Importers, case: str) -> None:
    make, word = ARCHIVES[case]
    data = make()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    response = who.send("ab", {"data.zip": data})
    assert response.status_code in (413, 422), response.get_json()
    assert word in plain(response)
    assert time.process_time() - began < MAX_S
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MAX_GROWTH
    assert who.items("ab", "/imports") == []


@pytest.mark.parametrize(
    "good",
    [
        one_file(PACKED, len(TEXT), zlib.crc32(TEXT)),
        ARCHIVE,
        zipped(PLAIN, zipfile.ZIP_STORED),
        with_descriptor(wrong=False),
        renamed(0x5455),
        zipped({"sources.csv": b""}),
    ],
    ids=["by hand", "packed", "stored", "piped", "other field", "empty file"],
)
def test_what_programs_write_is_read(good: bytes) -> None:
    assert form_of([("data.zip", good)]) == "archive"
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        for entry in entries_of(good, Unpacking()):
            assert b"".join(unpacked(good, entry)) == archive.read(entry.name)


@pytest.mark.parametrize(
    "name",
    [
        *("../sources.csv", "/etc/passwd", "C:\\sources.csv", "\\\\host\\share\\sources.csv", "a\x00b.csv", "x" * 300),
        *("sources\u202evsc.csv", "", ".", "..", "a:b", "sources\n.csv"),
    ],
)
def test_a_name_that_is_a_path_is_refused(name: str) -> None:
    with pytest.raises(TracegraphError):
        form_of([(name, b"x")])


def test_more_files_than_are_taken_are_refused() -> None:
    with pytest.raises(ContentTooLarge, match="101"):
        form_of([(f"{number}.csv", b"") for number in range(101)])


@pytest.mark.parametrize("name", ["CON", "nul.csv", "aux.csv", ".htaccess", "sources.csv.exe", "Källor.csv"])
def test_a_name_of_no_table_is_left_alone(who: Importers, name: str) -> None:
    imported = who.checked("ab", {**GOOD, name: b"a,b\n1,2\n"})
    shown = who.shown("ab", imported)
    assert (shown["state"], len(shown["notes"])) == ("checked", 1)
    assert name in shown["notes"][0]


def rule(who: Importers, files: Files) -> set[str]:
    """Return the rules that files break."""
    name = who.checked("ab", files)
    return {row["rule"] for row in who.items("ab", f"/imports/{name}/errors", limit=200)}


def test_rows_columns_and_cells_have_limits(who: Importers) -> None:
    columns = ",".join(f"c{number}" for number in range(60))
    wide = {"suppliers.csv": f"supplier_id,name,aliases,country,org_no,{columns}\n"}
    assert "too-many-columns" in rule(who, {**GOOD, **wide})
    large = {"suppliers.csv": f"supplier_id,name\na,{'x' * 5_000}\nb,{'å' * 2_049}\nc,{'å' * 2_000}\n"}
    name = who.checked("ab", large)
    found = [row for row in who.items("ab", f"/imports/{name}/errors") if row["rule"] == "cell-too-large"]
    assert [row["line"] for row in found] == [2, 3]
    rows = b"supplier_id,name\n" + b"".join(b"s%d,S\n" % number for number in range(UPLOAD.rows + 1))
    assert "too-many-rows" in rule(who, {"suppliers.csv": rows})
    lines = who.send("ab", {"suppliers.csv": b"a\n" * (2 * UPLOAD.rows + 1)})
    assert (lines.status_code, "100000 rows" in plain(lines)) == (413, True)


def test_bodies_and_parts_have_limits(who: Importers) -> None:
    assert "10485760 bytes" in refused(who.send("ab", {"suppliers.csv": b"x" * 11 * MIB}), 413)
    assert "10485760 bytes" in refused(who.send_rows("ab", b"x" * 11 * MIB), 413)
    assert "100 parts" in refused(who.send("ab", {f"{number}.csv": b"" for number in range(101)}), 413)


def refused(response: TestResponse, status: int) -> str:
    """Return what a problem says."""
    assert response.status_code == status, response.get_json()
    return plain(response)


def test_forms_that_are_none_are_refused(who: Importers) -> None:
    headers = {"Idempotency-Key": "some-key-0001", **token("ab")}
    url = f"{ROOT}/imports"
    sent = who.client.post(url, data=b"a,b", content_type="text/csv", headers=headers)
    assert "text/csv" in refused(sent, 415)
    assert "-" in refused(who.client.post(url, headers=headers), 415)
    other = who.client.post(
        url, data={"files": (io.BytesIO(b"a"), "sources.csv"), "state": "committed"}, headers=headers
    )
    assert "files" in refused(other, 422)
    for data, kind in ((b"", "multipart/form-data; boundary=x"), (b"junk", "multipart/form-data")):
        assert who.client.post(url, data=data, content_type=kind, headers=headers).status_code in (400, 422)
    nothing = who.client.post(url, data=b"--x--\r\n", content_type="multipart/form-data; boundary=x", headers=headers)
    assert "no file" in refused(nothing, 422)
    assert "alone" in refused(who.send("ab", {"a.zip": ARCHIVE, "sources.csv": b"x"}), 422)
    assert "twice" in refused(who.send("ab", {"sources.csv": b"x", "SOURCES.csv": b"y"}), 422)


ROWS: Final[dict[str, str | bytes]] = {
    "no JSON": "x",
    "no object": "[1]",
    "no table": '{"a": 1}',
    "another table": '{"table": "claims"}',
    "a table that is none": '{"table": {"a": 1}}',
    "an object in a cell": '{"table": "sources", "title": {"a": 1}}',
    "a list in a list": '{"table": "sources", "title": [[1]]}',
    "a name twice": '{"table": "sources", "title": "a", "title": "b"}',
    "no number": '{"table": "sources", "title": NaN}',
    "deep": '{"table": "sources", "title": ' + "[" * 5_000 + "]" * 5_000 + "}",
    "no UTF-8": b'{"table": "sources", "title": "\xff"}',
}


@pytest.mark.parametrize("case", ROWS)
def test_a_line_that_is_no_row_is_refused_with_its_number(who: Importers, case: str) -> None:
    line = ROWS[case]
    data = b'\n{"table": "sources", "source_id": "se-ab-1", "title": "T"}\n'
    response = who.send_rows("ab", data + (line.encode() if isinstance(line, str) else line))
    assert "line 3" in refused(response, 422)


def test_rows_have_limits_and_cells_of_every_kind(who: Importers) -> None:
    assert "no row" in refused(who.send_rows("ab", "\n\n"), 422)
    row = json.dumps({"table": "sources", "source_id": "a", "title": "b"}).encode() + b"\n"
    assert "100000" in refused(who.send_rows("ab", row * (UPLOAD.rows + 1)), 413)
    good = [
        {"table": "sources", "source_id": "se-ab-1", "title": "Two\nlines"},
        {"table": "factories", "factory_id": "fictional-plant", "country": "MY", "identified": True, "lat": 3.1,
         "lng": 101, "aliases": ["A", "B"], "name": None, "source_id": "se-ab-1"},
        {"table": "sources", "source_id": "se-ab-2", "title": None},
        {"table": "factories", "factory_id": "bad id", "country": "MY", "source_id": "se-ab-1"},
    ]  # fmt: skip
    response = who.send_rows("ab", "\n".join(map(json.dumps, good)))
    who.work()
    found = who.items("ab", f"/imports/{response.get_json()['import_id']}/errors")
    errors = {(row["file"], row["line"], row["rule"]) for row in found if row["severity"] == "error"}
    assert errors == {("factories.ndjson", 4, "id"), ("sources.ndjson", 3, "required")}


# --- nothing that is sent makes a mistake of ours --------------------------------------------------------------------


@given(st.binary(max_size=300), st.integers(0, len(ARCHIVE)), st.integers(0, len(ARCHIVE)))
def test_any_bytes_are_read_or_refused(noise: bytes, start: int, end: int) -> None:
    for data in (noise, ARCHIVE[:start] + noise + ARCHIVE[end:], b"PK\x03\x04" + noise):
        try:
            form_of([("sources.csv", data)])
        except TracegraphError:
            continue


@given(st.lists(st.sampled_from([b'{"table": "sources"', b'"a": 1', b"}", b",", b"[", b"]", b"\n", b'"', b"\xff"])))
def test_any_rows_are_read_or_refused(parts: list[bytes]) -> None:
    try:
        check_rows_sent(b"".join(parts))
    except TracegraphError:
        return


@given(
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32"]),
    st.text(alphabet='abåä,;"\n\r\t\0=€', max_size=60),
)
def test_any_text_is_checked(encoding: str, text: str) -> None:
    data = ("supplier_id,name\n" + text).encode(encoding, "replace")
    assert form_of([("suppliers.csv", data)]) == "files"
