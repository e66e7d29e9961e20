"""Closed lists of words, one spelling in Python, Cypher, CSV and JSON.

The meaning of each is in ``docs/model.md``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal


class Label(StrEnum):
    """Kinds of node."""

    SUPPLIER = "Supplier"
    FACTORY = "Factory"
    ITEM = "Item"
    PRODUCT = "Product"
    CONTRACT = "Contract"
    REGION = "Region"
    CATEGORY = "Category"
    COUNTRY = "Country"
    INCIDENT = "Incident"
    SOURCE = "Source"


class RelationshipType(StrEnum):
    """Kinds of claim. Every relationship points with the goods, from raw material towards the contract."""

    OFFERS = "OFFERS"  # (:Supplier|Factory)-[:OFFERS]->(:Item)
    SUPPLIES = "SUPPLIES"  # (:Item)-[:SUPPLIES]->(:Item)
    BECOMES = "BECOMES"  # (:Item)-[:BECOMES]->(:Item), inside one holder
    DELIVERED_UNDER = "DELIVERED_UNDER"  # (:Item)-[:DELIVERED_UNDER]->(:Contract)
    OPERATED_BY = "OPERATED_BY"  # (:Factory)-[:OPERATED_BY]->(:Supplier)
    LOCATED_IN = "LOCATED_IN"  # (:Factory)-[:LOCATED_IN]->(:Country)
    OWNED_BY = "OWNED_BY"  # (:Supplier)-[:OWNED_BY]->(:Supplier)
    REGISTERED_IN = "REGISTERED_IN"  # (:Supplier)-[:REGISTERED_IN]->(:Country)
    SERVES = "SERVES"  # (:Supplier|Factory)-[:SERVES {service}]->(:Supplier|Factory)
    USES = "USES"  # (:Region)-[:USES]->(:Contract)
    IN_CATEGORY = "IN_CATEGORY"  # (:Contract)-[:IN_CATEGORY]->(:Category)
    DESCRIBES = "DESCRIBES"  # (:Source)-[:DESCRIBES {name, ...}]->(any node)


#: The relationship types that carry goods; no other is ever walked.
GOODS_TYPES: Final = (RelationshipType.SUPPLIES, RelationshipType.BECOMES, RelationshipType.DELIVERED_UNDER)


class Grade(StrEnum):
    """How well a claim is documented, from the best down; compare by `rank`."""

    VERIFIED = "verified"
    DECLARED = "declared"
    REPORTED = "reported"
    INFERRED = "inferred"

    @property
    def rank(self) -> int:
        """0 (inferred) to 3 (verified)."""
        return _GRADE_RANK[self]

    @classmethod
    def of_rank(cls, rank: int) -> Grade:
        """Return the grade with this rank."""
        return GRADES_BY_RANK[rank]


GRADES_BY_RANK: Final = (Grade.INFERRED, Grade.REPORTED, Grade.DECLARED, Grade.VERIFIED)
_GRADE_RANK: Final = {grade: rank for rank, grade in enumerate(GRADES_BY_RANK)}

#: Confidence that a link exists where its claims do not state one; it only ranks routes.
DEFAULT_CONFIDENCE: Final = {Grade.VERIFIED: 0.9, Grade.DECLARED: 0.7, Grade.REPORTED: 0.5, Grade.INFERRED: 0.2}


class Sourcing(StrEnum):
    """What is known of where an item, or what is delivered under a contract, comes from."""

    OPEN = "open"
    COMPLETE = "complete"
    ORIGIN = "origin"


class Certainty(StrEnum):
    """How surely an incident's scope touches an item."""

    CERTAIN = "certain"
    CANDIDATE = "candidate"


class Rule(StrEnum):
    """Why a step was inferred; the first that applies."""

    UNSPECIFIED = "unspecified"
    TAXONOMY = "taxonomy"
    RECIPE = "recipe"
    OPERATION = "operation"


class Status(StrEnum):
    """The four answers, in the order in which they are listed."""

    ESTABLISHED = "established"
    POSSIBLE = "possible"
    UNMAPPED = "unmapped"
    NO_LINK = "no_link"


class Basis(StrEnum):
    """What an `unmapped` or a `no_link` rests on."""

    GOODS_MATCH = "goods_match"
    NOT_EXCLUDED = "not_excluded"
    COMPLETE_CHAIN = "complete_chain"
    OTHER_PRODUCTS = "other_products"
    FILTERED = "filtered"


class Assumption(StrEnum):
    """What a `no_link` took for granted."""

    DELIVERIES_LISTED = "deliveries_listed"
    MAKES_OWN = "makes_own"


class SelectorKind(StrEnum):
    """What a selector of a scope names."""

    FACTORY = "factory"
    SUPPLIER = "supplier"
    GROUP = "group"
    COUNTRY = "country"


