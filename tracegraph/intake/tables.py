"""The tables of a dataset (docs/formats.md, section 1); everything that knows a column reads it here."""

from __future__ import annotations

from typing import Final

from tracegraph.intake.common_columns import REASON, SOURCING, own_id, product, reference, table_end, text
from tracegraph.intake.holder_tables import FACTORIES, SUPPLIERS
from tracegraph.intake.spec import Column, Kind, Table, Target
from tracegraph.messages import N_
from tracegraph.vocabulary import UNSPECIFIED, ClauseLevel, Service, SourceKind

_CPV = N_("CPV codes, 8 digits, with or without the check digit.")
_SUPPLIER = N_("Supplier: an id of suppliers.csv, or one that the store has.")
_HOLDER = N_("An id of suppliers.csv or factories.csv, or one that the store has.")

SOURCES: Final = Table(
    "sources",
    N_("A document behind claims. A reader sees it when a claim that the reader sees names it."),
    (
        own_id("source_id", "källa_id", N_("Id of the source."), "src-1"),
        text("title", "titel", N_("Title of the document."), "Supplier list 2019", required=True),
        text("publisher", "utgivare", N_("Who published it."), "Demo Daily"),
        Column(
            name="published", kind=Kind.DATE, sv="publicerad", about=N_("Day of publication."), example="2019-02-15"
        ),
        Column(
            name="url", kind=Kind.URL, sv="länk", about=N_("Where it can be read."), example="https://example.org/1"
        ),
        Column(
            name="kind",
            kind=Kind.CHOICE,
            sv="slag",
            about=N_("Kind of document."),
            example="press",
            choices=tuple(SourceKind),
        ),
        Column(name="retrieved", kind=Kind.DATE, sv="hämtad", about=N_("Day of retrieval."), example="2019-02-16"),
        Column(name="language", kind=Kind.LANGUAGE, sv="språk", about=N_("Language, as a BCP 47 tag."), example="sv"),
        REASON,
    ),
)

PRODUCTS: Final = Table(
    "products",
    N_("A product or material of the catalogue, the same for every reader."),
    (
        own_id("product_id", "vara_id", N_("Id of the product."), "gloves-nitrile"),
        text("name_en", "namn_en", N_("Name in English."), "Nitrile gloves", required=True),
        text("name_sv", "namn_sv", N_("Name in Swedish."), "Nitrilhandskar"),
        Column(name="cpv", kind=Kind.CPV, sv="cpv_kod", about=_CPV, example="18424300", many=True),
        Column(
            name="hs", kind=Kind.HS, sv="hs_kod", about=N_("HS codes, 2 to 10 digits."), example="4015.19", many=True
        ),
        Column(
            name="broader",
            kind=Kind.ID,
            sv="överordnad",
            about=N_("Products of which this one is a kind."),
            example="gloves",
            many=True,
            refers=Target.PRODUCT,
        ),
        Column(
            name="made_from",
            kind=Kind.ID,
            sv="görs_av",
            about=N_("Products of which it is made."),
            example="latex-nbr",
            many=True,
            refers=Target.PRODUCT,
        ),
        Column(
            name="made_from_complete",
            kind=Kind.FLAG,
            sv="görs_av_fullständig",
            about=N_("Whether `made_from` lists all of it; a raw material is complete with none."),
            example="true",
            default="false",
        ),
        Column(
            name="end_use",
            kind=Kind.FLAG,
            sv="slutprodukt",
            about=N_("Whether it does not become part of other goods, save by the recipes that list it."),
            example="true",
            default="false",
        ),
        REASON,
    ),
)

_LED_BY = Column(
    name="led_by",
    kind=Kind.CHOICE,
    sv="leds_av",
    about=N_("Procurement region, A to H, that leads it."),
    example="C",
    choices=tuple("ABCDEFGH"),
)

REGIONS: Final = Table(
    "regions",
    N_("One of the 21 regions, the same for every reader."),
    (
        Column(
            name="region_id",
            kind=Kind.REGION,
            sv="region_id",
            about=N_("ISO 3166-2 code."),
            example="SE-AB",
            required=True,
        ),
        text("name", "namn", N_("Name."), "Region Stockholm"),
        Column(
            name="procurement_region",
            kind=Kind.CHOICE,
            sv="inköpsregion",
            about=N_("Procurement region, A to H, to which it belongs."),
            example="C",
            choices=tuple("ABCDEFGH"),
        ),
        REASON,
    ),
)

