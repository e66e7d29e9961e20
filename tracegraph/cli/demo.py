"""The command `demo`: a story in a store of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from tracegraph.cli.help import Spoken
from tracegraph.cli.options import common_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.messages import N_
from tracegraph.render.demo import demo_body, demo_shown, story_dependents
from tracegraph.services.demo import Story, fill, tell
from tracegraph.services.legend import Legend, legend_of, merged, scope_legend
from tracegraph.store.port import Store


@click.command(
    "demo",
    cls=Spoken,
    help=N_(
        "Fill a fresh store with the seed data (real reference data, and an invented story) and tell the story: who "
        "depends on the plants that an article names, what was known before, and what an order changes."
    ),
    example="tracegraph demo\ntracegraph demo --lang sv",
)
@common_options
@pass_session
def demo(session: Session, /) -> None:
    """Tell the story."""
    if session.store_url is None:
        session.store_url = f"sqlite:///{fresh_file()}"
    with session.store(create=True) as store:
        with session.progress(N_("Filling the store")) as progress:
            store.init()
            fill(store, session.now, progress)
        story = tell(store)
        legend = _legend(story, store, session.say.lang)
    session.answer(lambda: demo_body(story), lambda: demo_shown(story, legend, session.url, session.now, session.say))


def fresh_file() -> Path:
    """Return the place of a new store, in a temporary folder of its own."""
    return Path(tempfile.mkdtemp(prefix="tracegraph-demo-")) / "demo.db"


def _legend(story: Story, store: Store, lang: str) -> Legend:
    """Return what all ids of the story stand for."""
    incidents = [view.current for view in (story.real, story.article, story.order, story.finding)]
    lens = story.widened.question.lens
    legends = [legend_of(answer, story_dependents(answer), store, lang) for answer in (story.now, story.widened)]
    scope = [selector for revision in incidents for selector in revision.scope]
    sources = [source for revision in incidents for source in revision.sources]
    return merged([scope_legend(scope, store, lens, lang, sources), *legends])
