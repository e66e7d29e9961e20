"""What the form of a report lets one choose: plants, companies, groups, countries, goods, and words of closed lists."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError

from tracegraph.incidents import COMMON_KINDS, selector_from_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.incident_words import ACTION_KIND, kind_words
from tracegraph.render.phrases import selector_words
from tracegraph.render.words import INCIDENT_STATUS, INDICATOR
from tracegraph.services.legend import scope_legend, sources_of
from tracegraph.services.names import product_names
from tracegraph.services.search import NEAR, Hit
from tracegraph.services.seen_standing import seen_sources
from tracegraph.vocabulary import Label
from tracegraph_api.context import context, principal, store, translator
from tracegraph_api.incident_inputs import SelectorBody
from tracegraph_api.pages.forms import Form
from tracegraph_api.pages.incident_acts import documents_of, labels, numbers, shown
from tracegraph_api.pages.incident_form import DOCUMENTS, OTHER_KIND, parsed
from tracegraph_api.pages.incident_shown import document, seen_by
from tracegraph_api.pages.words import say, word
from tracegraph_api.resources.search import search_of

_FOUND: Final = (Label.FACTORY, Label.SUPPLIER, Label.COUNTRY, Label.PRODUCT)
_MOST: Final = 20
#: What can be chosen of a node of each kind: the kind of the choice, and its words.
_CHOICES: Final = {
    Label.FACTORY: (("factory", N_("the plant {name}")),),
    Label.SUPPLIER: (("supplier", N_("the company {name}")), ("group", N_("the company {name} with its whole group"))),
    Label.COUNTRY: (("country", N_("everything in {name}")),),
    Label.PRODUCT: (("product", N_("only the goods {name}")),),
}


def found_by(q: str, lens: Lens) -> list[dict[str, Any]]:
    """Return what may be meant by a text, each as something to choose."""
    text = " ".join(q.split())[:200]
    hits, _ = search_of(context()).find(text, lens, _FOUND, translator().lang)
    return [row for hit in hits[:_MOST] for row in _offered(hit)]


def _offered(hit: Hit) -> list[dict[str, Any]]:
    name = hit.name or hit.node.id
    return [
        {
            "value": f"{kind}:{hit.node.id}",
            "text": str(say(text, name=name)),
            "id": hit.node.id,
            "is_near": hit.reason == NEAR,
        }
        for kind, text in _CHOICES[hit.node.label]
    ]


def picked(form: Form, lens: Lens) -> dict[str, Any]:
    """Return what is chosen so far, in words; what is none is left out."""
    selectors = []
    for text in dict.fromkeys(form.all("selector")):
        try:
            selectors.append((text, selector_from_body(SelectorBody().load(parsed(text)))))
        except ValidationError:
            continue
    legend = scope_legend([one for _, one in selectors], store(), lens, translator().lang)
    goods = list(dict.fromkeys(form.all("goods")))
    names = product_names(goods, store(), translator().lang)
    ids, beside = list(dict.fromkeys(form.all("sources"))), documents_of(form)
    named = {*ids, *beside}
    seen = seen_sources(named, store(), lens) if named else set()  # what others know is not told, not even its title
    sources = sources_of(seen, store())
    return {
        "selectors": [(text, selector_words(one, legend, translator())) for text, one in selectors],
        "goods": [(id, names.get(id, id)) for id in goods],
        "kept_sources": [document(id, sources.get(id)) for id in ids],
        "act_sources": [
            *((id, document(id, sources.get(id))["title"]) for id in dict.fromkeys((*ids, *beside))),
            *((f"new-{n}", say(N_("new source {n}"), n=str(n))) for n in DOCUMENTS),
        ],
        "acts": shown(form),
        "acts_typed": numbers(form),
        "act_labels": labels(form),
    }


def choices(form: Form) -> dict[str, Any]:
    """Return the closed lists of the form, each entry with its words."""
    kinds = [kind for kind in dict.fromkeys((*COMMON_KINDS, form.value("kind"))) if kind not in ("", OTHER_KIND)]
    mine = list(dict.fromkeys((*filter(None, [form.value("visibility")]), *reversed(principal().writes_to))))
    return {
        "kinds": [
            *((kind, kind_words(kind, translator())) for kind in kinds),
            (OTHER_KIND, say(N_("another kind: write it below"))),
        ],
        "act_kinds": [(str(kind), say(text)) for kind, text in ACTION_KIND.items()],
        "statuses": [(status.value, say(text)) for status, text in INCIDENT_STATUS.items()],
        "indicators": [(one.value, word(one)) for one in INDICATOR],
        "visibilities": [(one, seen_by(one)) for one in mine],
        "grades": [(str(n), str(n)) for n in range(1, 6)],
    }
