"""Apple's supplier lists of 2018 and 2020 as a dataset: who supplied in which year, and from which sites."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script: the folder is not on the path

from examples.recipe import Ids, RecipeError, country_codes, read_rows, run, write_table

YEARS: Final = ("2018", "2020")  # there is no list of 2019
COLUMNS: Final = ("year", "supplier_name", "country_area", "country", "supplier_address")
BUYER: Final = "apple"
UNKNOWN: Final = "NA"  # in an address; not Namibia, whose code it is
STREET_YEAR: Final = "2018"  # addresses down to the street; those of 2020 are a province or state
EXAMPLE: Final = "python examples/electronics/convert.py ../shared/data/suppliers build/electronics"


@dataclass(frozen=True, order=True)
class Site:
    """A site as one list has it; two rows that say the same are one."""

    year: str
    supplier: str
    country: str
    address: str

    @property
    def claim(self) -> dict[str, str]:
        """The claim columns: the buyer's own list, true for its year."""
        return {
            "source_id": source_id(self.year),
            "grade": "declared",
            "valid_from": f"{self.year}-01-01",
            "valid_to": f"{int(self.year) + 1}-01-01",
            "visibility": "public",
        }


def source_id(year: str) -> str:
    return f"apple-supplier-list-{year}"


def read_sites(folder: Path) -> list[Site]:
    """Return the sites of all lists, each once, in the order of the files."""
    sites: dict[Site, None] = {}
    for year in YEARS:
        file = f"apple-supplier-list-{year}.csv"
        for number, row in enumerate(read_rows(folder / file, COLUMNS), 1):
            if row["year"] != year or not row["supplier_name"]:
                raise RecipeError(f"{file}, row {number}: expected the year {year} and a supplier's name")
            address = "" if row["supplier_address"] == UNKNOWN else row["supplier_address"]
            sites[Site(year, row["supplier_name"], row["country"], address)] = None
    return list(sites)


def convert(source: Path, dataset: Path) -> str:
    """Write the dataset; return what was done, in words."""
    sites = read_sites(source)
    codes = country_codes({site.country for site in sites})
    ids = Ids("elec")
    listed = {(site.year, site.supplier): site for site in sites}
    suppliers = {site.supplier: ids.of(site.supplier) for site in sites}
    write_table(dataset, "sources", source_rows())
    write_table(dataset, "suppliers", [*buyer_rows(), *supplier_rows(listed, suppliers)])
    write_table(dataset, "supplies", supply_rows(listed, suppliers))
    write_table(dataset, "factories", site_rows(sites, suppliers, codes))
    names = {year: sum(listed_year == year for listed_year, _ in listed) for year in YEARS}
    counts = ", ".join(f"{names[year]} names of {year}" for year in YEARS)
    return f"{counts}, {len(sites)} sites; {len(ids.apart)} names differ only in case or punctuation and stay apart"


def source_rows() -> Iterator[dict[str, str]]:
    for year in YEARS:
        yield {
            "source_id": source_id(year),
            "title": f"Apple supplier list {year}, as compiled by CommonWealth Magazine, 27 September 2023",
            "publisher": "Apple Inc.",
            "kind": "disclosure",
        }


def buyer_rows() -> Iterator[dict[str, str]]:
    """Yield the buyer, who exists in years without a list too."""
    for year in YEARS:
        yield {
            "supplier_id": BUYER,
            "name": "Apple Inc.",
            "source_id": source_id(year),
            "grade": "declared",
            "visibility": "public",
        }


def supplier_rows(listed: dict[tuple[str, str], Site], ids: dict[str, str]) -> Iterator[dict[str, str]]:
    for (_, name), site in listed.items():
        yield {"supplier_id": ids[name], "name": name} | site.claim


def supply_rows(listed: dict[tuple[str, str], Site], ids: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield who supplies the buyer; the lists do not say with what."""
    for (_, name), site in listed.items():
        yield {"seller_id": ids[name], "buyer_id": BUYER} | site.claim


def site_rows(sites: list[Site], suppliers: dict[str, str], codes: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield the sites; one of 2020 is never taken for one of 2018, a province being no street."""
    ids = Ids("elec")
    for site in sites:
        key = (site.year, site.supplier, codes[site.country], site.address)
        place = site.address if site.year != STREET_YEAR and site.address else ""
        yield {
            "factory_id": ids.of(*key, shown=(*key[:3], site.address or "not-listed")),
            "country": codes[site.country],
            "name": f"Site of {site.supplier}{', ' if place else ''}{place}",
            "identified": "true" if site.year == STREET_YEAR and site.address else "false",
            "address": site.address,
            "operated_by": suppliers[site.supplier],
        } | site.claim


def main(argv: list[str] | None = None) -> int:
    return run(convert, str(__doc__), EXAMPLE, argv)


if __name__ == "__main__":
    sys.exit(main())
