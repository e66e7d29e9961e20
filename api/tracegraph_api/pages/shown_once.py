"""Secrets that are made in administration: shown once, and where that is."""

from __future__ import annotations

from flask import Response

from tracegraph.messages import N_
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import say


def above() -> list[tuple[str, str]]:
    """Return the pages above those where keys and addresses are managed."""
    return [(say(N_("Administration")), link("administration.home"))]


def show_once(title: str, secret: str, text: str, back: tuple[str, str]) -> Response:
    """Show a secret that is never shown again.

    Parameters
    ----------
    title, text : str
        What it is, and what it is for, in the reader's language.
    secret : str
        The secret.
    back : (str, str)
        The page it belongs to: its name and its address.
    """
    name, href = back
    return render(
        "pages/shown_once.html", title, crumbs=[*above(), back], secret=secret, text=text, back=href, back_text=name
    )
