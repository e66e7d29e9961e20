"""Settings of the audit trail from the environment, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from environs import Env

from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_

READS: Final = "TRACEGRAPH_AUDIT_READS"
ANCHOR: Final = "TRACEGRAPH_AUDIT_ANCHOR"
ON: Final = "on"
OFF: Final = "off"

#: Every variable of the trail, with what it is for.
VARIABLES: Final[Mapping[str, str]] = {
    READS: N_(
        "whether reads by known callers are written to the audit trail, too: on, or off; not where access is local"
    ),
    ANCHOR: N_(
        "file, outside the store, to which the worker adds the end of the audit trail every 5 minutes or 100 rows; not "
        "set: none"
    ),
}


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What is written to the trail, and where its ends are kept.

    Attributes
    ----------
    audit_reads : str
        ``on`` or ``off``.
    audit_anchor : str
        File with ends of the trail; empty: none.
    """

    audit_reads: str = ON
    audit_anchor: str = ""


def load_audit_settings() -> AuditSettings:
    """Return the settings of the trail.

    Raises
    ------
    SettingsInvalid
        A variable has a value that it cannot have.
    """
    env, default = Env(), AuditSettings()
    reads = env.str(READS, "") or default.audit_reads
    if reads not in (ON, OFF):
        raise SettingsInvalid(
            N_("{variable} is {value!r}: use one of {allowed}"),
            variable=READS,
            value=reads,
            allowed=", ".join((ON, OFF)),
        )
    return AuditSettings(audit_reads=reads, audit_anchor=env.str(ANCHOR, "") or default.audit_anchor)
