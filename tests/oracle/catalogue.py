"""What products have to do with one another (model.md section 5)."""

from __future__ import annotations

from tests.oracle.dataset import Row, split_list

UNSPECIFIED = "unspecified"


class Catalogue:
    """The product catalogue: plain reference data, read alike under every lens."""

    def __init__(self, rows: dict[str, Row]) -> None:
        self.broader = {p: set(split_list(row.get("broader"))) for p, row in rows.items()}
        self.made_from = {p: set(split_list(row.get("made_from"))) for p, row in rows.items()}
        self.complete = {p for p, row in rows.items() if row.get("made_from_complete") == "true"}
        self.end_products = {p for p, row in rows.items() if row.get("end_use") == "true"}
        self._ancestors: dict[str, set[str]] = {}
        self._made_into: dict[str, set[str]] = {}

    def ancestors(self, product: str) -> set[str]:
        """The broader products, all the way up, without the product itself."""
        if product not in self._ancestors:
            found: set[str] = set()
            todo = [product]
            while todo:
                for parent in self.broader.get(todo.pop(), set()) - found:
                    found.add(parent)
                    todo.append(parent)
            self._ancestors[product] = found - {product}
        return self._ancestors[product]

    def narrower(self, product: str) -> set[str]:
        return {other for other in self.broader if product in self.ancestors(other)}

    def comparable(self, p: str, q: str) -> bool:
        """One is the other's ancestor. A product is not comparable to itself, nor are two siblings."""
        return p in self.ancestors(q) or q in self.ancestors(p)

    def same_or_comparable(self, p: str, q: str) -> bool:
        return p == q or self.comparable(p, q)

    def recipe_outputs(self, p: str) -> set[str]:
        """Every `o` of a recipe `o made_from r` with p = r or comparable(p, r)."""
        return {o for o, used in self.made_from.items() if any(self.same_or_comparable(p, r) for r in used)}

    def made_into(self, p: str, q: str) -> bool:
        """Some recipe `o made_from r` takes p, and (o = q or comparable(o, q) or made_into(o, q))."""
        if p not in self._made_into:
            reached: set[str] = set()
            todo = [p]
            while todo:
                for output in self.recipe_outputs(todo.pop()):
                    if output not in reached:
                        reached.add(output)
                        todo.append(output)
            self._made_into[p] = reached
        return any(self.same_or_comparable(o, q) for o in self._made_into[p])

    def rule(self, p: str, q: str) -> str | None:
        """The first rule by which p may become q; None where it may not."""
        if UNSPECIFIED in (p, q):
            return "unspecified"
        if self.comparable(p, q):
            return "taxonomy"
        if self.made_into(p, q):
            return "recipe"
        return None

    def may_become(self, p: str, q: str) -> bool:
        return self.rule(p, q) is not None

    def equal_or_may_become(self, p: str, q: str) -> bool:
        return p == q or self.may_become(p, q)

    def is_end_use(self, product: str) -> bool:
        """`end_use` holds for narrower products too (section 2)."""
        return bool(({product} | self.ancestors(product)) & self.end_products)

    def recipe_is_closed(self, product: str) -> bool:
        """p, its narrower products and the ingredients of all these, all the way down, are made_from_complete."""
        seen = {product}
        todo = [product]
        while todo:
            p = todo.pop()
            for other in self.narrower(p) | self.made_from.get(p, set()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen <= self.complete

    def could_contain(self, a: str, p: str) -> bool:
        """What cannot be excluded."""
        return self.equal_or_may_become(a, p) or (not self.is_end_use(a) and not self.recipe_is_closed(p))
