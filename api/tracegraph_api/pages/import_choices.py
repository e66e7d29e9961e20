"""What the columns of sent files are: chosen by whoever sent them, suggested the next time, and forgotten."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.errors import InvalidInput, NotNow, StaleWrite
from tracegraph.intake.rows import LEFT_OUT, ColumnChoices
from tracegraph.messages import N_
from tracegraph.services.column_choices import Unclear, check_choice, forgotten, keep_choice, unclear_files
from tracegraph.services.imports import CHECK, ImportState, asked_for, check_fits
from tracegraph_api.changes import change
from tracegraph_api.context import now, principal, store
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.forms import done
from tracegraph_api.pages.imports import shown, to_be_done
from tracegraph_api.pages.imports_shown import LEAVE_OUT, field_of
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import message

pages = Pages("import_choices")


@pages.takes("/imports/<id>/columns", Permission.WRITE)
def choose(id: str) -> Response | AnyResponse:
    """Take what columns are, and let the import be checked again with it."""
    made = change()
    found = to_be_done(id)
    try:
        check_fits(store(), found, CHECK, made.expected_version())
        chosen = [(file, _typed(number, file)) for number, file in enumerate(unclear_files(found))]
    except (NotNow, StaleWrite) as error:
        return shown(found, message(error.message), 409)
    except InvalidInput as error:
        return shown(found, message(error.message), 422)
    columns = {file.file: dict(one) for file, one in chosen}
    what: dict[str, Any] = {
        "columns": columns,
        "state": ImportState.RECEIVED,
        "preview": None,
        "problems": None,
        "notes": [],
    }
    job, write = asked_for(found, CHECK, made.who, str(g.get("request_id", "")), now(), **what)
    records = [job, write, *keep_choice(store(), made.who, chosen, now())]
    reply = done(link("imports.one", id=id))
    facts = {"changed": sum(map(len, columns.values()))}
    store().commit(made.beside("dataset.columns", f"import:{found.id}", reply, records=records, facts=facts), now())
    return made.answered()


def _typed(number: int, file: Unclear) -> ColumnChoices:
    """Return what was chosen for the columns of a file, every one of them."""
    chosen = {}
    for place, header in enumerate(file.headers):
        typed = request.form.get(field_of(number, place), "")
        if not typed:
            raise InvalidInput(
                N_("choose what the column {header} of {file} is, or leave it out"), header=header, file=file.file
            )
        chosen[header] = LEFT_OUT if typed == LEAVE_OUT else typed
    check_choice(file, chosen)
    return chosen


@pages.takes("/imports/columns/<id>/forget", Permission.WRITE)
def forget(id: str) -> Response | AnyResponse:
    """Forget what was chosen."""
    made = change()
    write = forgotten(store(), principal(), id)
    reply = done(link("imports.known_columns"))
    store().commit(made.beside("dataset.columns.forget", f"columns:{id}", reply, records=[write]), now())
    return made.answered()
