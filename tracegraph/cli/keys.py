"""Commands about API keys: for the administrator of an installation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import click
from rich.table import Table
from rich.text import Text

from tracegraph.access import LOCAL, Permission, Role
from tracegraph.cli.help import Spoken, SpokenGroup
from tracegraph.cli.options import WHOLE, common_options, lang_option, pass_session
from tracegraph.cli.session import Session
from tracegraph.messages import N_
from tracegraph.services.audit import audit_row
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import (
    DEFAULT_DAYS,
    ApiKey,
    find_key,
    key_of,
    key_records,
    new_key,
    revoked,
)
from tracegraph.store.rows import Beside, Record

#: How tokens begin; the id of the key is in it, and nothing secret.
_BEGINNING: Final = re.compile(r"tg_([0-9a-f]{16})(?:_|$)")


@click.group("key", cls=SpokenGroup, help=N_("API keys: make, list, revoke."))
@lang_option
def key() -> None:
    """Hold the commands about keys."""


@key.command(
    "create",
    cls=Spoken,
    help=N_("Make a key. Its token is printed once and can never be shown again."),
    example="tracegraph key create nightly-sync --role reader --region SE-AB --days 90",
)
@click.argument("label", metavar="LABEL")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help=N_("What it is to the service; may be repeated."),
)
@click.option("--region", metavar="REGION", help=N_("The region whose member it is, such as SE-AB."))
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([permission.value for permission in Permission]),
    help=N_("Narrow it to this permission; may be repeated."),
)
@click.option(
    "--grant", "grants", multiple=True, metavar="region:REGION", help=N_("Let it see this region's claims too.")
)
@click.option(
    "--days", metavar="N", type=WHOLE, default=DEFAULT_DAYS, help=N_("For how many days it lasts (default 365).")
)
@common_options
@pass_session
def create(
    session: Session, /, *, label: str, roles: Sequence[str], region: str | None, days: int, **narrowing: Any
) -> None:
    """Make a key."""
    scopes = frozenset(Permission(scope) for scope in narrowing["scopes"]) or None
    rights = Rights(frozenset(Role(role) for role in roles), region, scopes, frozenset(narrowing["grants"]))
    made = new_key(LOCAL, label, rights, session.now, days)
    with session.store(create=True) as store:
        row = audit_row(LOCAL, "key.create", f"key:{made.write.id}", facts={"roles": sorted(roles), "region": region})
        record = store.commit(Beside([made.write], [row]), session.now)[0]
    session.answer(
        lambda: {**_body(key_of(record)), "token": made.token},
        lambda: Text(
            session.text(
                N_(
                    "{token}\nKeep it now: it is not shown again. It lasts until {day}; "
                    "tracegraph key revoke {id} ends it before."
                ),
                token=made.token,
                day=key_of(record).expires_at[:10],
                id=record.id,
            )
        ),
    )


@key.command("list", cls=Spoken, help=N_("All keys, revoked ones too."), example="tracegraph key list")
@common_options
@pass_session
def list_(session: Session, /) -> None:
    """List all keys."""
    with session.store() as store:
        found = [key_of(record) for record in key_records(store, LOCAL)]
    session.answer(lambda: {"keys": [_body(one) for one in found]}, lambda: _shown(found, session))


@key.command(
    "revoke",
    cls=Spoken,
    help=N_(
        "Let a key serve no longer; effective within a few seconds. KEY is its id, or "
        "how its token begins: tg_ and the id."
    ),
    example="tracegraph key revoke 0123456789abcdef",
)
@click.argument("key", metavar="KEY")
@common_options
@pass_session
def revoke(session: Session, /, *, key: str) -> None:
    """Revoke a key, which is named by its id or by its token as far as it may be seen."""
    found = _BEGINNING.match(key)
    key_id = found[1] if found else key
    with session.store() as store:
        record = find_key(store, key_id, LOCAL)
        row = audit_row(LOCAL, "key.revoke", f"key:{key_id}")
        ended: Record = store.commit(Beside([revoked(record, session.now)], [row]), session.now)[0]
    session.answer(
        lambda: _body(key_of(ended)), lambda: Text(session.text(N_("The key {id} serves no longer."), id=key_id))
    )


def _body(one: ApiKey) -> dict[str, Any]:
    rights = one.rights
    return {
        "key_id": one.id,
        "label": one.label,
        "roles": sorted(rights.roles),
        "region": rights.region,
        "scopes": None if rights.scopes is None else sorted(rights.scopes),
        "grants": sorted(rights.grants),
        "created_at": one.created_at,
        "created_by": one.created_by,
        "expires_at": one.expires_at,
        "revoked_at": one.revoked_at,
        "last_used_at": one.last_used_at,
    }


def _shown(found: Sequence[ApiKey], session: Session) -> Table | Text:
    if not found:
        return Text(session.text(N_("There are no keys yet: tracegraph key create LABEL --role reader")))
    table = Table(box=None, pad_edge=False)
    for head in (N_("key"), N_("label"), N_("roles"), N_("region"), N_("expires"), N_("last used")):
        table.add_column(session.text(head))
    for one in found:
        ends = session.text(N_("revoked")) if one.revoked_at else one.expires_at[:10]
        used = (one.last_used_at or "-")[:10]
        table.add_row(one.id, one.label, ", ".join(sorted(one.rights.roles)), one.rights.region or "-", ends, used)
    return table
