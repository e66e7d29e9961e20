"""A small writer of SVG on `xml.etree.ElementTree`, which escapes what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tracegraph.render.svg.text import clean
from tracegraph.render.svg.theme import TEXT, style_sheet

_NAMESPACE: Final = "http://www.w3.org/2000/svg"


class Canvas:
    """A picture, or a part of it, that is drawn element by element; later ones lie on top.

    Parameters
    ----------
    element : Element
        Where the elements go.
    """

    def __init__(self, element: Element) -> None:
        self.element = element

    def add(self, tag: str, attributes: Mapping[str, object], text: str | None = None) -> Element:
        """Draw any element; numbers are rounded to tenths."""
        element = SubElement(self.element, tag, {name: _written(value) for name, value in attributes.items()})
        if text is not None:
            element.text = text
        return element

    def part(self, title: str = "", **attributes: object) -> Canvas:
        """Return a group of elements; its title shows beside the mouse and keeps its lines."""
        part = Canvas(self.add("g", attributes))
        if title:
            part.add("title", {}, "\n".join(clean(line) for line in title.splitlines()))
        return part

    def rect(self, box: tuple[float, float, float, float], kind: str, **more: object) -> None:
        """Draw a rectangle: left, top, width, height."""
        left, top, width, height = box
        self.add("rect", {"x": left, "y": top, "width": width, "height": height, "class": kind, **more})

    def path(self, way: str, kind: str, **more: object) -> None:
        """Draw a path; underscores in names of attributes stand for hyphens."""
        self.add("path", {"d": way, "class": kind, **{name.replace("_", "-"): value for name, value in more.items()}})

    def text(self, at: tuple[float, float], text: str, kind: str = "ink", **style: Any) -> None:
        """Write one line on a base line, from a point on.

        Parameters
        ----------
        style
            ``size`` in pixels, ``bold``, and ``end``: whether the line ends at the point instead.
        """
        look = f"{kind} bold" if style.get("bold") else kind
        attributes = {"x": at[0], "y": at[1], "font-size": style.get("size", TEXT), "class": look}
        self.add("text", {**attributes, **({"text-anchor": "end"} if style.get("end") else {})}, clean(text))


class Picture(Canvas):
    """A whole picture.

    Parameters
    ----------
    lang : str
        Language of its words.
    title, description : str
        What it is, and what it says in words, for those who do not see it; lines are kept.
    """

    def __init__(self, lang: str, title: str, description: str) -> None:
        named = {"role": "img", "aria-labelledby": "title", "aria-describedby": "description"}
        super().__init__(Element("svg", {"xmlns": _NAMESPACE, "lang": lang, "xml:lang": lang, **named}))
        self.add("title", {"id": "title"}, clean(title))
        lines = (clean(line) for line in description.splitlines())
        self.add("desc", {"id": "description"}, "\n".join(lines))
        self.add("style", {}, style_sheet())

    def written(self, width: float, height: float) -> str:
        """Return the picture as a document of a size in pixels."""
        size = {"width": width, "height": height, "viewBox": f"0 0 {_written(width)} {_written(height)}"}
        for name, value in size.items():
            self.element.set(name, _written(value))
        indent(self.element, " ")
        return f"{tostring(self.element, encoding='unicode')}\n"


def number(value: float) -> str:
    """Return a number as it stands in a path: tenths, without needless signs."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def _written(value: object) -> str:
    return number(value) if isinstance(value, int | float) else str(value)
