"""What a check found, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracegraph.answer_check import CheckReport, Finding
from tracegraph.exchange.answers import lens_body
from tracegraph.messages import Message


def check_body(report: CheckReport, say: Callable[[Message], str] = str) -> dict[str, Any]:
    """Return what a check found as JSON.

    Parameters
    ----------
    report : CheckReport
        From `tracegraph.services.check.check`.
    say : callable
        Says a message in the reader's language; the default says it in English.
    """
    return {
        "query": {"lens": lens_body(report.lens)},
        "summary": {
            **{severity.value: count for severity, count in report.by_severity.items()},
            "by_rule": dict(report.by_rule),
            "claims": report.claims,
            "whole_store": report.whole_store,
            "graph_version": report.graph_version,
        },
        "findings": [finding_body(finding, say) for finding in report.findings],
    }


def finding_body(finding: Finding, say: Callable[[Message], str] = str) -> dict[str, Any]:
    """Return one finding as JSON."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "kind": finding.kind.value,
        "id": finding.id,
        "message": say(finding.message),
        "remedy": say(finding.remedy),
    }
