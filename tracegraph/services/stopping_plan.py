"""A user's file of sites and products for `tracegraph stops recovery`: every mistake with its line, key and remedy."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tracegraph.answer_outage import Demand, Plan, Site
from tracegraph.errors import DatasetRejected, InvalidInput
from tracegraph.intake.refusal import Problems, Refusal, nearest
from tracegraph.intake.toml_values import Reader, read_id, read_text
from tracegraph.messages import N_

_AT_LINE: Final = re.compile(r"at line (\d+)")
MAX_VARIABLES: Final = 250_000  # pairs of a site and a product that it makes


def _number(value: Any) -> float:
    """Return a number of at least 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise Refusal(
            "number",
            N_("{value} is not a number of at least 0"),
            N_("write a plain number such as 30 or 0.5, without quotation marks or unit"),
            value=str(value)[:40],
        )
    return float(value)


def _makes(value: Any) -> dict[str, float]:
    """Return rates by product, from a list of products or a table of rates."""
    if isinstance(value, list):
        return {read_id(product): 1.0 for product in value}
    if isinstance(value, dict):
        rates = {read_id(product): _number(rate) for product, rate in value.items()}
        if all(rates.values()):
            return rates
    raise Refusal(
        "makes",
        N_("makes is neither a list of products nor a table of rates above 0"),
        N_('write makes = ["gloves"], or makes = {{ gloves = 1.0, masks = 0.5 }}: units for one unit of capacity'),
    )


_TOP: Final[Mapping[str, Reader]] = {"time_unit": read_text, "currency": read_text, "site": list, "product": list}
_SITE: Final[Mapping[str, Reader]] = {
    "site_id": read_id,
    "capacity": _number,
    "time_to_recover": _number,
    "makes": _makes,
}
_PRODUCT: Final[Mapping[str, Reader]] = {
    "product_id": read_id,
    "demand": _number,
    "inventory": _number,
    "margin": _number,
}


