"""Keys for programs: made, shown once, given a new secret, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission, Role
from tracegraph.errors import InvalidInput, NotNow
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.services.key_makers import behind
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import (
    DEFAULT_DAYS,
    MAX_DAYS,
    Made,
    find_key,
    key_of,
    key_records,
    new_key,
    revoked,
    rotated,
    serves,
)
from tracegraph.services.logins import logged_in_last
from tracegraph.store.rows import Record
from tracegraph_api.changes import change
from tracegraph_api.context import now, principal, store
from tracegraph_api.inputs import Given, PageQuery
from tracegraph_api.pages.audit_words import actor_said
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.forms import Form, done, sent
from tracegraph_api.pages.frame import ROLES, render
from tracegraph_api.pages.links import link
from tracegraph_api.pages.paging import paged
from tracegraph_api.pages.shown_once import above, show_once
from tracegraph_api.pages.words import message, say

pages = Pages("keys")

#: Who has not logged in for so long may have left: their identity provider tells us nothing of that.
LONG: Final = timedelta(days=90)
_PERSON: Final = "user:"


class _KeyForm(Schema):
    """A new key."""

    label = fields.String(required=True, validate=validate.Length(min=1, max=40))
    role = fields.String(required=True, validate=validate.OneOf(list(Role)))
    region = fields.String(load_default=None, validate=validate.Length(max=8))
    days = fields.Integer(load_default=DEFAULT_DAYS, validate=validate.Range(min=1, max=MAX_DAYS))


@pages.shows("/administration/keys", Permission.KEYS, (PageQuery,))
def all(given: Given) -> Response:
    """List keys, and offer to make one."""
    return _listed(given, Form())


def _listed(given: Given, form: Form, status: int = 200) -> Response:
    found = key_records(store(), principal())
    listed, about = paged(found, given)
    roles = [role for role in Role if role is not Role.SYSTEM or Role.SYSTEM in principal().roles]
    return render(
        "pages/keys.html",
        say(N_("Keys for programs")),
        status=status,
        crumbs=above(),
        form=form,
        rows=[_row(record) for record in listed],
        roles=[(role.value, say(ROLES[role])) for role in roles],
        region=principal().region,
        days=DEFAULT_DAYS,
        most_days=MAX_DAYS,
        **about,
    )


def _row(record: Record) -> dict[str, Any]:
    key = key_of(record)
    is_good = serves(store(), record, now())
    state = (
        N_("can be used") if is_good else N_("revoked, serves no longer") if key.revoked_at else N_("serves no longer")
    )
    return {
        "id": key.id,
        "label": key.label,
        "version": key.version,
        "roles": ", ".join(say(ROLES[role]) for role in sorted(key.rights.roles)),
        "region": key.rights.region or say(N_("no region")),
        "state": say(state),
        "serves": is_good,
        "until": key.expires_at,
        "used": key.last_used_at,
        "holders": list(_holders(record)),
    }


def _holders(record: Record) -> Iterator[dict[str, Any]]:
    """Yield who made a key, or gave it another secret; of persons also when they logged in last, if long ago or not."""
    body = record.body
    for who in dict.fromkeys((str(body["created_by"]), *body.get("rotated_by", ()))):
        is_own = who == principal().id
        if is_own or not who.startswith(_PERSON):
            yield {"text": say(N_("you")) if is_own else actor_said(who), "seen": "", "is_gone": False}
            continue
        seen = logged_in_last(store(), who)
        yield {
            "text": actor_said(who),
            "seen": say(N_("logged in last on {day}"), day=seen[:10]) if seen else say(N_("has not logged in since")),
            "is_gone": (seen or str(body["created_at"])) < later(now(), -LONG),
        }


@pages.takes("/administration/keys", Permission.KEYS)
def make() -> Response | AnyResponse:
    """Make a key, and show its token this once."""
    form = sent(_KeyForm)
    made = _made(form) if form.is_right else None
    if made is None:
        return _listed({"page": 1, "limit": 20}, form, status=422)
    return _with_token(made, "key.create")


def _made(form: Form) -> Made | None:
    given = form.given
    rights = Rights(frozenset({Role(given["role"])}), given["region"] or principal().region)
    try:
        under = behind(store(), principal().id, now())
        return new_key(principal(), given["label"], rights, now(), given["days"], under=under)
    except InvalidInput as error:
        form.refuse(error, error.place.strip("/").replace("roles", "role"))
    except NotNow as error:
        form.errors.append({"field": "", "text": message(error.message)})
    return None


def _with_token(made: Made, action: str) -> Response:
    """Commit a key, and show its token; the form that is sent again leads to the list, without it."""
    write = made.write
    said = write.body or {}
    facts = {name: said[name] for name in ("roles", "region", "scopes", "grants", "expires_at")}
    reply = done(link("keys.all"))
    store().commit(change().beside(action, f"key:{write.id}", reply, records=[write], facts=facts), now())
    return show_once(
        say(N_("Key for {label}"), label=said["label"]),
        made.token,
        say(N_("This is the key. Copy it now to where the program reads it: it is never shown again.")),
        (say(N_("Keys for programs")), link("keys.all")),
    )


@pages.takes("/administration/keys/<id>/rotate", Permission.KEYS)
def rotate(id: str) -> Response | AnyResponse:
    """Give a key a new secret."""
    under = behind(store(), principal().id, now())
    made = rotated(find_key(store(), id, principal()), principal(), now(), under=under)
    return _with_token(Made(change().of_version_seen(made.write), made.token), "key.rotate")


@pages.takes("/administration/keys/<id>/revoke", Permission.KEYS)
def revoke(id: str) -> Response | AnyResponse:
    """Let a key serve no longer."""
    write = change().of_version_seen(revoked(find_key(store(), id, principal()), now()))
    store().commit(change().beside("key.revoke", f"key:{id}", done(link("keys.all")), records=[write]), now())
    return change().answered()
