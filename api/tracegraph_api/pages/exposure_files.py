"""The whole answer to "who depends on this" as files: tables, a document, a graph, places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Response

from tracegraph.answer import Answer, Dependent
from tracegraph.exchange.csv_export import ANSWER_COLUMNS, answer_row
from tracegraph.exchange.geojson_answer import answer_features
from tracegraph.exchange.graphml_answer import answer_graph, graphml_bytes
from tracegraph.exchange.pdf import pdf_of
from tracegraph.exchange.workbook import workbook_bytes
from tracegraph.messages import N_
from tracegraph.render.dependents_rows import unnamed_words
from tracegraph.render.dependents_table import PRINTED, Told, about_answer, answer_document, answer_sheets
from tracegraph.services.legend import legend_of
from tracegraph.services.unnamed_plants import unnamed_plants
from tracegraph_api.context import context, now, store, translator
from tracegraph_api.inputs import Given
from tracegraph_api.media import features, table
from tracegraph_api.pages.exposure_shown import common_of, narrowed_to, title_of
from tracegraph_api.pages.files import as_download

#: The files that there are, by ending, each with what it is for.
ENDINGS: Final[Mapping[str, str]] = {
    "xlsx": N_("Workbook (Excel)"),
    "csv": N_("Table (CSV)"),
    "pdf": N_("Document to print (PDF)"),
    "graphml": N_("Graph with all routes (GraphML)"),
    "geojson": N_("Places for a map (GeoJSON)"),
}
_STEM: Final = "dependent-contracts"


def file_of(answer: Answer, rows: Sequence[Dependent], ending: str, given: Given) -> Response:
    """Return contracts of an answer as a file.

    Parameters
    ----------
    answer : Answer
        The answer.
    rows : sequence of Dependent
        The contracts that are wanted.
    ending : str
        One of `ENDINGS`.
    given : mapping
        What narrowed the rows.
    """
    if ending == "csv":
        content: bytes | str = table(ANSWER_COLUMNS, map(answer_row, rows))
    elif ending == "graphml":
        content = graphml_bytes(answer_graph(answer, rows))
    elif ending == "geojson":
        content = features(answer_features(answer, rows, store()))
    else:
        content = _for_people(answer, rows, ending, given)
    return as_download(content, ending, _STEM, truncated=answer.summary.truncated)


def _for_people(answer: Answer, rows: Sequence[Dependent], ending: str, given: Given) -> bytes:
    """Return a workbook or a document: in the reader's language, with what was asked and what was cut."""
    say, made_at = translator(), now()
    listing = rows[:PRINTED] if ending == "pdf" else list(rows)  # a row is made when somebody reads it
    legend = legend_of(answer, listing, store(), say.lang)
    common = common_of(answer, given)
    told = Told(legend, common.names, say)
    listed = len(rows), narrowed_to(common, given)
    about, title = about_answer(answer, listed, legend, say, made_at), title_of(answer, legend).unescape()
    if unnamed := unnamed_plants(answer, store(), context().portfolios):
        about.append((say.text("Note"), unnamed_words(unnamed, say)))
    if ending == "xlsx":
        return workbook_bytes(answer_sheets(answer, listing, about, told), title, made_at)
    return pdf_of("report", answer_document(answer, listing, title, about, told, total=len(rows)), made_at=made_at)