def read_plan(path: Path) -> Plan:
    """Return the plan of a TOML file.

    Raises
    ------
    InvalidInput
        The file cannot be read.
    DatasetRejected
        It does not say what it should; all that is wrong is listed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(N_("{path} is not TOML: {reason}"), path=str(path), reason=str(error)) from error
    except OSError as error:
        raise InvalidInput(
            N_("the file {path} cannot be read: {reason}"), path=str(path), reason=error.strerror or str(error)
        ) from error
    reading = _Reading(path.name, text)
    return reading.checked(reading.parsed())


def stated_plan(content: Mapping[str, Any], shown: str) -> Plan:
    """Return the plan that tables state as a TOML file would give them.

    Parameters
    ----------
    content : mapping
        Keys and tables.
    shown : str
        What stands for a file where something is wrong.

    Raises
    ------
    DatasetRejected
        They do not say what they should; all that is wrong is listed.
    """
    return _Reading(shown, "").checked(content)


class _Reading:
    """Reads one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.problems = Problems()
        self.stated: dict[str, dict[str, int]] = {"product": {}, "site": {}}  # where each id is stated first

    def parsed(self) -> Mapping[str, Any] | None:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            at = _AT_LINE.search(str(error))
            refusal = Refusal("toml", N_("this is not TOML: {why}"), N_("mend the line"), why=str(error))
            self.problems.add(refusal, self.file, int(at.group(1)) if at else None)
            return None

    def checked(self, content: Mapping[str, Any] | None) -> Plan:
        plan = None if content is None else self._plan(content)
        if plan is None or self.problems.found:
            found = self.problems.sorted()
            raise DatasetRejected(N_("{file} cannot be used; problems: {n}"), found, file=self.file, n=len(found))
        return plan

    def _plan(self, content: Mapping[str, Any]) -> Plan:
        top = self._values(content, _TOP, (), "", 0)
        products = [
            Demand(**values)
            for _, values in self._tables(content, "product", _PRODUCT, ("product_id", "demand", "inventory", "margin"))
        ]
        every = dict.fromkeys(self.stated["product"], 1.0)
        sites = []
        for number, values in self._tables(content, "site", _SITE, ("site_id", "capacity", "time_to_recover")):
            site = Site(**{"makes": every, **values})
            for unknown in sorted(site.makes.keys() - every.keys()):
                self._refuse(_unknown_product(unknown, every), "site", number, "makes")
            sites.append(site)
        if sum(len(site.makes) for site in sites) > MAX_VARIABLES:
            self._refuse(_too_large(), "site", 0, None)
        return Plan(top.get("time_unit", "weeks"), top.get("currency", ""), tuple(sites), tuple(products))

    def _tables(
        self, content: Mapping[str, Any], name: str, keys: Mapping[str, Reader], required: tuple[str, ...]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the values of the tables of one kind that hold all they must, each with its number."""
        tables = content.get(name)
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            self._refuse(_no_tables(name), name, 0, None)
            return
        seen = self.stated[name]
        for number, table in enumerate(tables, start=1):
            values = self._values(table, keys, required, name, number)
            id = values.get(required[0])
            if id in seen:
                self._refuse(_twice(id), name, number, required[0], id)
            elif all(key in values for key in required):
                yield number, values
            if id is not None:
                seen.setdefault(str(id), number)

    def _values(
        self, table: Mapping[str, Any], keys: Mapping[str, Reader], required: tuple[str, ...], name: str, number: int
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in table.items():
            try:
                if key not in keys:
                    raise _unknown_key(key, keys)
                values[key] = keys[key](value)
            except Refusal as refusal:
                self._refuse(refusal, name, number, key, value)
            except TypeError:
                continue  # a table that is no list of tables is refused where it is read
        for key in required:
            if key not in table:
                remedy = N_("every such entry states it; write 0 where it is none")
                self._refuse(Refusal("missing-key", N_("{key} is missing"), remedy, key=key), name, number, key)
        return values

    def _refuse(self, refusal: Refusal, name: str, number: int, key: str | None, value: object = None) -> None:
        shown = None if value is None else str(value)
        column = f"{name}[{number}].{key}" if number and key else key
        self.problems.add(refusal, self.file, self._line(name, number, key), column, shown)

    def _line(self, name: str, number: int, key: str | None) -> int | None:
        """Return the line that sets a key of the numbered table, or else the line of its heading."""
        heading = re.compile(rf"[ \t]*\[\[[ \t]*{re.escape(name)}[ \t]*\]\]") if number else None
        setting = re.compile(rf"[ \t]*\"?{re.escape(key)}\"?[ \t]*=") if key else None
        begun: int | None = None
        count = 0
        for line, content in enumerate(self.text.split("\n"), start=1):
            if content.lstrip().startswith("["):
                count += bool(heading and heading.match(content))
                if begun is not None or heading is None:
                    break
                begun = line if count == number else None
            elif setting and setting.match(content) and (begun is not None or heading is None):
                return line
        return begun


def _no_tables(name: str) -> Refusal:
    return Refusal(
        "no-tables",
        N_("the file has no table [[{name}]]"),
        N_("write one for each: [[{name}]], and its keys on the lines after it"),
        name=name,
    )


def _twice(id: object) -> Refusal:
    return Refusal("twice", N_("{id} is stated twice"), N_("keep one of the two"), id=id)


def _too_large() -> Refusal:
    return Refusal(
        "too-large",
        N_("the sites make more than {limit} products together"),
        N_("state with makes what each site makes, or split the file"),
        limit=MAX_VARIABLES,
    )


def _unknown_product(id: str, known: Mapping[str, object]) -> Refusal:
    near = nearest(id, known)
    remedy = N_("did you mean {near}?") if near else N_("add a table [[product]] for it")
    return Refusal("unknown-product", N_("{id} is no product of this file"), remedy, id=id, near=near)


def _unknown_key(key: str, known: Mapping[str, object]) -> Refusal:
    near = nearest(key, known)
    remedy = N_("did you mean {near}?") if near else N_("remove it; the keys are {known}")
    return Refusal("unknown-key", N_("{key} is not a key here"), remedy, key=key, near=near, known=", ".join(known))
