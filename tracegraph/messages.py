"""Messages that can be said in more than one language.

The library never prints: it makes a `Message` (an English text with named places and the values for them), and the edge
that meets the reader renders it in the reader's language. Every text that a person may read is marked with `N_`, or
passed to `Translator.text`, so that the message catalogues can be extracted and checked for gaps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a text for the message catalogues and return it unchanged."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """An English text with named places, and their values.

    Parameters
    ----------
    text : str
        The English text, also the key in the message catalogues; places are written ``{name}``.
    values : mapping
        Value for each place.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the message in English."""
        return self.text.format(**self.values) if self.values else self.text
