"""Columns that several tables share: who says so, since when, for whom, and how much."""

from __future__ import annotations

from typing import Final

from tracegraph.intake.spec import Column, Kind, Target
from tracegraph.messages import N_
from tracegraph.vocabulary import NETWORK, OPEN_FROM, OPEN_TO, UNSOURCED, Grade, Sourcing

SHARES: Final = (
    Column(
        name="share",
        kind=Kind.SHARE,
        sv="andel",
        about=N_(
            "Part that comes this way, 0 to 1: of the buyer's supply of the product, or of the contract's value. Sets "
            "both bounds. Where the row is a making inside one holder: the part of the output that uses the input."
        ),
        example="0.4",
    ),
    Column(name="share_low", kind=Kind.SHARE, sv="andel_låg", about=N_("Lower bound of the share."), example="0.25"),
    Column(name="share_high", kind=Kind.SHARE, sv="andel_hög", about=N_("Upper bound of the share."), example="0.5"),
)

CLAIM: Final = (
    Column(
        name="source_id",
        kind=Kind.ID,
        sv="källa_id",
        about=N_("Who says so: an id of sources.csv."),
        example="src-1",
        default=UNSOURCED,
        refers=Target.SOURCE,
    ),
    Column(
        name="grade",
        kind=Kind.CHOICE,
        sv="grad",
        about=N_("How well it is documented."),
        example="reported",
        default=Grade.DECLARED.value,
        choices=tuple(Grade),
    ),
    Column(
        name="confidence",
        kind=Kind.CONFIDENCE,
        sv="säkerhet",
        about=N_(
            "How sure it is that the link exists: above 0, at most 1, with at most 6 decimals. It only ranks routes."
        ),
        example="0.8",
    ),
    Column(
        name="valid_from",
        kind=Kind.DATE,
        sv="gäller_från",
        about=N_("First day on which it is true."),
        example="2019-01-01",
        default=OPEN_FROM,
    ),
    Column(
        name="valid_to",
        kind=Kind.DATE,
        sv="gäller_till",
        about=N_("Day after the last on which it is true."),
        example="2021-01-01",
        default=OPEN_TO,
    ),
    Column(
        name="recorded_at",
        kind=Kind.TIME,
        sv="registrerad",
        about=N_("When it became known, if not now; a date means the start of that day, UTC. For administrators."),
        example="2019-02-19T08:00:00Z",
    ),
    Column(
        name="visibility",
        kind=Kind.VISIBILITY,
        sv="synlighet",
        about=N_("Who may see it: `public`, `network` (all regions), or one region as `region:SE-AB`."),
        example="region:SE-AB",
        default=NETWORK,
    ),
)

#: What a file of rows that were refused says of each; never read.
REASON: Final = Column(
    name="reason",
    kind=Kind.IGNORED,
    sv="orsak",
    about=N_("Why a row was refused, as written by an earlier import. Not read."),
)

SOURCING: Final = (
    Column(
        name="sourcing",
        kind=Kind.CHOICE,
        sv="försörjning",
        about=N_(
            "What is known of where it comes from: `open`, `complete` (what is listed is all of it) or `origin` "
            "(nothing upstream of interest)."
        ),
        example="complete",
        choices=tuple(Sourcing),
    ),
    Column(
        name="source_count",
        kind=Kind.COUNT,
        sv="antal_källor",
        about=N_("With `complete`: how many different sellers, or delivered items, the full list has."),
        example="2",
    ),
)


def product(*, required: bool = False, default: str = "") -> Column:
    """Return the column that names a row's product."""
    return Column(
        name="product",
        kind=Kind.ID,
        sv="vara",
        about=N_("Product: an id of products.csv, or a new one."),
        example="gloves",
        required=required,
        default=default,
        refers=Target.PRODUCT,
    )


def own_id(name: str, sv: str, about: str, example: str) -> Column:
    """Return the column that holds the id of what the row is about."""
    return Column(name=name, kind=Kind.ID, sv=sv, about=about, example=example, required=True)


def reference(target: Target, name: str, sv: str, about: str, example: str, *, required: bool = True) -> Column:
    """Return a column that names something by its id."""
    return Column(name=name, kind=Kind.ID, sv=sv, about=about, example=example, required=required, refers=target)


def text(name: str, sv: str, about: str, example: str = "", *, required: bool = False, many: bool = False) -> Column:
    """Return a column that holds free text."""
    return Column(name=name, kind=Kind.TEXT, sv=sv, about=about, example=example, required=required, many=many)


def table_end(*, shares: bool = False) -> tuple[Column, ...]:
    """Return the claim columns, with or without shares, and the column that is not read."""
    return (*(SHARES if shares else ()), *CLAIM, REASON)