CATEGORIES: Final = Table(
    "categories",
    N_("A prioritised risk area, the same for every reader."),
    (
        own_id("category_id", "kategori_id", N_("Id of the category."), "gloves"),
        text("name_en", "namn_en", N_("Name in English."), "Gloves"),
        text("name_sv", "namn_sv", N_("Name in Swedish."), "Handskar"),
        _LED_BY,
        Column(name="valid_from", kind=Kind.DATE, sv="gäller_från", about=N_("First day."), example="2023-01-01"),
        Column(
            name="valid_to", kind=Kind.DATE, sv="gäller_till", about=N_("Day after the last."), example="2027-01-01"
        ),
        REASON,
    ),
)

CONTRACTS: Final = Table(
    "contracts",
    N_("What one source says of a contract; with supplier_id and product, also what is delivered under it."),
    (
        own_id("contract_id", "avtal_id", N_("Id of the contract."), "c1"),
        text("title", "titel", N_("Title."), "Examination gloves", required=True),
        Column(
            name="regions",
            kind=Kind.REGION,
            sv="regioner",
            about=N_("Regions that buy under it, by ISO 3166-2 code."),
            example="SE-AB|SE-E",
            required=True,
            many=True,
        ),
        reference(
            Target.CATEGORY, "category", "kategori", N_("Category: an id of categories.csv."), "gloves", required=False
        ),
        text("diary_no", "diarienr", N_("Diary number."), "HSN 2019-0001"),
        Column(name="value_sek", kind=Kind.MONEY, sv="värde_sek", about=N_("Value in SEK."), example="1000000"),
        Column(
            name="start", kind=Kind.DATE, sv="startdatum", about=N_("First day of the contract."), example="2019-06-01"
        ),
        Column(name="end", kind=Kind.DATE, sv="slutdatum", about=N_("Last day of the contract."), example="2021-05-31"),
        Column(
            name="clause_level",
            kind=Kind.CHOICE,
            sv="klausulnivå",
            about=N_("Level of the due-diligence clause."),
            example="advanced",
            choices=tuple(ClauseLevel),
        ),
        Column(name="cpv", kind=Kind.CPV, sv="cpv_kod", about=_CPV, example="33141420", many=True),
        *SOURCING,
        reference(Target.SUPPLIER, "supplier_id", "leverantör_id", _SUPPLIER, "s1", required=False),
        product(),
        *table_end(shares=True),
    ),
)

DELIVERIES: Final = Table(
    "deliveries",
    N_("A supplier delivers a product under a contract."),
    (
        reference(
            Target.CONTRACT,
            "contract_id",
            "avtal_id",
            N_("Contract: an id of contracts.csv, or one that the store has."),
            "c1",
        ),
        reference(Target.SUPPLIER, "supplier_id", "leverantör_id", _SUPPLIER, "s1"),
        product(required=True),
        *table_end(shares=True),
    ),
)

SUPPLIES: Final = Table(
    "supplies",
    N_("A seller supplies a buyer with a product; seller and buyer the same: a holder makes one product of another."),
    (
        reference(Target.HOLDER, "seller_id", "säljare_id", _HOLDER, "f1"),
        reference(Target.HOLDER, "buyer_id", "köpare_id", _HOLDER, "s1"),
        product(default=UNSPECIFIED),
        Column(
            name="into_product",
            kind=Kind.ID,
            sv="blir_vara",
            about=N_("Product of the buyer into which it goes, where that is another."),
            example="gloves",
        ),
        *table_end(shares=True),
    ),
)

ITEMS: Final = Table(
    "items",
    N_("A supplier or factory has a product, and what is known of where that comes from."),
    (
        reference(Target.HOLDER, "holder_id", "innehavare_id", _HOLDER, "s1"),
        product(required=True),
        *SOURCING,
        *table_end(),
    ),
)

SERVICES: Final = Table(
    "services",
    N_("A supplier or factory does something for another without goods passing."),
    (
        reference(Target.HOLDER, "provider_id", "utförare_id", _HOLDER, "r1"),
        reference(Target.HOLDER, "client_id", "mottagare_id", _HOLDER, "f1"),
        Column(
            name="service",
            kind=Kind.CHOICE,
            sv="tjänst",
            about=N_("What it does."),
            example="recruits",
            required=True,
            choices=tuple(Service),
        ),
        *table_end(),
    ),
)

#: Every table, in the order in which they are read and documented.
TABLES: Final = {
    table.name: table
    for table in (
        SOURCES,
        PRODUCTS,
        SUPPLIERS,
        FACTORIES,
        REGIONS,
        CATEGORIES,
        CONTRACTS,
        DELIVERIES,
        SUPPLIES,
        ITEMS,
        SERVICES,
    )
}
