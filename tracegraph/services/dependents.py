"""Which contracts depend on what a report names, how do we know, and what can we not see."""

from __future__ import annotations

from dataclasses import replace

from tracegraph.answer import Answer, Question
from tracegraph.services.dependent_rows import DependentRows
from tracegraph.services.portfolios import Portfolios, PortfolioView
from tracegraph.services.route_finding import routes_from
from tracegraph.services.shares import contradictions
from tracegraph.services.standing import Standing
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Status
from tracegraph.walk.scope import resolve_scope

STATUS_ORDER = {status: position for position, status in enumerate(Status)}


def dependents(question: Question, reader: GraphReader, portfolios: Portfolios) -> Answer:
    """Answer which contracts depend on a scope.

    Parameters
    ----------
    question : Question
        Scope, lens and limits.
    reader : GraphReader
        The store.
    portfolios : Portfolios
        The store's portfolio views, kept between questions; answers are kept with them.

    Returns
    -------
    Answer
        One `Dependent` for every contract that the reader sees.
    """
    version = reader.version(question.lens)
    view = portfolios.under(question.lens)
    asked = view, (question.scope, question.max_tier, question.max_items)
    answer = portfolios.answers.get(asked)
    if answer is None:
        answer = _answered(question, reader, view, version)
        portfolios.answers.put(asked, answer)
    summary = replace(answer.summary, graph_version=version)
    return replace(answer, question=question, summary=summary, dependents=_afresh(answer))


def _answered(question: Question, reader: GraphReader, view: PortfolioView, version: int) -> Answer:
    lens, portfolio = question.lens, view.portfolio
    scope = resolve_scope(question.scope, reader, lens, portfolio.catalogue)
    standing = Standing(question, routes_from(question, scope.affected, reader, view), view, scope)
    listed = standing.ids(standing.listed) if view.shares.contradictory else []
    return Answer(
        question=question,
        affected=scope.affected,
        unmatched=scope.unmatched,
        summary=standing.summary(version),
        dependents=DependentRows(standing),
        contradictions=contradictions(question, reader, view, listed, standing.limited),
    )


def _afresh(answer: Answer) -> DependentRows:
    assert isinstance(answer.dependents, DependentRows)
    return answer.dependents.afresh()
