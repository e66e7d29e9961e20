"""The tables of suppliers and factories."""

from __future__ import annotations

from typing import Final

from tracegraph.intake.common_columns import own_id, reference, table_end, text
from tracegraph.intake.spec import Column, Kind, Table, Target
from tracegraph.messages import N_

_ALIASES = text("aliases", "alias", N_("Other names."), "Demo AB|Demo Ltd", many=True)
_IDENTIFIERS = Column(
    name="identifiers",
    kind=Kind.IDENTIFIER,
    sv="identifierare",
    about=N_("Identifiers as `scheme:value`; check digits of org_no, lei, os_id, duns and gln are checked."),
    example="duns:123456789|gln:7300010000001",
    many=True,
)

SUPPLIERS: Final = Table(
    "suppliers",
    N_("What one source says of a legal entity in a chain: wholesaler, brand, manufacturer, recruiter."),
    (
        own_id("supplier_id", "leverantör_id", N_("Id of the supplier; no factory may have it."), "s1"),
        text("name", "namn", N_("Name."), "Demo Wholesale AB", required=True),
        _ALIASES,
        Column(
            name="country",
            kind=Kind.COUNTRY,
            sv="land",
            about=N_("Country of registration: a code, or a name in Swedish or English."),
            example="SE",
        ),
        Column(
            name="org_no",
            kind=Kind.ORG_NO,
            sv="orgnr",
            about=N_("Swedish organisation number, 10 digits."),
            example="556012-5790",
        ),
        Column(
            name="lei",
            kind=Kind.LEI,
            sv="lei_kod",
            about=N_("Legal entity identifier (ISO 17442)."),
            example="213800WAVVOPS85N2205",
        ),
        _IDENTIFIERS,
        reference(Target.SUPPLIER, "owned_by", "ägs_av", N_("Owner: an id of suppliers.csv."), "g1", required=False),
        Column(
            name="owned_share",
            kind=Kind.SHARE,
            sv="ägd_andel",
            about=N_("Part that the owner holds, 0 to 1."),
            example="0.51",
        ),
        Column(name="website", kind=Kind.URL, sv="webbplats", about=N_("Website."), example="https://example.org"),
        *table_end(),
    ),
)

FACTORIES: Final = Table(
    "factories",
    N_("What one source says of a production location: plant, mill, smelter, plantation."),
    (
        own_id("factory_id", "fabrik_id", N_("Id of the factory; no supplier may have it."), "f1"),
        Column(
            name="country",
            kind=Kind.COUNTRY,
            sv="land",
            about=N_("Country where it stands: a code, or a name in Swedish or English."),
            example="MY",
            required=True,
        ),
        text("name", "namn", N_("Name."), "Demo Plant Klang"),
        _ALIASES,
        Column(
            name="identified",
            kind=Kind.FLAG,
            sv="identifierad",
            about=N_("`false` for a plant known to exist, but not which one. Empty: true, unless another source says."),
            example="false",
        ),
        text("address", "adress", N_("Address."), "1 Demo Road"),
        text("city", "ort", N_("City."), "Klang"),
        Column(name="lat", kind=Kind.LATITUDE, sv="latitud", about=N_("Latitude in degrees, WGS 84."), example="3.04"),
        Column(
            name="lng", kind=Kind.LONGITUDE, sv="longitud", about=N_("Longitude in degrees, WGS 84."), example="101.45"
        ),
        text("site_type", "platstyp", N_("What kind of place it is."), "dipping plant"),
        Column(
            name="os_id",
            kind=Kind.OS_ID,
            sv="os_id",
            about=N_("OS ID of Open Supply Hub, 15 characters."),
            example="MY2019050ABCDEK",
        ),
        _IDENTIFIERS,
        reference(
            Target.SUPPLIER, "operated_by", "drivs_av", N_("Operator: an id of suppliers.csv."), "s2", required=False
        ),
        Column(
            name="products",
            kind=Kind.ID,
            sv="varor",
            about=N_("Products that it makes."),
            example="gloves|latex",
            many=True,
            refers=Target.PRODUCT,
        ),
        *table_end(),
    ),
)
