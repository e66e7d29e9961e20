"""What an answer to "is the data sound" carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracegraph.lens import Lens
from tracegraph.messages import Message


class Severity(StrEnum):
    """How much a finding matters, the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class FindingKind(StrEnum):
    """What a finding is about."""

    NODE = "node"
    CLAIM = "claim"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check found.

    Attributes
    ----------
    rule : str
        Stable kebab-case name of the rule.
    kind : FindingKind
        What `id` names.
    id : str
        Id of a node, a claim or an import.
    message, remedy : Message
        What is so, and what to do about it.
    """

    rule: str
    severity: Severity
    kind: FindingKind
    id: str
    message: Message
    remedy: Message


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings.

    Attributes
    ----------
    findings : tuple of Finding
        By severity, then rule, then id.
    claims : int
        Claims that were looked at.
    whole_store : bool
        Whether every claim of the store was looked at, or those that the lens shows.
    """

    lens: Lens
    findings: tuple[Finding, ...]
    claims: int
    whole_store: bool
    graph_version: int

    @property
    def found_errors(self) -> bool:
        """Whether anything was found that is an error."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def by_severity(self) -> Mapping[Severity, int]:
        """Number of findings by severity."""
        return {severity: sum(f.severity is severity for f in self.findings) for severity in Severity}

    @property
    def by_rule(self) -> Mapping[str, int]:
        """Number of findings by rule, sorted."""
        rules = [finding.rule for finding in self.findings]
        return {rule: rules.count(rule) for rule in sorted(set(rules))}
