"""Moments as they are stored: UTC texts in whole seconds, which sort."""

from __future__ import annotations

from datetime import datetime, timedelta


def later(moment: str, by: float | timedelta) -> str:
    """Return the moment so much after another, in whole seconds.

    Parameters
    ----------
    moment : str
        ``YYYY-MM-DDTHH:MM:SSZ``.
    by : float or timedelta
        Seconds, or a time; below 0: before.
    """
    step = by if isinstance(by, timedelta) else timedelta(seconds=by)
    return f"{(datetime.fromisoformat(moment) + step).isoformat()[:19]}Z"
