"""The documents that pages give are held against PDF/UA-1 by the validator of the PDF Association, veraPDF."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from tests.contract.build import change_set, describes
from tests.verapdf import broken_rules
from tracegraph.model import NodeRef, Source, SourceId
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, Label
from tracegraph_api import create_app

#: What a page gives, by a short name: a brief, a list of contracts, and two chains, one of which is left open.
DOCUMENTS = {
    "brief": "/incidents/demo-inc-gloves-and-debts/brief.pdf",
    "exposure": "/exposure/contracts.pdf?factory=demo-plant-klang",
    "chain": "/contracts/demo-c-0025/chain.pdf",
    "open-chain": "/contracts/demo-c-0016/chain.pdf",
}
#: A name that a template could take for markup, in several scripts, with what no font has.
NAME = '#strong[x] "Wholesale" & Co — 工厂 ירוק \U000f0001'


def test_every_document_is_pdf_ua(store: Store, tmp_path: Path) -> None:
    node = NodeRef(Label.SUPPLIER, "demo-wholesale-01")
    row = describes(node, "src-other", {"name": NAME}, grade=Grade.VERIFIED)
    changes = change_set(row, references=[Source(SourceId("src-other"), "Other", kind="own")])
    store.apply(replace(changes, holders={node.id: Label.SUPPLIER}), "2024-02-01T00:00:00Z")
    client = create_app(ApiSettings(access=Access.LOCAL), store).test_client()
    paths = []
    for name, address in DOCUMENTS.items():
        for lang in ("sv", "en"):
            response = client.get(address, headers={"Accept-Language": lang})
            assert response.mimetype == "application/pdf", (address, response.status_code)
            paths.append(tmp_path / f"{name}-{lang}.pdf")
            paths[-1].write_bytes(response.data)
    found = broken_rules([*paths, _without_language(paths[0])])
    told = found.pop("without-language.pdf")
    assert any(rule.startswith("7.2") for rule in told), "a document that is not so is told from one that is"
    assert found == {path.name: [] for path in paths}


def _without_language(path: Path) -> Path:
    """Return a copy of a document that does not say in which language it is."""
    writer = PdfWriter(clone_from=PdfReader(path))
    del writer.root_object[NameObject("/Lang")]
    copy = path.with_name("without-language.pdf")
    writer.write(copy)
    return copy
