"""The closed lists of words as a person reads them; the meaning of each is in ``docs/model.md``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracegraph.messages import N_
from tracegraph.vocabulary import (
    Assumption,
    Basis,
    Certainty,
    Grade,
    IncidentStatus,
    Indicator,
    Label,
    Rule,
    SelectorKind,
    Service,
    Sourcing,
    Status,
)

STATUS: Final[Mapping[Status, str]] = {
    Status.ESTABLISHED: N_("established"),
    Status.POSSIBLE: N_("possible"),
    Status.UNMAPPED: N_("unmapped"),
    Status.NO_LINK: N_("no link"),
}

#: The same with a number before it: of one contract, and of more.
STATUS_COUNTED: Final[Mapping[Status, tuple[str, str]]] = {
    Status.ESTABLISHED: (N_("1 established"), N_("{n} established")),
    Status.POSSIBLE: (N_("1 possible"), N_("{n} possible")),
    Status.UNMAPPED: (N_("1 unmapped"), N_("{n} unmapped")),
    Status.NO_LINK: (N_("1 without a link"), N_("{n} without a link")),
}

#: What a status means, in one line.
STATUS_READS: Final[Mapping[Status, str]] = {
    Status.ESTABLISHED: N_("every step is documented"),
    Status.POSSIBLE: N_("a concrete lead: check it"),
    Status.UNMAPPED: N_("cannot tell: ask the supplier"),
    Status.NO_LINK: N_("none found in what is recorded"),
}

STATUS_STYLE: Final[Mapping[Status, str]] = {
    Status.ESTABLISHED: "bold red",
    Status.POSSIBLE: "bold yellow",
    Status.UNMAPPED: "bold magenta",
    Status.NO_LINK: "bold",
}

BASIS: Final[Mapping[Basis, str]] = {
    Basis.GOODS_MATCH: N_("same goods, origin not stated"),
    Basis.NOT_EXCLUDED: N_("other goods, not excluded"),
    Basis.COMPLETE_CHAIN: N_("complete chain"),
    Basis.OTHER_PRODUCTS: N_("other goods"),
    Basis.FILTERED: N_("filtered by grade: not a No"),
}

#: The same with a number before it.
BASIS_COUNTED: Final[Mapping[Basis, str]] = {
    Basis.GOODS_MATCH: N_("{n} same goods, origin not stated"),
    Basis.NOT_EXCLUDED: N_("{n} other goods, not excluded"),
    Basis.COMPLETE_CHAIN: N_("{n} with complete chains"),
    Basis.OTHER_PRODUCTS: N_("{n} of other goods"),
    Basis.FILTERED: N_("{n} filtered by grade: not a No"),
}

GRADE: Final[Mapping[Grade, str]] = {
    Grade.VERIFIED: N_("verified"),
    Grade.DECLARED: N_("declared"),
    Grade.REPORTED: N_("reported"),
    Grade.INFERRED: N_("inferred"),
}

RULE: Final[Mapping[Rule, str]] = {
    Rule.UNSPECIFIED: N_("the goods are not stated"),
    Rule.TAXONOMY: N_("same goods, named more or less precisely"),
    Rule.RECIPE: N_("by what such goods are made of"),
    Rule.OPERATION: N_("it operates the plant"),
}

CERTAINTY: Final[Mapping[Certainty, str]] = {
    Certainty.CERTAIN: N_("certain"),
    Certainty.CANDIDATE: N_("candidate"),
}

ASSUMPTION: Final[Mapping[Assumption, str]] = {
    Assumption.DELIVERIES_LISTED: N_("assumes that the listed deliveries are all of them"),
    Assumption.MAKES_OWN: N_("assumes that a plant does not buy what it makes"),
}

SELECTOR: Final[Mapping[SelectorKind, str]] = {
    SelectorKind.FACTORY: N_("the plant {name}"),
    SelectorKind.SUPPLIER: N_("the company {name}"),
    SelectorKind.GROUP: N_("the group {name}"),
    SelectorKind.COUNTRY: N_("everything in {name}"),
}

SOURCING: Final[Mapping[Sourcing, str]] = {
    Sourcing.OPEN: N_("open: not all sources are stated"),
    Sourcing.COMPLETE: N_("complete: all sources are stated"),
    Sourcing.ORIGIN: N_("origin: nothing upstream"),
}

SERVICE: Final[Mapping[Service, str]] = {
    Service.RECRUITS: N_("recruits for"),
    Service.HOUSES: N_("houses workers of"),
    Service.TOOLS: N_("makes tools for"),
    Service.TREATS_WASTE: N_("treats waste of"),
    Service.PACKS: N_("packs for"),
    Service.TRANSPORTS: N_("transports for"),
    Service.AUDITS: N_("audits"),
}

INCIDENT_STATUS: Final[Mapping[IncidentStatus, str]] = {
    IncidentStatus.ALLEGED: N_("alleged"),
    IncidentStatus.CORROBORATED: N_("corroborated"),
    IncidentStatus.OFFICIALLY_INDICATED: N_("officially indicated"),
    IncidentStatus.OFFICIALLY_ESTABLISHED: N_("officially established"),
    IncidentStatus.DISPUTED: N_("disputed"),
    IncidentStatus.REFUTED: N_("refuted"),
    IncidentStatus.REMEDIATION_CLAIMED: N_("remediation claimed"),
    IncidentStatus.REMEDIATION_VERIFIED: N_("remediation verified"),
    IncidentStatus.WITHDRAWN: N_("withdrawn"),
}

INDICATOR: Final[Mapping[Indicator, str]] = {
    Indicator.ABUSE_OF_VULNERABILITY: N_("abuse of vulnerability"),
    Indicator.DECEPTION: N_("deception"),
    Indicator.RESTRICTION_OF_MOVEMENT: N_("restriction of movement"),
    Indicator.ISOLATION: N_("isolation"),
    Indicator.PHYSICAL_AND_SEXUAL_VIOLENCE: N_("physical and sexual violence"),
    Indicator.INTIMIDATION_AND_THREATS: N_("intimidation and threats"),
    Indicator.RETENTION_OF_IDENTITY_DOCUMENTS: N_("retention of identity documents"),
    Indicator.WITHHOLDING_OF_WAGES: N_("withholding of wages"),
    Indicator.DEBT_BONDAGE: N_("debt bondage"),
    Indicator.ABUSIVE_WORKING_AND_LIVING_CONDITIONS: N_("abusive working and living conditions"),
    Indicator.EXCESSIVE_OVERTIME: N_("excessive overtime"),
}

LABEL: Final[Mapping[Label, str]] = {
    Label.SUPPLIER: N_("company"),
    Label.FACTORY: N_("plant"),
    Label.ITEM: N_("item"),
    Label.PRODUCT: N_("product"),
    Label.CONTRACT: N_("contract"),
    Label.REGION: N_("region"),
    Label.CATEGORY: N_("category"),
    Label.COUNTRY: N_("country"),
    Label.INCIDENT: N_("incident"),
    Label.SOURCE: N_("source"),
}
