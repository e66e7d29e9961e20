"""The product catalogue: answers worked out by hand from docs/model.md, section 5."""

from __future__ import annotations

import pytest

from tracegraph.model import Product, ProductId
from tracegraph.products import Catalogue
from tracegraph.vocabulary import Rule


def product(name: str, *, of: str = "", kind: str = "", complete: bool = False, end_use: bool = False) -> Product:
    def ids(text: str) -> tuple[ProductId, ...]:
        return tuple(ProductId(one) for one in text.split())

    return Product(
        ProductId(name), name, broader=ids(kind), made_from=ids(of), made_from_complete=complete, end_use=end_use
    )


GOODS = Catalogue(
    [
        product("gloves", of="latex", end_use=True),
        product("nitrile", kind="gloves", complete=True),
        product("vinyl", kind="gloves"),
        product("latex", of="rubber", complete=True),
        product("rubber", complete=True),
        product("kit", of="nitrile mask", complete=True),
        product("mask", of="fleece", complete=True),
        product("fleece", complete=True),
    ]
)


@pytest.mark.parametrize(
    ("p", "q", "rule"),
    [
        ("unspecified", "gloves", Rule.UNSPECIFIED),
        ("nitrile", "gloves", Rule.TAXONOMY),
        ("gloves", "nitrile", Rule.TAXONOMY),
        ("nitrile", "vinyl", None),  # siblings
        ("gloves", "gloves", None),  # equal, not a step
        ("latex", "gloves", Rule.RECIPE),
        ("latex", "nitrile", Rule.RECIPE),  # comparable to the output
        ("rubber", "gloves", Rule.RECIPE),  # over two stages
        ("rubber", "kit", Rule.RECIPE),  # into gloves, which are comparable to the nitrile of the kit
        ("vinyl", "kit", None),
        ("gloves", "kit", Rule.RECIPE),  # comparable to an ingredient
        ("gloves", "latex", None),
        ("stones", "gloves", None),
    ],
)
def test_what_may_become_what(p: str, q: str, rule: Rule | None) -> None:
    assert GOODS.rule(p, q) is rule
    assert GOODS.may_become(p, q) is (rule is not None)


def test_recipes_in_a_circle_end() -> None:
    circle = Catalogue([product("a", of="b"), product("b", of="c"), product("c", of="a"), product("d")])
    assert circle.products_made_of("a") == {"a", "b", "c"}
    assert circle.made_into("a", "a")
    assert not circle.made_into("d", "a")
    assert not circle.is_closed("a")


def test_kinds_in_a_circle_end() -> None:
    circle = Catalogue([product("a", kind="b"), product("b", kind="a")])
    assert circle.comparable("a", "b")
    assert not circle.comparable("a", "a")


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        ("rubber", True),
        ("latex", True),
        ("gloves", False),  # the recipe is not said to be complete, nor vinyl's
        ("nitrile", True),  # its own list is complete: made of nothing that is listed
        ("kit", True),
        ("stones", False),
    ],
)
def test_a_recipe_is_closed_all_the_way_down(name: str, closed: bool) -> None:
    assert GOODS.is_closed(name) is closed


def test_end_use_holds_for_narrower_products() -> None:
    assert GOODS.is_end_use("nitrile")
    assert not GOODS.is_end_use("latex")


@pytest.mark.parametrize(
    ("a", "p", "could"),
    [
        ("mask", "mask", True),
        ("fleece", "kit", True),  # by the recipe of its mask
        ("latex", "mask", False),  # the recipe of masks is closed
        ("mask", "vinyl", True),  # of vinyl gloves nothing is known, and masks are not end use
        ("vinyl", "stones", False),  # gloves are end use
        ("nitrile", "kit", True),  # save by the recipes that list it
    ],
)
def test_what_cannot_be_excluded(a: str, p: str, could: bool) -> None:
    assert GOODS.could_contain(a, p) is could
