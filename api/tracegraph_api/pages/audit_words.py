"""What rows of the audit log tell, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tracegraph.access import ANONYMOUS, LOCAL
from tracegraph.messages import N_
from tracegraph.services.settings_history import SERVICE
from tracegraph.store.rows import Record
from tracegraph_api.pages.words import say

ACTIONS: Final[Mapping[str, str]] = {
    "claim.create": N_("recorded facts"),
    "claim.retract": N_("ended a fact"),
    "dataset.send": N_("sent an import"),
    "dataset.columns": N_("chose the columns of an import"),
    "dataset.columns.forget": N_("let a choice of columns be forgotten"),
    "dataset.commit.ask": N_("asked to write an import"),
    "dataset.discard.ask": N_("asked to let go of an import"),
    "dataset.undo.ask": N_("asked to undo an import"),
    "dataset.commit": N_("wrote an import"),
    "dataset.discard": N_("let go of an import"),
    "dataset.undo": N_("undid an import"),
    "endpoint.create": N_("added an address for messages to programs"),
    "endpoint.remove": N_("removed an address for messages to programs"),
    "endpoint.rotate": N_("changed the secret of an address for messages to programs"),
    "feedback.delete": N_("deleted what was said of the accessibility"),
    "feedback.send": N_("said something of the accessibility"),
    "incident.create": N_("recorded an incident"),
    "incident.revise": N_("recorded a revision of an incident"),
    "job.cancel": N_("cancelled a job"),
    "key.create": N_("made a key"),
    "key.revoke": N_("revoked a key"),
    "key.rotate": N_("changed the secret of a key"),
    "login.begin": N_("logged in"),
    "login.end": N_("logged out"),
    "message.resend": N_("let a message be sent once more"),
    "operation.replay": N_("sent the same form again"),
    "proposal.accept": N_("accepted a proposal"),
    "proposal.change": N_("changed a proposal"),
    "proposal.create": N_("made a proposal"),
    "proposal.refuse": N_("refused a proposal"),
    "question.read": N_("read"),
    "settings.change": N_("started with other settings"),
    "subscription.create": N_("began to watch"),
    "subscription.end": N_("stopped watching"),
    "triage.set": N_("said where a contract stands"),
    "triage.set_many": N_("said where several contracts stand"),
    "triage.undo": N_("took back where contracts stand"),
}

SUBJECTS: Final[Mapping[str, str]] = {
    "claim": N_("the fact"),
    "columns": N_("the columns"),
    "endpoint": N_("the address"),
    "feedback": N_("the message"),
    "import": N_("the import"),
    "incident": N_("the incident"),
    "job": N_("the job"),
    "key": N_("the key"),
    "login": N_("the log-in"),
    "message": N_("the message"),
    "proposal": N_("the proposal"),
    "settings": N_("the settings"),
    "subscription": N_("the subscription"),
}
FACTS: Final[Mapping[str, str]] = {
    "bytes": N_("size in bytes"),
    "changed": N_("changed"),
    "channel": N_("sent by"),
    "characters": N_("characters"),
    "expires_at": N_("holds until"),
    "files": N_("files"),
    "grants": N_("sees besides"),
    "id": N_("which"),
    "kind": N_("what"),
    "new": N_("new"),
    "products": N_("goods"),
    "region": N_("region"),
    "retracted": N_("ended"),
    "roles": N_("roles"),
    "route": N_("page or address"),
    "scopes": N_("narrowed to"),
    "settings": N_("settings"),
    "stands_for_at_most": N_("at most so often within a minute"),
    "status": N_("answer"),
    "unchanged": N_("unchanged"),
    "version": N_("version"),
    "watch": N_("watched"),
}
#: In what way the log is not as it was written.
REASONS: Final[Mapping[str, str]] = {
    "edited": N_("row {n} was changed"),
    "reordered": N_("row {n} stands in another place than it was written in"),
    "missing": N_("row {n} is missing, and perhaps others after it"),
    "inserted": N_("row {n} was put in later"),
    "truncated": N_("the end of the log was cut off, from row {n} on"),
    "rechained": N_("row {n}, or one before it, was written anew"),
}


def action_said(action: str) -> str:
    """Return what somebody did, in words; what we have no words for is returned as the log has it."""
    return str(say(ACTIONS[action])) if action in ACTIONS else action


def actor_said(actor: str) -> str:
    """Return who did it: a person by their number here, never by name."""
    if actor == LOCAL.id:
        return str(say(N_("the person at this computer")))
    if actor == ANONYMOUS.id:
        return str(say(N_("the public")))
    if actor == SERVICE.id:
        return str(say(N_("the service")))
    kind, _, id = actor.partition(":")
    words = {"key": N_("key {id}"), "user": N_("person {id}")}
    return str(say(words[kind], id=id)) if kind in words else actor


def subject_said(subject: str) -> str:
    """Return what it was done with: its kind in words, and its id."""
    kind, _, id = subject.partition(":")
    return f"{say(SUBJECTS[kind])} {id}" if kind in SUBJECTS else subject


def fact_said(name: str) -> str:
    """Return what a fact beside it is called."""
    return str(say(FACTS[name])) if name in FACTS else name.replace("_", " ")


def row_said(row: Record) -> dict[str, Any]:
    """Return a row for the table: when, who, what, of what; with what else is known in pairs."""
    body = row.body
    hidden = ("change_set",)
    return {
        "at": row.recorded_at,
        "actor": body["actor"],
        "who": actor_said(body["actor"]),
        "action": body["action"],
        "what": action_said(body["action"]),
        "subject": subject_said(body["subject"]),
        "facts": [
            (fact_said(name), _value(value))
            for name, value in body["facts"].items()
            if name not in hidden and value not in (None, [], {}, "")
        ],
    }


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{fact_said(name)}: {_value(one)}" for name, one in value.items() if one not in ([], None))
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
