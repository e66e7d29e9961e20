"""What to ask of whom about contracts that are not known to their end: letters and lists, ready to send."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.answer_ask import AskNext, AskQuestion, Behind, ToAsk
from tracegraph.exchange.bundle import bundle_bytes
from tracegraph.exchange.workbook import Column, Sheet, workbook_bytes
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.render import phrases
from tracegraph.render.ask_next import question_words
from tracegraph.render.letters import OWN_FILES, Letters
from tracegraph.render.question_sheet import question_columns, question_rows
from tracegraph.services.ask_next import ask_next
from tracegraph.services.legend import Legend, items_legend
from tracegraph.services.letters import diary_numbers
from tracegraph.translate import LANGUAGES, Translator
from tracegraph.vocabulary import NETWORK, REGION_PREFIX, Label
from tracegraph_api.context import context, now, store, translator
from tracegraph_api.inputs import Given, LensQuery, PageQuery, lens_of
from tracegraph_api.media import table
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import here, link, node_link
from tracegraph_api.pages.narrow import choices_of, money
from tracegraph_api.pages.words import plural, say
from tracegraph_api.reports import NarrowQuery, narrowed, ranked_page

pages = Pages("questions")

_ALL: Final = 1_000  # letters in one file; more are nothing that somebody sends
_FORM: Final = "answer-form"
_SHOWN: Final = 5  # suppliers on a page, each with its letter


class _LettersQuery(Schema):
    """How letters are written."""

    letters = fields.String(validate=validate.OneOf(LANGUAGES))
    direct_supplier = fields.List(fields.String(validate=validate.Length(min=1, max=100)), load_default=list)


class _FewQuery(PageQuery):
    """Pages are short: each row has a letter."""

    limit = fields.Integer(load_default=_SHOWN, validate=validate.Range(min=1, max=50))


@pages.shows("/depth/questions", Permission.READ, (LensQuery, NarrowQuery, _LettersQuery, _FewQuery), is_heavy=True)
def asked(given: Given) -> Response:
    """Show whom to ask what, those first whose answers settle most."""
    lens = lens_of(given)
    found = _asked(given, lens, given["page"] * given["limit"])
    listed, counted = ranked_page(found.suppliers, found.suppliers_total, given)
    order = found.order[:_SHOWN]
    writer = _Writer(listed, lens, given, {end for step in order for end in step.ids})
    narrowing = {name: given[name] or None for name in ("region", "category", "direct_supplier")}
    files = {**narrowing, "letters": given.get("letters")}
    return render(
        "pages/questions.html",
        say(N_("What to ask of whom")),
        crumbs=[(say(N_("How deep contracts are known")), link("depth.board", **_board(given)))],
        choices=choices_of(lens, given),
        rows=[writer.row(one) for one in listed],
        unclear=found.unclear,
        value=money(found.unclear_value_sek, found.unclear_without_value),
        open_ends=found.open_ends_total,
        order=[_step(step.ids, step.settles, step.settled, writer) for step in order],
        in_order=found.in_order,
        total=counted.total,
        page=given["page"],
        limit=given["limit"],
        language=writer.lang,
        is_public=not _is_private(lens),
        as_public=here(as_="public", page=None),
        files=[(name, link(f"questions.{endpoint}", **files)) for name, endpoint in _files()],
        whole=here(direct_supplier=None, page=None) if given["direct_supplier"] else None,
        most=_ALL,
    )


def _files() -> list[tuple[Any, str]]:
    return [
        (say(N_("All letters with their answer forms (ZIP)")), "letters"),
        (say(N_("The questions as a list (Excel)")), "sheet"),
        (say(N_("The questions as a list (CSV)")), "listed"),
    ]


@pages.shows("/depth/questions.csv", Permission.READ, (LensQuery, NarrowQuery, _LettersQuery), is_heavy=True)
def listed(given: Given) -> Response:
    """Give all questions as a list."""
    lens = lens_of(given)
    found = _asked(given, lens, _ALL)
    writer = _Writer(found.suppliers, lens, given)
    return as_download(table(*writer.sheet()), "csv", "questions", truncated=_is_cut(found))


@pages.shows("/depth/questions.xlsx", Permission.READ, (LensQuery, NarrowQuery, _LettersQuery), is_heavy=True)
def sheet(given: Given) -> Response:
    """Give all questions as a workbook."""
    lens = lens_of(given)
    found = _asked(given, lens, _ALL)
    writer = _Writer(found.suppliers, lens, given)
    title = str(say(N_("What to ask of whom")))
    notes = [[phrases.lens_words(lens, now(), translator())], [choices_of(lens, given).chosen]]
    if _is_cut(found):
        notes.append([str(say(N_("The list is cut: there are more questions than it holds.")))])
    headings, rows = writer.sheet()
    widths = zip(headings, (30, 24, 10, 60, 40, 30), strict=False)
    columns = [*(Column(heading, width) for heading, width in widths), Column(headings[-1], 16, "whole")]
    about = Sheet(str(say(N_("About this list"))), [Column(title, 100)], [note for note in notes if note[0]])
    content = workbook_bytes([Sheet(title, columns, rows), about], title, now())
    return as_download(content, "xlsx", "questions", truncated=_is_cut(found))


@pages.shows(
    "/depth/questions/<supplier>/form.csv", Permission.READ, (LensQuery, NarrowQuery, _LettersQuery), is_heavy=True
)
def form(given: Given, supplier: str) -> Response:
    """Give the form that goes with the letter to one supplier."""
    lens = lens_of(given)
    found = _asked({**given, "direct_supplier": [supplier]}, lens, 1)
    return as_download(_Writer(found.suppliers, lens, given).form(found.suppliers[0]), "csv", _FORM)


@pages.shows("/depth/questions.zip", Permission.READ, (LensQuery, NarrowQuery, _LettersQuery), is_heavy=True)
def letters(given: Given) -> Response:
    """Give all letters, with the forms for the answers, as one file."""
    lens = lens_of(given)
    found = _asked(given, lens, _ALL)
    writer = _Writer(found.suppliers, lens, given)
    return as_download(bundle_bytes(writer.files()), "zip", "letters", truncated=_is_cut(found))


def _is_cut(found: AskNext) -> bool:
    listed_all = all(one.total == len(one.questions) for one in found.suppliers)
    return not listed_all or found.suppliers_total > len(found.suppliers)


def _asked(given: Given, lens: Lens, rows: int) -> AskNext:
    regions, categories = narrowed(given)
    suppliers = tuple(sorted(set(given["direct_supplier"])))
    wanted = AskQuestion(lens, (), regions, categories, suppliers, rows)
    return ask_next(wanted, store(), context().portfolios)


def _board(given: Given) -> dict[str, Any]:
    return {name: given[name] or None for name in ("region", "category")}


def _is_private(lens: Lens) -> bool:
    return any(one == NETWORK or one.startswith(REGION_PREFIX) for one in lens.visible_to)


def _step(ids: Sequence[str], settles: int, settled: int, writer: _Writer) -> dict[str, Any]:
    return {
        "asks": [writer.question(id) for id in ids],
        "settles": plural(N_("settles {n} contract"), N_("settles {n} contracts"), settles),
        "settled": settled,
    }


class _Writer:
    """Writes to some suppliers.

    Parameters
    ----------
    suppliers : sequence of ToAsk
        To whom.
    lens : Lens
        What may be seen.
    given : mapping
        `_LettersQuery`.
    more : collection of str
        Further open ends that are named.
    """

    def __init__(self, suppliers: Sequence[ToAsk], lens: Lens, given: Given, more: Collection[str] = ()) -> None:
        say = Translator(given.get("letters") or translator().lang)
        self.lang = say.lang
        self._chosen = {**_board(given), "letters": given.get("letters")}
        self._suppliers, self._lens, self._say, self._more = suppliers, lens, say, more
        contracts = sorted({facts.contract_id for one in suppliers for facts in one.contracts})
        self._diary = diary_numbers(contracts, lens, store())
        self._legend = self._named(say.lang)
        self._letters = Letters(self._legend, self._diary, (), say)
        self._shown = self._legend if say.lang == translator().lang else self._named(translator().lang)

    def _named(self, lang: str) -> Legend:
        ends = {asked.id for one in self._suppliers for asked in one.questions} | set(self._more)
        holders = {one.supplier_id for one in self._suppliers if one.supplier_id}
        holders |= {region for one in self._suppliers for facts in one.contracts for region in facts.regions}
        items = sorted(end for end in ends if "/" in end)
        return items_legend(items, sorted(holders), (), store(), self._lens, lang=lang)

    def question(self, end: str) -> str:
        """Return a question in words, in the language of the page."""
        return question_words(end, self._shown, translator())

    def _page_of(self, holder: str) -> str | None:
        """Return the page of who is asked: a plant may sell itself."""
        return node_link(NodeRef(Label.FACTORY if holder in self._shown.factories else Label.SUPPLIER, holder))

    def row(self, one: ToAsk) -> dict[str, Any]:
        """Return what the page says of a supplier."""
        supplier = one.supplier_id
        return {
            "id": supplier or OWN_FILES,
            "name": self._shown.holder(supplier) if supplier else say(N_("Our own procurement files")),
            "href": self._page_of(supplier) if supplier else None,
            "behind": _behind(one.behind),
            "questions": [
                {"text": self.question(asked.id), "settles": asked.settles, "contracts": ", ".join(asked.contracts)}
                for asked in one.questions
            ],
            "more": one.total - len(one.questions),
            "letter": self._letters.text(one, f"tracegraph-{_FORM}.csv"),
            "form": link("questions.form", supplier=supplier, **self._chosen) if supplier else None,
            "is_own": supplier is None,
        }

    def sheet(self) -> tuple[list[str], list[list[Any]]]:
        """Return headings and rows of the list of questions."""
        return question_columns(self._say), question_rows(self._suppliers, self._legend, self._diary, self._say)

    def files(self) -> dict[str, bytes]:
        """Return all letters and forms, by name."""
        found: dict[str, bytes] = {}
        for number, one in enumerate(self._suppliers, start=1):
            name = f"{number:03}-{_file(one)}"
            found[f"{name}.txt"] = self._letters.text(one, f"{name}.csv").encode()
            found[f"{name}.csv"] = self.form(one).encode()
        return found

    def form(self, one: ToAsk) -> str:
        """Return the form that goes with a letter."""
        return table(self._letters.columns(), self._letters.form(one))


def _file(one: ToAsk) -> str:
    return f"letter-{one.supplier_id.replace(':', '%3A')}" if one.supplier_id else OWN_FILES


def _behind(behind: Behind) -> list[Any]:
    words = []
    if behind.settles:
        words.append(plural(N_("settles {n} contract"), N_("settles {n} contracts"), behind.settles))
    if behind.takes_part:
        one, many = N_("takes part in {n} contract"), N_("takes part in {n} contracts")
        words.append(plural(one, many, behind.takes_part))
    return [*words, money(behind.value_sek, behind.without_value)] if behind.contracts else words
