"""The command `ask`: what to ask next, whom, and the letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from tracegraph.answer_ask import AskNext, AskQuestion
from tracegraph.cli.ask import asked_from
from tracegraph.cli.help import Spoken
from tracegraph.cli.lens import Flags, lens_from
from tracegraph.cli.options import common_options, lens_options, pass_session, rows_options, scope_options
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.exchange.ask_next import ask_body, write_open_ends
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.render.ask_next import ask_shown
from tracegraph.render.letters import Background, Letters, background_of
from tracegraph.render.phrases import reader_word
from tracegraph.services import asking
from tracegraph.services.ask_next import ask_next
from tracegraph.services.incidents import find_incident
from tracegraph.services.legend import Legend, items_legend, merged, scope_legend, sources_of
from tracegraph.services.letters import diary_numbers
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store


@click.command(
    "ask",
    cls=Spoken,
    help=N_(
        "What to ask next, and whom: open ends by what an answer would settle, a list for each direct supplier, and "
        "with --letters a letter and an answer form for each. With a factory, company, country or incident: what keeps "
        "contracts unmapped towards it; without: every open end."
    ),
    example="tracegraph ask --incident demo-inc-order\ntracegraph ask --category gloves --letters letters",
)
@scope_options
@click.option("--region", "regions", metavar="ISO", multiple=True, help=N_("Only contracts of this region (SE-AB)."))
@click.option("--category", "categories", metavar="ID", multiple=True, help=N_("Only contracts of this category."))
@click.option(
    "--direct-supplier", "direct_suppliers", metavar="ID", multiple=True, help=N_("Only what this supplier can tell.")
)
@click.option(
    "--letters",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help=N_("Write a letter and an answer form for each supplier listed; files that exist are replaced."),
)
@click.option("--csv", "csv_file", metavar="FILE", help=N_("Write the rows to this file, for a spreadsheet."))
@lens_options
@rows_options
@common_options
@pass_session
def ask(session: Session, /, *, letters: Path | None, csv_file: str | None, **flags: Any) -> None:
    """Show what to ask next."""
    lens = lens_from(session, flags)
    with session.store() as store:
        asked = AskQuestion(
            lens=lens,
            scope=_scope(flags, store, lens),
            regions=tuple(sorted({region.upper() for region in flags["regions"]})),
            categories=tuple(sorted(set(flags["categories"]))),
            direct_suppliers=tuple(sorted(set(flags["direct_suppliers"]))),
            rows=None if flags["all_rows"] else flags["limit"],
        )
        found = ask_next(asked, store, Portfolios(store))
        legend = _legend(found, store, session)
        if letters is not None:
            _write_letters(found, legend, letters, flags, store=store, session=session)
    if csv_file:
        rows = write_open_ends(found, Path(csv_file))
        words = session.say.plural(
            N_("{n} row written to {file}"), N_("{n} rows written to {file}"), rows, file=csv_file
        )
        session.warn(Text(words))
    again = list(_again(flags))
    session.answer(lambda: ask_body(found), lambda: ask_shown(found, legend, session.now, session.say, again))


def _scope(flags: Flags, store: Store, lens: Lens) -> Scope:
    """Return what is named; nothing where nothing is."""
    asked = asked_from(flags)
    return () if asked == asking.Asked() else asking.scope_of(asked, store, lens)


def _legend(found: AskNext, store: Store, session: Session) -> Legend:
    """Return what ids are called: open ends, suppliers, regions, and what the report names."""
    ends = {end.id for end in found.open_ends} | {end for step in found.order for end in step.ids}
    ends |= {asked.id for to_ask in found.suppliers for asked in to_ask.questions}
    holders = {name for end in found.open_ends for name in end.ask}
    holders |= {to_ask.supplier_id for to_ask in found.suppliers if to_ask.supplier_id}
    holders |= {region for to_ask in found.suppliers for facts in to_ask.contracts for region in facts.regions}
    items = sorted(end for end in ends if "/" in end)
    lens, lang = found.question.lens, session.say.lang
    named = items_legend(items, sorted(holders), (), store, lens, lang=lang)
    return merged([scope_legend(found.question.scope, store, lens, lang), named])


def _write_letters(
    found: AskNext, legend: Legend, folder: Path, flags: Flags, *, store: Store, session: Session
) -> None:
    contracts = {facts.contract_id for to_ask in found.suppliers for facts in to_ask.contracts}
    diary = diary_numbers(sorted(contracts), found.question.lens, store)
    letters = Letters(legend, diary, _backgrounds(flags, found, store), session.say)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(
            N_("--letters is {path}, and it cannot be made a folder: {reason}"),
            path=str(folder),
            reason=error.strerror or str(error),
        ) from error
    written = [name for to_ask in found.suppliers for name in letters.write(to_ask, folder)]
    one, many = N_("{n} file written to {file}"), N_("{n} files written to {file}")
    session.warn(Text(session.say.plural(one, many, len(written), file=str(folder))))
    before_sending = N_(
        "Read them before they are sent, and fill in what is marked. They name companies as {reader} may see them: do "
        "not send what is not theirs to know. With --as public they hold only what is public."
    )
    reader = session.text(reader_word(found.question.lens))
    session.warn(Text(session.text(before_sending, reader=reader)))


def _backgrounds(flags: Flags, found: AskNext, store: Store) -> list[Background]:
    """Return what is public of the incidents that were named."""
    revisions = [find_incident(store, incident, found.question.lens).current for incident in flags["incidents"]]
    sources = sources_of({source for revision in revisions for source in revision.all_sources}, store)
    return [one for revision in revisions if (one := background_of(revision, sources)) is not None]


def _again(flags: Flags) -> Iterator[str]:
    """Yield the flags of this question, as they were written."""
    names = {
        "factories": "factory",
        "suppliers": "supplier",
        "groups": "group",
        "countries_named": "country",
        "incidents": "incident",
        "scope_files": "scope",
        "products": "product",
        "countries": "countries",
        "exclude": "exclude",
        "regions": "region",
        "categories": "category",
        "direct_suppliers": "direct-supplier",
    }
    for key, name in names.items():
        yield from (f"--{name} {value}" for value in flags[key])
    for key, name in (("valid_at", "valid-at"), ("known_at", "known-at"), ("reader", "as"), ("min_grade", "min-grade")):
        if flags[key]:
            yield f"--{name} {flags[key]}"
    if not flags["services"]:
        yield "--no-services"
