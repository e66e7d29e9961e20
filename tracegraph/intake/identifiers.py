"""External identifiers and codes, held to their check digits."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from stdnum import ean
from stdnum import lei as stdnum_lei
from stdnum.exceptions import ValidationError
from stdnum.se import orgnr

from tracegraph.intake.refusal import Refusal
from tracegraph.messages import N_

_BASE32: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's digits: no I, L, O, U
_OS_ID: Final = re.compile(rf"([A-Z]{{2}})(\d{{4}})(\d{{3}})([{_BASE32}]{{5}})([{_BASE32}])")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_VALUE_LENGTH: Final = 200
_CENTURY_PREFIX: Final = "16"  # of an organisation number written with 12 digits
_DAYS: Final = 366


def org_no(text: str) -> str:
    """Return a Swedish organisation number as 10 digits; accepts a hyphen and the prefix 16."""
    digits = re.sub(r"[\s-]", "", text)
    if len(digits) == 12 and digits.startswith(_CENTURY_PREFIX):
        digits = digits[2:]
    if not re.fullmatch(r"\d{10}", digits, re.ASCII) or not orgnr.is_valid(digits):
        raise Refusal(
            "org-no",
            N_("{value} is not a Swedish organisation number: 10 digits of which the last is a check digit"),
            N_("compare it with the register; the number of another country goes to identifiers as scheme:value"),
            value=text,
        )
    return digits


def is_personal(number: str) -> bool:
    """Return whether an organisation number is one of a person: the third digit of all others is at least 2."""
    return number[2] in "01"


def lei(text: str) -> str:
    """Return a legal entity identifier in capitals."""
    code = text.upper().replace(" ", "")
    if not re.fullmatch(r"[A-Z0-9]{18}\d{2}", code, re.ASCII) or not _holds(stdnum_lei.validate, code):
        raise Refusal(
            "lei",
            N_("{value} is not an LEI: 18 letters or digits and 2 check digits"),
            N_("compare it with the GLEIF register"),
            value=text,
        )
    return code


def gln(text: str) -> str:
    """Return a global location number as 13 digits."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{13}", digits, re.ASCII) or not _holds(ean.validate, digits):
        raise Refusal(
            "gln",
            N_("{value} is not a GLN: 13 digits of which the last is a check digit"),
            N_("compare it with the party's own statement"),
            value=text,
        )
    return digits


def duns(text: str) -> str:
    """Return a D-U-N-S number as 9 digits; it has no check digit."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{9}", digits, re.ASCII):
        raise Refusal(
            "duns",
            N_("{value} is not a DUNS number: 9 digits"),
            N_("write leading zeros too"),
            value=text,
        )
    return digits


def os_id(text: str) -> str:
    """Return an OS ID: country, year, day of the year, five characters, check character.

    Notes
    -----
    The check character is the sum of the two letters' character codes and the base-32 values of all that follows,
    modulo 32; it holds for every id in the recorded replies of Open Supply Hub.
    """
    code = text.upper()
    parts = _OS_ID.fullmatch(code)
    if parts and 1 <= int(parts[3]) <= _DAYS and os_id_check(code[:-1]) == code[-1]:
        return code
    raise Refusal(
        "os-id",
        N_("{value} is not an OS ID: country, year, day, five characters and a check character"),
        N_("copy it from the page of the facility on Open Supply Hub"),
        value=text,
    )


def os_id_check(body: str) -> str:
    """Return the check character of an OS ID without it."""
    country, rest = body[:2], body[2:]
    return _BASE32[(sum(map(ord, country)) + sum(map(_BASE32.index, rest))) % len(_BASE32)]


#: Schemes whose values are checked; a value of any other is kept as it is.
SCHEMES: Final[dict[str, Callable[[str], str]]] = {
    "org_no": org_no,
    "lei": lei,
    "os_id": os_id,
    "duns": duns,
    "gln": gln,
}


def identifier(text: str) -> str:
    """Return ``scheme:value``, the value in its normal form where the scheme is known."""
    scheme, colon, value = (part.strip() for part in text.partition(":"))
    scheme = scheme.lower()
    if not colon or not value or len(value) > _VALUE_LENGTH or not _SCHEME.fullmatch(scheme):
        raise Refusal(
            "identifier",
            N_("{value} is not an identifier of the form scheme:value"),
            N_("write for example duns:123456789; several are separated by |"),
            value=text,
        )
    return f"{scheme}:{SCHEMES[scheme](value) if scheme in SCHEMES else value}"


def _holds(validate: Callable[[str], str], number: str) -> bool:
    try:
        validate(number)
    except ValidationError:
        return False
    return True
