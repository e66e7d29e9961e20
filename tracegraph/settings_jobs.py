"""Settings of work in the background, from the environment, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from environs import Env, EnvError

from tracegraph.errors import SettingsInvalid
from tracegraph.messages import N_

INTERACTIVE: Final = "TRACEGRAPH_INTERACTIVE_SECONDS"
LEASE: Final = "TRACEGRAPH_LEASE_SECONDS"

#: Every variable of these, with what it is for.
VARIABLES: Final[Mapping[str, str]] = {
    INTERACTIVE: N_("seconds after which a question becomes a job"),
    LEASE: N_("seconds after which another worker takes up a job whose worker is silent"),
}


@dataclass(frozen=True, slots=True)
class JobSettings:
    """How work in the background is done.

    Attributes
    ----------
    interactive_seconds : float
        So long a question may take before it becomes a job; what is around it has a second more.
    lease_seconds : float
        So long a job is held at a time.
    """

    interactive_seconds: float = 60.0
    lease_seconds: float = 60.0


#: What holds where the environment says nothing else; `JobSettings()` is for tests, which wait for their answers.
SHIPPED: Final = JobSettings(interactive_seconds=4.0)


def load_job_settings() -> JobSettings:
    """Return the settings of work in the background.

    Raises
    ------
    SettingsInvalid
        A variable has a value that it cannot have.
    """
    env, shipped = Env(), SHIPPED
    return JobSettings(
        interactive_seconds=_number(env, INTERACTIVE, shipped.interactive_seconds, (0, 3_600)),
        lease_seconds=_number(env, LEASE, shipped.lease_seconds, (2, 86_400)),
    )


def _number(env: Env, variable: str, default: float, allowed: tuple[float, float]) -> float:
    least, most = allowed
    try:
        value = env.float(variable, default)
    except EnvError:
        value = float("nan")
    if not least <= value <= most:
        raise SettingsInvalid(
            N_("{variable} is {value!r}: write a number from {least:g} to {most:g}"),
            variable=variable,
            value=env.str(variable, ""),
            least=least,
            most=most,
        )
    return value
