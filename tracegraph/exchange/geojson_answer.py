"""Where an answer happens: the factories that it affects and that its routes pass, as GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracegraph.answer import Answer, Dependent
from tracegraph.exchange.geojson import features_of
from tracegraph.model import holder_of
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Certainty


def answer_features(answer: Answer, dependents: Sequence[Dependent], reader: GraphReader) -> list[dict[str, Any]]:
    """Return a feature for every factory that an answer affects or that a best route of these contracts passes.

    To the properties of a factory come ``affected`` (``certain``, ``candidate``, or null: only on the way) and
    ``contract_ids``, those whose best route passes it.
    """
    affected: dict[str, Certainty] = {}
    for item, certainty in answer.affected.items():
        if affected.get(holder_of(item)) is not Certainty.CERTAIN:
            affected[holder_of(item)] = certainty
    passed: dict[str, set[str]] = {}
    for dependent in dependents:
        for step in dependent.route or ():
            passed.setdefault(holder_of(step.start), set()).add(dependent.facts.contract_id)
    found = features_of(sorted(affected.keys() | passed.keys()), reader, answer.question.lens)
    for feature in found:
        certainty_of = affected.get(feature["id"])
        feature["properties"]["affected"] = certainty_of.value if certainty_of else None
        feature["properties"]["contract_ids"] = sorted(passed.get(feature["id"], ()))
    return found
