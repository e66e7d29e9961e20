"""The OpenAPI document: made from the routes themselves."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api

from tracegraph_api import problems


class ProblemApi(Api):  # type: ignore[misc]
    """An API whose errors are problem details."""

    def __init__(self, app: Flask) -> None:
        app.config.update(API_TITLE="tracegraph", API_VERSION="1.0.0", OPENAPI_VERSION="3.1.0")
        super().__init__(app)

    def handle_http_exception(self, error: Any) -> Any:
        """Return an error as a problem."""
        return problems.problem_of_web(error)
