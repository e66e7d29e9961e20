"""What changed, to be followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.errors import InvalidInput
from tracegraph.exchange.answers import lens_body
from tracegraph.exchange.changes_feed import FEED_COLUMNS, feed_body, feed_row
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph.services.changes_feed import BEGINNING, BEHIND, Feed, FeedEntry, feed
from tracegraph.store.port_lists import Place
from tracegraph_api.context import store
from tracegraph_api.cursors import Key, cursor_at, key_of
from tracegraph_api.inputs import Checked, CursorQuery, LensQuery, described, lens_of
from tracegraph_api.media import CSV, as_file, table, wanted
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import Counted, envelope, respond

resource = Resource("changes", __name__, url_prefix="/changes", description=N_("What changed, to be followed."))

#: A cursor holds the place, how many changes there were until it, and how many of them were before `since`.
_LIKE: Final[Key] = ("", "", 0, 0)
_MOST_PAGED: Final = 10_000
_PART_OF_A_FILE: Final = 2_000


class SinceQuery(CursorQuery):
    """Since when."""

    since = Checked(
        lambda text: asking.moment(text, "since"),
        metadata=described(
            N_("What became known after this: a date, which means the end of that day in UTC, or a time."),
            example="2019-02-18",
        ),
    )


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("What changed"),
        N_(
            "Claims that came to be known or ended, and revisions of incidents that did or were undone, of what you "
            "see, in the order of the moments at which that became known. Go on later with cursor from meta. What is "
            "recorded later with an earlier moment comes at its own place: meta says as missed how many such rows came "
            "before the cursor since it was given; read again from since to have them. With valid_at: only claims "
            "true on that day; otherwise of any day. As CSV all rows since then."
        ),
    ),
    answers={200: Answered(N_("Changes, the oldest first."), "changes_page", media=(CSV,))},
    query=(LensQuery, SinceQuery),
)
def changes(given: Mapping[str, Any]) -> Response:
    """Answer what changed."""
    lens = lens_of(given)
    any_day = not given.get("valid_at")
    since: Place = (given["since"], BEHIND) if given.get("since") else BEGINNING
    if wanted() == CSV:
        rows = (feed_row(_body(entry)) for entry in _all(lens, since, any_day=any_day))
        return as_file(table(FEED_COLUMNS, rows), "changes")
    key = key_of(given, _LIKE)
    if key is not None:
        return _page(given, lens, key, any_day=any_day)
    limit, skip = given["limit"], (given["page"] - 1) * given["limit"]
    if skip > _MOST_PAGED:
        text = N_("only the first {n} rows can be paged by number: go on with cursor")
        raise InvalidInput(text, n=_MOST_PAGED).at("page")
    found = feed(store(), lens, since, skip + limit, any_day=any_day)
    part = Feed(found.entries[skip:], found.has_next, found.before + min(skip, len(found.entries)))
    return _answered(given, lens, part, Begun(since, found.before, 0))


class Begun:
    """Where reading began, and what came since before the place that was reached."""

    def __init__(self, place: Place, base: int, missed: int) -> None:
        self.place, self.base, self.missed = place, base, missed


def _page(given: Mapping[str, Any], lens: Lens, key: Key, *, any_day: bool) -> Response:
    place, read, base = (str(key[0]), str(key[1])), int(key[2]), int(key[3])
    found = feed(store(), lens, place, given["limit"], any_day=any_day)
    missed = max(0, found.before - read)
    return _answered(given, lens, found, Begun(place, base + missed, missed))


def _answered(given: Mapping[str, Any], lens: Lens, found: Feed, begun: Begun) -> Response:
    until = found.before + len(found.entries)
    place = found.entries[-1].place if found.entries else begun.place
    cursor = cursor_at((*place, until, begun.base), None)
    counted = Counted(until - begun.base + found.has_next, found.has_next, not found.has_next, cursor)
    meta = {"lens": lens_body(lens), "cursor": cursor, "missed": begun.missed, "truncated": False}
    return respond(envelope([_body(entry) for entry in found.entries], given, counted, meta=meta))


def _body(entry: FeedEntry) -> dict[str, Any]:
    return feed_body(entry.place, entry.claim, entry.retracted, entry.incident)


def _all(lens: Lens, since: Place, *, any_day: bool) -> Iterator[FeedEntry]:
    place, has_next = since, True
    while has_next:
        part = feed(store(), lens, place, _PART_OF_A_FILE, any_day=any_day)
        yield from part.entries
        has_next = part.has_next
        place = part.entries[-1].place if part.entries else place
