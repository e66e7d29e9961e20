"""The plan of the house (docs/architecture.md), held by reading the syntax tree of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tracegraph"
API = ROOT / "api" / "tracegraph_api"
MAX_LINES = 300
MAX_BODY_LINES = 40

#: What each part may import of tracegraph, besides itself; the floors of the house, from the ground up.
GROUND = {
    "messages",
    "errors",
    "moments",
    "vocabulary",
    "access",
    "model",
    "incidents",
    "triage",
    "change_set",
    "lens",
    "products",
    "decide",
}
FLOORS: dict[str, set[str]] = {
    "messages": set(),
    "errors": {"messages"},
    "vocabulary": set(),
    "moments": set(),
    "access": {"vocabulary"},
    "model": {"vocabulary"},
    "incidents": {"vocabulary", "model"},
    "triage": {"vocabulary"},
    "change_set": {"vocabulary", "model", "incidents"},
    "lens": {"vocabulary", "model"},
    "products": {"vocabulary", "model"},
    "decide": {"vocabulary", "model"},
    "resources": {"errors", "messages"},
    "kept": set(),
    "countries": GROUND,
    "settings": GROUND,
    "client": set(),
    "delivery": GROUND | {"services", "settings", "translate"},
    "translate": GROUND | {"resources"},
    "store.rows": GROUND,
    "store.chain_state": GROUND,
    "store.port": GROUND | {"store.rows", "store.chain_state"},
    "store.audit_chain": GROUND | {"store.port", "store.rows"},
    "answer": GROUND | {"store.port", "store.rows"},
    "intake": GROUND | {"store.port", "store.rows", "countries"},
    "walk": GROUND | {"store.port", "store.rows", "store.chain_state", "answer"},
    "graph": GROUND | {"kept", "store.port", "store.rows", "answer", "walk"},
    "exchange": GROUND | {"store.port", "store.rows", "answer", "store.canonical", "walk", "graph", "countries"},
    "services": GROUND
    | {"store.port", "store.rows", "answer", "intake", "walk", "graph", "exchange", "countries", "resources", "kept"}
    | {"store.audit_chain", "store.chain_state"},
    "render": GROUND
    | {"store.port", "store.rows", "answer", "intake", "services", "countries", "exchange", "translate", "graph"},
}
STORE_MAY = GROUND | {"store", "resources"}
ENTRY_POINTS = {"cli", "composition", "__init__", "__main__", "api"}  # they wire everything together

ONLY_HOME = {
    "networkx": ("graph", "exchange.graphml", "exchange.recompute", "client"),
    "neo4j": ("store.neo4j",),
    "sqlite3": ("store.sqlite",),
    "flask": ("api",),
    "flask_smorest": ("api",),
    "marshmallow": ("api",),
    "httpx": ("api.auth", "client"),
    "httpcore": ("delivery",),
    "joserfc": ("api.auth",),
    "authlib": ("api.auth",),
    "requests": ("api.auth",),
    "structlog": ("api", "cli"),
    "prometheus_client": ("api",),
    "click": ("cli",),
    "rich": ("cli", "render"),
    "environs": ("settings",),
    "typst": ("exchange.pdf",),
    "xlsxwriter": ("exchange",),
}
PURE = ("walk", "graph", "products", "decide", "model", "lens", "answer")
IMPURE_MODULES = {"time", "datetime", "random", "os", "pathlib", "io", "socket", "subprocess", "tempfile", "secrets"}


def modules() -> list[Path]:
    """Return every module of both packages."""
    return sorted([*PACKAGE.rglob("*.py"), *API.rglob("*.py")])


def dotted(path: Path) -> str:
    """Return a module's name inside its package: `store.port`, `walk` for a package's own file, `api.app`."""
    in_api = path.is_relative_to(API)
    parts = path.relative_to(API if in_api else PACKAGE).with_suffix("").parts
    parts = ("api", *parts) if in_api else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted names that a tree imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parsed(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def within(name: str, parts: set[str] | tuple[str, ...]) -> bool:
    """Return whether a dotted name is one of the parts, or lies under one."""
    return any(name == part or name.startswith((f"{part}.", f"{part}_")) for part in parts)


def each(paths: list[Path]) -> list[object]:
    """Return modules as test parameters with readable names."""
    return [pytest.param(path, id=dotted(path)) for path in paths]


@pytest.mark.parametrize("path", each(modules()))
def test_imports_point_down(path: Path) -> None:
    name = dotted(path)
    if within(name, ENTRY_POINTS):
        return
    floor = next((part for part in sorted(FLOORS, key=len, reverse=True) if within(name, {part})), None)
    allowed = FLOORS[floor] | {floor} if floor else STORE_MAY
    assert floor or name.startswith("store"), f"{name} has no floor: give it one in FLOORS and in docs/architecture.md"
    ours = {target.removeprefix("tracegraph.") for target in imports(parsed(path)) if target.startswith("tracegraph.")}
    upward = {target for target in ours if not within(target, allowed | {"__version__"})}
    assert not upward, f"{name} may not import {sorted(upward)}"


@pytest.mark.parametrize("path", each(modules()))
def test_each_library_has_one_home(path: Path) -> None:
    name = dotted(path)
    for library, homes in ONLY_HOME.items():
        used = any(target.split(".")[0] == library for target in imports(parsed(path)))
        assert not used or within(name, homes), f"{name} may not import {library}; its home is {homes}"


@pytest.mark.parametrize("path", each([path for path in modules() if within(dotted(path), PURE)]))
def test_the_middle_reads_no_clock_no_chance_and_no_file(path: Path) -> None:
    used = {target.split(".")[0] for target in imports(parsed(path))} & IMPURE_MODULES
    assert not used
    calls = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
    assert not [
        call for call in calls if isinstance(call.func, ast.Name) and call.func.id in {"open", "print", "input"}
    ]


@pytest.mark.parametrize("path", each(modules()))
def test_the_environment_is_read_in_settings_alone(path: Path) -> None:
    if dotted(path) == "settings":
        return
    found = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)]
    of_a_request = [node for node in found if isinstance(node.value, ast.Name) and node.value.id == "request"]
    assert not {node.attr for node in found if node not in of_a_request} & {"environ", "getenv"}


@pytest.mark.parametrize("path", each(modules()))
def test_concrete_stores_are_named_by_entry_points_alone(path: Path) -> None:
    name = dotted(path)
    if within(name, ENTRY_POINTS) or name.startswith("store"):
        return
    named = {
        target
        for target in imports(parsed(path))
        if target.startswith(("tracegraph.store.sqlite", "tracegraph.store.neo4j"))
    }
    assert not named


@pytest.mark.parametrize("path", each(modules()))
def test_tails_are_capped(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= MAX_LINES, f"{dotted(path)} is longer than {MAX_LINES} lines: split it"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = (
                bool(node.body) and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
            )
            body = node.body[1:] if documented else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert lines <= MAX_BODY_LINES, f"{dotted(path)}.{node.name} has {lines} lines: at most {MAX_BODY_LINES}"


def test_no_import_stands_inside_a_function() -> None:
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert not inner, f"{dotted(path)}.{node.name} imports inside the function"


def test_imports_make_no_circle() -> None:
    known = {dotted(path) for path in modules()}

    def inside(target: str) -> str:
        return target.removeprefix("tracegraph.").replace("tracegraph_api", "api", 1)

    graph = {
        dotted(path): {
            inside(target)
            for target in imports(parsed(path))
            if inside(target) in known - {"api"} and not _for_types_only(path, target)
        }
        for path in modules()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"circle: {' -> '.join((*trail, name))}"
        if name in done:
            return
        for target in graph[name]:
            if target != name:
                visit(target, (*trail, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def _for_types_only(path: Path, target: str) -> bool:
    """Return whether a module is imported under `if TYPE_CHECKING` alone."""
    guarded = [
        node
        for node in parsed(path).body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]
    return any(target in set(imports(node)) for node in guarded)
