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

    def link(self, href: str, name: str, **attributes: object) -> Canvas:
        """Return a group that leads to an address; it is called what is given, whatever stands in it."""
        named = {key.replace("_", "-"): value for key, value in attributes.items()}
        return Canvas(self.add("a", {"href": href, "aria-label": clean(name), **named}))

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


class Figure(Canvas):
    """A picture that is a part of a page: its links are links of the page, its look is the page's.

    Parameters
    ----------
    name : str
        What it is called.
    role : str
        ``group`` where parts of it are links, else ``img``.
    described_by : str
        Id of what explains it; empty: nothing does.
    """

    def __init__(self, name: str, role: str, described_by: str = "") -> None:
        about = {"aria-describedby": described_by} if described_by else {}
        super().__init__(Element("svg", {"role": role, "aria-label": clean(name), **about}))

    def written(self, width: float, height: float) -> str:
        """Return the figure as markup of a page, of a size in pixels."""
        size = {"width": width, "height": height, "viewBox": f"0 0 {_written(width)} {_written(height)}"}
        for name, value in size.items():
            self.element.set(name, _written(value))
        return tostring(self.element, encoding="unicode", short_empty_elements=False)


class Picture(Canvas):
    """A whole picture.

    Parameters
    ----------
    lang : str
        Language of its words.
    title, description : str
        What it is, and what it says in words, for those who do not see it; lines are kept.
    dark : bool
        Whether it turns dark in dark surroundings.
    """

    def __init__(self, lang: str, title: str, description: str, *, dark: bool = True) -> None:
        named = {"role": "img", "aria-labelledby": "title", "aria-describedby": "description"}
        super().__init__(Element("svg", {"xmlns": _NAMESPACE, "lang": lang, "xml:lang": lang, **named}))
        self.add("title", {"id": "title"}, clean(title))
        lines = (clean(line) for line in description.splitlines())
        self.add("desc", {"id": "description"}, "\n".join(lines))
        self.add("style", {}, style_sheet(dark=dark))

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
