"""The closed lists of words about incidents as a person reads them, and the names of what may differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracegraph.messages import N_
from tracegraph.render.words import INCIDENT_STATUS
from tracegraph.translate import Translator
from tracegraph.vocabulary import ActionKind, ActionState, IncidentStatus, RevisionChange

CHANGE: Final[Mapping[str, str]] = {
    RevisionChange.REPORTED: N_("reported"),
    RevisionChange.WIDENED: N_("widened"),
    RevisionChange.NARROWED: N_("narrowed"),
    RevisionChange.CORRECTED: N_("corrected"),
    RevisionChange.CONFIRMED: N_("confirmed"),
    RevisionChange.DISPUTED: N_("disputed"),
    RevisionChange.REFUTED: N_("refuted"),
    RevisionChange.REMEDIATION_CLAIMED: N_("remediation claimed"),
    RevisionChange.REMEDIATION_VERIFIED: N_("remediation verified"),
    RevisionChange.WITHDRAWN: N_("withdrawn"),
    RevisionChange.UPDATED: N_("updated"),
}

ACTION_KIND: Final[Mapping[str, str]] = {
    ActionKind.WITHHOLD_RELEASE_ORDER: N_("order to withhold release"),
    ActionKind.FINDING: N_("finding"),
    ActionKind.SEIZURE: N_("seizure"),
    ActionKind.IMPORT_BAN: N_("import ban"),
    ActionKind.ENTITY_LISTING: N_("put on a list of entities"),
    ActionKind.EU_FORCED_LABOUR_DECISION: N_("decision under the EU forced labour regulation"),
    ActionKind.SANCTION: N_("sanction"),
    ActionKind.EXCLUSION: N_("exclusion"),
    ActionKind.INVESTIGATION: N_("investigation"),
    ActionKind.PENALTY: N_("penalty"),
    ActionKind.COURT_DECISION: N_("court decision"),
    ActionKind.OTHER: N_("other act"),
}

ACTION_STATE: Final[Mapping[str, str]] = {
    ActionState.NOT_YET: N_("not yet in force"),
    ActionState.IN_FORCE: N_("in force, as far as recorded"),
    ActionState.MODIFIED: N_("modified, not as issued"),
    ActionState.REVOKED: N_("revoked"),
    ActionState.UNKNOWN: N_("day of entry into force not stated"),
}

#: What an action says of its days.
ACTION_DATES: Final[Mapping[str, str]] = {
    "effective": N_("in force from {day}"),
    "modified": N_("modified {day}"),
    "revoked": N_("revoked {day}"),
}

SEVERITY: Final[Mapping[str, str]] = {
    "scale": N_("scale"),
    "scope": N_("scope"),
    "irremediability": N_("irremediability"),
}

#: Kinds that are common; others are shown as they are written.
KIND: Final[Mapping[str, str]] = {
    "forced_labour": N_("forced labour"),
    "recruitment_fees": N_("recruitment fees"),
    "serious_environmental_harm": N_("serious environmental harm"),
    "working_and_living_conditions": N_("working and living conditions"),
    "child_labour": N_("child labour"),
    "discrimination": N_("discrimination"),
    "freedom_of_association": N_("no right to organise or to bargain together"),
    "unsafe_work": N_("unsafe or unhealthy work"),
    "corruption": N_("corruption"),
}

#: What two revisions may differ in (`incidents_history.Difference.what`).
WHAT: Final[Mapping[str, str]] = {
    "status": N_("status"),
    "scope": N_("touches"),
    "action": N_("action"),
    "reply": N_("reply"),
    "title": N_("title"),
    "kind": N_("kind"),
    "happened_from": N_("happened from"),
    "happened_to": N_("happened to"),
    "severity": N_("severity"),
    "indicators_edition": N_("edition"),
    "indicator": N_("indicator"),
    "source": N_("source"),
    "note": N_("note"),
    "visibility": N_("visible to"),
}


def status_words(status: str, say: Translator) -> str:
    """Return the status of an incident in words."""
    return say.text(INCIDENT_STATUS[IncidentStatus(status)]) if status in set(IncidentStatus) else status


def kind_words(kind: str, say: Translator) -> str:
    """Return the kind of an incident in words."""
    return say.text(KIND[kind]) if kind in KIND else kind.replace("_", " ")


def change_words(change: str, say: Translator) -> str:
    """Return what a revision changes in words."""
    return say.text(CHANGE[change]) if change in CHANGE else change
