"""Commands that hold two answers against each other: compare, whatif, incident preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tracegraph.answer import DEFAULT_MAX_ITEMS, Question
from tracegraph.answer_compare import DEFAULT_MAX_DOCUMENTS, Comparison, Widening
from tracegraph.cli.ask import asked_from
from tracegraph.cli.failures import DONE, LIMIT_HIT
from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import Flags, lens_from
from tracegraph.cli.options import (
    WHOLE,
    common_options,
    lens_options,
    lens_options_twice,
    limit_options,
    pass_session,
    rows_options,
    scope_options,
)
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.exchange.compare import comparison_body, preview_body, whatif_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Selector
from tracegraph.render.compare import Frame, shown_differences
from tracegraph.render.compared import compare_shown, preview_shown, side_labels, whatif_shown
from tracegraph.services import asking
from tracegraph.services.compare_legend import compare_legend
from tracegraph.services.comparing import compare as ask_compare
from tracegraph.services.incidents import exposed_scope, find_incident
from tracegraph.services.legend import sources_of
from tracegraph.services.pairing import Pairing, questions
from tracegraph.services.previewing import preview as ask_preview
from tracegraph.services.whatif import Suppositions, assume, what_if
from tracegraph.vocabulary import SelectorKind


def _limits(flags: Flags, lens: Lens) -> Question:
    return Question((), lens, flags["max_tier"], flags["max_items"] or DEFAULT_MAX_ITEMS)


def _frame(flags: Flags, labels: tuple[str, str]) -> Frame:
    return Frame(labels, None if flags["all_rows"] else flags["limit"], not flags["no_routes"])


def _code(comparison: Comparison) -> int:
    cut = any(side.answer.summary.items_cut for side in (comparison.before, comparison.after))
    return LIMIT_HIT if cut else DONE


no_routes_option = click.option("--no-routes", is_flag=True, help=N_("Leave the routes out."))


# --- compare -------------------------------------------------------------------------------------------------------


@click.command(
    "compare",
    cls=Spoken,
    help=N_(
        "What changed between two moments, readers or scopes, contract by contract, and which document or revision "
        "made the difference: each is taken back and the answer computed again. --known-at once compares with now."
    ),
    example="tracegraph compare --incident inc-2019-my-gloves --valid-at 2019-02-19 --known-at 2019-02-19\n"
    "tracegraph compare --group demo-gloves --known-at 2018-12-19 --known-at 2019-02-19",
)
@scope_options
@lens_options_twice
@click.option(
    "--revision",
    "revisions",
    metavar="N",
    type=WHOLE,
    multiple=True,
    help=N_("Given twice, with one --incident: the numbers of two of its revisions."),
)
@click.option(
    "--against", metavar="ID|FILE.toml", help=N_("The scope of the second answer: an incident, or selectors in a file.")
)
@click.option(
    "--max-documents",
    metavar="N",
    type=WHOLE,
    default=DEFAULT_MAX_DOCUMENTS,
    help=N_("Take back at most N documents one by one (default 40)."),
)
@limit_options
@no_routes_option
@rows_options
@common_options
@pass_session
def compare(
    session: Session, /, *, revisions: Sequence[int], against: str | None, max_documents: int, **flags: Any
) -> int:
    """Compare two answers."""
    lenses = _two_lenses(session, flags, is_doubled=bool(revisions or against))
    pairing = Pairing(asked_from(flags), lenses, revisions, against)
    with session.store() as store:
        pair = questions(pairing, _limits(flags, lenses[0]), store)
        found = ask_compare(pair, store, max_documents=max_documents)
        frame = _frame(flags, side_labels(found, session.now, session.say))
        named = {source for causes in found.causes.by_contract.values() for c in causes for source in c.source_ids}
        session.answer(
            lambda: comparison_body(found, sources_of(named, store), with_routes=frame.with_routes),
            lambda: compare_shown(
                found,
                compare_legend(found, shown_differences(found, frame), (store, store), session.say.lang),
                frame,
                session.now,
                session.say,
            ),
        )
    return _code(found)


def _two_lenses(session: Session, flags: Flags, *, is_doubled: bool) -> tuple[Lens, Lens]:
    """Return two lenses; what is given once counts for both, and one `--known-at` alone is held against now."""
    pairs: dict[str, tuple[str | None, str | None]] = {}
    for name, option in (("valid_at", "--valid-at"), ("known_at", "--known-at"), ("reader", "--as")):
        given = flags[name]
        if len(given) > 2:
            raise InvalidInput(N_("{option} is given {n} times: at most twice"), option=option, n=len(given))
        pairs[name] = (given[0], given[-1]) if given else (None, None)
        is_doubled = is_doubled or len(given) == 2
    if not is_doubled and flags["known_at"]:
        pairs["known_at"] = (flags["known_at"][0], None)
    elif not is_doubled:
        raise InvalidInput(
            N_(
                "say what to compare: --known-at DATE (with now), or twice one of --known-at, --valid-at, --as and "
                "--revision, or another scope with --against"
            )
        )
    first, second = ({**flags, **{name: pair[place] for name, pair in pairs.items()}} for place in (0, 1))
    return lens_from(session, first), lens_from(session, second)


# --- incident preview ----------------------------------------------------------------------------------------------


@click.command(
    "preview",
    cls=Spoken,
    help=N_(
        "What an incident would reach if its scope were wider: to the whole group of what it names, to the country, or "
        "to broader goods. Nothing is recorded and nobody is told."
    ),
    example="tracegraph incident preview demo-inc-gloves-and-debts --widen group --valid-at 2019-02-19",
)
@click.argument("incident_id", metavar="ID")
@click.option("--widen", metavar="group|country|product", required=True, help=N_("How the scope is widened."))
@lens_options
@limit_options
@no_routes_option
@rows_options
@common_options
@pass_session
def preview(session: Session, /, *, incident_id: str, widen: str, **flags: Any) -> int:
    """Preview a wider scope."""
    if widen not in set(Widening):
        allowed = ", ".join(Widening)
        raise InvalidInput(N_("--widen is {value!r}: use one of {allowed}"), value=widen, allowed=allowed)
    lens = lens_from(session, flags)
    frame = _frame(flags, (session.text(N_("as it is")), session.text(N_("widened"))))
    with session.store() as store:
        view = find_incident(store, incident_id, lens)
        asked = replace(_limits(flags, lens), scope=exposed_scope(view))
        found = ask_preview(view, asked, Widening(widen), store)
        session.answer(
            lambda: preview_body(found, with_routes=frame.with_routes),
            lambda: preview_shown(
                found,
                compare_legend(
                    found.comparison, shown_differences(found.comparison, frame), (store, store), session.say.lang
                ),
                frame,
                session.now,
                session.say,
            ),
        )
    return _code(found.comparison)


# --- what-if -------------------------------------------------------------------------------------------------------


@click.command(
    "whatif",
    cls=Spoken,
    help=N_(
        "How the answer would stand if a claim or a source fell away, if a file were true, or if a plant closed. "
        "Nothing is recorded."
    ),
    example="tracegraph whatif --group demo-gloves --without-source demo-src-daily-gloves\n"
    "tracegraph whatif --close demo-plant-klang\n"
    "tracegraph whatif --factory demo-plant-klang --add answer-of-a-supplier/",
)
@scope_options
@click.option("--without-claim", "without_claims", metavar="ID", multiple=True, help=N_("Leave out this claim."))
@click.option(
    "--without-source", "without_sources", metavar="ID", multiple=True, help=N_("Leave out all that this source says.")
)
@click.option("--add", "files", metavar="FILE|DIR", multiple=True, help=N_("Take these rows for true; as for import."))
@click.option(
    "--close",
    "closed",
    metavar="FACTORY",
    multiple=True,
    help=N_("Let no goods leave this plant; without a scope, it is the scope."),
)
@lens_options
@limit_options
@no_routes_option
@rows_options
@common_options
@pass_session
def whatif(session: Session, /, **flags: Any) -> int:
    """Answer as things would stand."""
    lens = lens_from(session, flags)
    given = ("without_claims", "without_sources", "closed")
    supposed = Suppositions(**{name: flags[name] for name in given}, files=tuple(Path(path) for path in flags["files"]))
    frame = _frame(flags, (session.text(N_("as it is")), session.text(N_("assumed"))))
    with session.store() as store:
        assumed, overlay = assume(supposed, store, lens)
        asked = asked_from(flags)
        named = any(getattr(asked, part) for part in _NAMING)
        closed = tuple(asking.narrow(Selector(SelectorKind.FACTORY, f), asked) for f in supposed.closed)
        scope = closed if closed and not named else asking.scope_of(asked, store, lens)
        found = what_if(replace(_limits(flags, lens), scope=scope), assumed, store, overlay)
        shown = shown_differences(found.comparison, frame)
        session.answer(
            lambda: whatif_body(found, with_routes=frame.with_routes),
            lambda: whatif_shown(
                found,
                compare_legend(found.comparison, shown, (store, overlay), session.say.lang, assumed.hidden),
                frame,
                session.now,
                session.say,
            ),
        )
    return _code(found.comparison)


_NAMING = ("factories", "suppliers", "groups", "countries_named", "incidents", "scope_files")
