"""What a table of a dataset is, as data: the one declaration behind reading, checking and documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

_PLAIN = str.maketrans("åäö", "aao")


class Target(StrEnum):
    """What an id in a cell must name."""

    SOURCE = "source"
    PRODUCT = "product"
    SUPPLIER = "supplier"
    HOLDER = "holder"  # a supplier or a factory
    CONTRACT = "contract"
    CATEGORY = "category"


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    ID = "id"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"
    CONFIDENCE = "confidence"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    COUNTRY = "country"
    REGION = "region"
    VISIBILITY = "visibility"
    CHOICE = "choice"
    URL = "url"
    LANGUAGE = "language"
    ORG_NO = "org_no"
    LEI = "lei"
    OS_ID = "os_id"
    IDENTIFIER = "identifier"
    CPV = "cpv"
    HS = "hs"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        English header, and the name of the attribute that it becomes.
    kind : Kind
        What a cell (or each part of a list) holds.
    sv : str
        Swedish header; the form without å, ä and ö is accepted too.
    about : str
        What it means, in English; the key of the translation.
    example : str
        A cell.
    required : bool
        Whether every row must state it.
    default : str
        What an empty cell means, as text; empty: not stated.
    choices : tuple of str
        The closed list of a `Kind.CHOICE`.
    many : bool
        Whether a cell holds a list, separated by ``|``.
    refers : Target or None
        What an id here must name, in the dataset or in the store.
    """

    name: str
    kind: Kind
    sv: str
    about: str
    example: str = ""
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    many: bool = False
    refers: Target | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """Every spelling under which the column is recognised."""
        return tuple(dict.fromkeys((self.name, self.sv, self.sv.translate(_PLAIN))))


@dataclass(frozen=True)
class Table:
    """One file of a dataset.

    Attributes
    ----------
    name : str
        Stem of the file, and the table in claim keys.
    about : str
        What a row says, in English; the key of the translation.
    columns : tuple of Column
        In the order of the documentation.
    """

    name: str
    about: str
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by English name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_header(self) -> Mapping[str, Column]:
        """Columns by every spelling of their header."""
        return {header: column for column in self.columns for header in column.headers}

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"
