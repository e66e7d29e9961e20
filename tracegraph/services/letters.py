"""What a letter about contracts needs beside the answer."""

from __future__ import annotations

from collections.abc import Sequence

from tracegraph.decide import decide_attribute
from tracegraph.lens import Lens
from tracegraph.services.portfolios import claims_by_node
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Label


def diary_numbers(contracts: Sequence[str], lens: Lens, reader: GraphReader) -> dict[str, str]:
    """Return the diary numbers of contracts, by contract id; contracts of which none is stated are absent."""
    claims = claims_by_node(reader.descriptions(Label.CONTRACT, contracts, lens)) if contracts else {}
    decided = {contract: decide_attribute(said, "diary_no") for contract, said in claims.items()}
    return {contract: str(number) for contract, number in decided.items() if number is not None}
