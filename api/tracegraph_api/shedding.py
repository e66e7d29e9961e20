"""Who would be refused for want of a place, refused before anything is done for them: a refusal costs next to nothing.

Under load most of what a refusal costs is not the refusal: it is who asks, the rates, and the way from thread to
thread while others compute. What is told here is what `admission` would tell after all that.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from werkzeug.exceptions import HTTPException

from tracegraph_api.admission import Admission
from tracegraph_api.auth.bearer import Bearer
from tracegraph_api.operation import HEAVY
from tracegraph_api.tracing import SEEN

_READS: Final = ("GET", "HEAD")


class Shedding:
    """Tells requests that would find no place from others, without a doubt or not at all.

    Parameters
    ----------
    app : Flask
        Whose routes are asked.
    admission : Admission
        Its places.
    bearer : Bearer
        Who remembers whose tokens are.
    """

    def __init__(self, app: Flask, admission: Admission, bearer: Bearer) -> None:
        self._app, self._admission, self._bearer = app, admission, bearer
        self._routes = app.url_map.bind("")

    def __call__(self, environ: dict[str, Any]) -> bool:
        """Return whether a request is a question of somebody known who may not wait for a place now."""
        if not self._admission.is_busy or environ["REQUEST_METHOD"] not in _READS:
            return False
        try:
            rule, _ = self._routes.match(environ["PATH_INFO"], environ["REQUEST_METHOD"], return_rule=True)
        except HTTPException:
            return False
        if not getattr(self._app.view_functions[rule.endpoint], HEAVY, False):
            return False
        who = self._bearer.remembered(environ.get("HTTP_AUTHORIZATION", ""))
        if who is None or self._admission.may_wait(who.tenant):
            return False
        environ[SEEN].route = rule.rule
        return True
