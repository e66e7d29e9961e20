"""The option `--bundle`: an answer with everything that it was computed from, as one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tracegraph.answer import Answer
from tracegraph.cli.session import Session
from tracegraph.errors import InvalidInput
from tracegraph.exchange.bundle import bundle_files, write_bundle
from tracegraph.messages import N_
from tracegraph.render.bundle import bundle_shown
from tracegraph.services.bundle import bundle_of
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store

bundle_option = click.option(
    "--bundle",
    metavar="FILE.zip",
    type=click.Path(path_type=Path),
    help=N_("Also write the evidence: the answer, its claims and sources, and a script that computes it again."),
)


def save_bundle(
    session: Session, path: Path, answer: Answer, body: Mapping[str, Any], *, store: Store, portfolios: Portfolios
) -> None:
    """Write the evidence bundle of an answer, and say so on standard error.

    Raises
    ------
    InvalidInput
        The file is not called ``.zip`` or cannot be written, or the answer is none of which evidence can be given.
    """
    if path.suffix.lower() != ".zip":
        raise InvalidInput(N_("--bundle is {path}: the name of a bundle ends with .zip"), path=str(path))
    if not answer.question.scope:
        raise InvalidInput(N_("there is no answer to bundle: the incident exposes nothing (any more)"))
    bundle = bundle_of(answer, store, portfolios)
    incidents: Sequence[Mapping[str, Any]] = body.get("incidents", ())
    write_bundle(bundle_files(bundle, body, incidents, session.now), path)
    session.warn(bundle_shown(bundle, path, session.say))
