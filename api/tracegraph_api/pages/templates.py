"""The templates of pages, compiled once for each language: what depends on the language alone is written into them.

A text without places, ``_("Show")``, becomes a part of the compiled template; one with places is looked up there, and
filled in when the page is made. Nothing that depends on who reads is kept.
"""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Flask, current_app, render_template
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from tracegraph_api.context import context_of, translator
from tracegraph_api.pages.words import filled, said, word_in

_PART: Final = "page-templates"
#: What fills in a text that was looked up already.
_FILLED: Final = "_filled"
_METHODS: Final = frozenset(dir(dict))


def page_from(template: str, /, **values: Any) -> str:
    """Return a page made from a template in the reader's language."""
    return render_template(_environment(translator().lang).get_template(template), **values)


class _Template(Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002
        """Return what another template imports: all have the same globals, so those of `ctx` are not looked through."""
        return super()._get_default_module()


class Speaking(Environment):
    """The templates in one language.

    Parameters
    ----------
    app : Flask
        The application, whose own templates say how they are read and what they may use.
    lang : str
        The language.
    """

    def __init__(self, app: Flask, lang: str) -> None:
        own = app.jinja_env
        super().__init__(
            app,
            loader=own.loader,
            autoescape=own.autoescape,
            auto_reload=own.auto_reload,
            undefined=own.undefined,
            trim_blocks=own.trim_blocks,
            lstrip_blocks=own.lstrip_blocks,
        )
        self.lang = lang
        self.policies = own.policies
        self.globals = {**own.globals, _FILLED: self._filled}
        self.code_generator_class, self.template_class = _Writer, _Template

    def _filled(self, text: Markup, /, **values: Any) -> Markup:
        return filled(text, self.lang, **values)

    @staticmethod
    def shown(value: Any) -> Markup:
        """Return a value as it stands in a page: `escape`, which makes markup anew, is for what is none yet."""
        return value if type(value) is Markup else escape(value)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a part of a value; of a mapping, what it holds comes first, which most rows of pages are."""
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        return super().getattr(obj, attribute)


def _environment(lang: str) -> Speaking:
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]
    kept: dict[str, Speaking] = context_of(app).parts.setdefault(_PART, {})
    if lang not in kept:
        kept[lang] = Speaking(app, lang)
    return kept[lang]


class _Writer(CodeGenerator):
    """Writes the code of a template whose texts are said already."""

    def visit_Template(self, node: nodes.Template, frame: Any = None) -> None:  # noqa: N802 - the name is jinja's
        """Write a template."""
        environment = cast("Speaking", self.environment)
        super().visit_Template(cast("nodes.Template", _Said(environment.lang).visit(node)), frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        """Write what stands before a value that is put out: what escapes it, quicker where it is markup already."""
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.shown(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Said(NodeTransformer):
    """Replaces texts and words of closed lists by what they are in a language."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the name is jinja's
        """Say what a call would say, as far as it is known now."""
        self.generic_visit(node)
        called, text = node.node, node.args[0] if len(node.args) == 1 else None
        if not isinstance(called, nodes.Name) or not isinstance(text, nodes.Const):
            return node
        if called.name == "word":
            return self._constant(word_in(text.value, self._lang), node)
        if called.name != "_":
            return node
        found = self._constant(said(text.value, self._lang), node)
        if not node.kwargs:
            return found
        called.name, node.args = _FILLED, [found]
        return node

    @staticmethod
    def _constant(text: Markup, node: nodes.Node) -> nodes.Const:
        return nodes.Const(text, lineno=node.lineno)