class Service(StrEnum):
    """What one holder does for another without goods passing."""

    RECRUITS = "recruits"
    HOUSES = "houses"
    TOOLS = "tools"
    TREATS_WASTE = "treats_waste"
    PACKS = "packs"
    TRANSPORTS = "transports"
    AUDITS = "audits"


class SourceKind(StrEnum):
    """Kinds of document behind a claim."""

    CONTRACT = "contract"
    DISCLOSURE = "disclosure"
    AUDIT = "audit"
    PRESS = "press"
    NGO = "ngo"
    AUTHORITY = "authority"
    REGISTER = "register"
    CUSTOMS = "customs"
    OWN = "own"
    SYNTHETIC = "synthetic"


class ClauseLevel(StrEnum):
    """Level of the due-diligence clause of a contract."""

    BASIC = "basic"
    ADVANCED = "advanced"


class IncidentStatus(StrEnum):
    """Where an incident stands in its life."""

    ALLEGED = "alleged"
    CORROBORATED = "corroborated"
    OFFICIALLY_INDICATED = "officially_indicated"
    OFFICIALLY_ESTABLISHED = "officially_established"
    DISPUTED = "disputed"
    REFUTED = "refuted"
    REMEDIATION_CLAIMED = "remediation_claimed"
    REMEDIATION_VERIFIED = "remediation_verified"
    WITHDRAWN = "withdrawn"


class RevisionChange(StrEnum):
    """What a revision of an incident changes."""

    REPORTED = "reported"  # the first revision, or the first after a withdrawal
    WIDENED = "widened"
    NARROWED = "narrowed"
    CORRECTED = "corrected"  # the scope is another, neither wider nor narrower
    CONFIRMED = "confirmed"  # corroborated, officially indicated or officially established
    DISPUTED = "disputed"
    REFUTED = "refuted"
    REMEDIATION_CLAIMED = "remediation_claimed"
    REMEDIATION_VERIFIED = "remediation_verified"
    WITHDRAWN = "withdrawn"
    UPDATED = "updated"  # anything else: texts, sources, severity, actions


class TriageState(StrEnum):
    """Where a contract stands towards an incident, as somebody who followed it up says."""

    POTENTIAL = "potential"  # not settled; what counts when nothing is said, or no longer
    CONFIRMED = "confirmed"
    NO_IMPACT = "no_impact"
    RESTORED = "restored"  # it was concerned, and is no longer


class ActionKind(StrEnum):
    """What an authority did."""

    WITHHOLD_RELEASE_ORDER = "withhold_release_order"  # US, 19 USC 1307: reasonable indication, goods are detained
    FINDING = "finding"  # US, 19 USC 1307: sufficient information, goods are seized
    SEIZURE = "seizure"
    IMPORT_BAN = "import_ban"
    ENTITY_LISTING = "entity_listing"  # US, UFLPA: a list of entities whose goods are presumed made by forced labour
    EU_FORCED_LABOUR_DECISION = "eu_forced_labour_decision"  # regulation (EU) 2024/3015
    SANCTION = "sanction"
    EXCLUSION = "exclusion"  # from procurement, or from what a fund may own
    INVESTIGATION = "investigation"
    PENALTY = "penalty"
    COURT_DECISION = "court_decision"
    OTHER = "other"


class ActionState(StrEnum):
    """Where an act of an authority stands on a day."""

    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    MODIFIED = "modified"  # it stands, but not as issued; what was changed is in its note
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # no day is stated from which it is in force


class Indicator(StrEnum):
    """The ILO's eleven indicators of forced labour."""

    ABUSE_OF_VULNERABILITY = "abuse_of_vulnerability"
    DECEPTION = "deception"
    RESTRICTION_OF_MOVEMENT = "restriction_of_movement"
    ISOLATION = "isolation"
    PHYSICAL_AND_SEXUAL_VIOLENCE = "physical_and_sexual_violence"
    INTIMIDATION_AND_THREATS = "intimidation_and_threats"
    RETENTION_OF_IDENTITY_DOCUMENTS = "retention_of_identity_documents"
    WITHHOLDING_OF_WAGES = "withholding_of_wages"
    DEBT_BONDAGE = "debt_bondage"
    ABUSIVE_WORKING_AND_LIVING_CONDITIONS = "abusive_working_and_living_conditions"
    EXCESSIVE_OVERTIME = "excessive_overtime"


Direction = Literal["downstream", "upstream"]

INDICATORS_EDITION: Final = 2025  # of the ILO's indicators, where no other is stated
UNSPECIFIED: Final = "unspecified"  # the product of an item whose product nobody stated
UNSOURCED: Final = "unsourced"  # the source of a claim that names none
OPEN_FROM: Final = "0001-01-01"
OPEN_TO: Final = "9999-12-31"
NOT_RETRACTED: Final = "9999-12-31T00:00:00Z"
PUBLIC: Final = "public"
NETWORK: Final = "network"
REGION_PREFIX: Final = "region:"
