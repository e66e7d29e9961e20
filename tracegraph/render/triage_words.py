"""What was found out about contracts, as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracegraph.messages import N_
from tracegraph.render.words import STATUS
from tracegraph.services.triage import Stale, Standing, Why
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status, TriageState

STATE: Final[Mapping[str, str]] = {
    TriageState.POTENTIAL: N_("not settled"),
    TriageState.CONFIRMED: N_("concerned, confirmed"),
    TriageState.NO_IMPACT: N_("not concerned"),
    TriageState.RESTORED: N_("was concerned, no longer"),
}


def reopened(standing: Standing, say: Translator) -> list[str]:
    """Return why a triage counts as not settled again; nothing where it counts as it was said."""
    words = [_why(why, say) for why in standing.why]
    if standing.expired:
        words.append(say.text("it counted until {day}", day=str(standing.triage.said.expires_on)))
    return words


def _why(why: Why, say: Translator) -> str:
    if why.what is Stale.INCIDENT_REVISED:
        return say.text("the incident was revised on {day}", day=str(why.recorded_at)[:10])
    before, after = (say.text(STATUS[Status(one)]) if one else say.text("nothing") for one in (why.before, why.after))
    return say.text("the answer for the contract was {before}, and is {after}", before=before, after=after)
