"""Ask the real API over the demo, and write its examples and docs/openapi.json; with --check, only say what is stale;
with --release, write also docs/openapi-promises.txt: what callers may rely on from then on.

python tools/make_openapi_doc.py [--check | --release]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "api")]

from tools.openapi_asking import Asker  # noqa: E402
from tools.openapi_promises import promises  # noqa: E402
from tracegraph.composition import open_store  # noqa: E402
from tracegraph.resources import resource_folder  # noqa: E402
from tracegraph.services.importing import read_checked, write_reading  # noqa: E402
from tracegraph.settings_api import Access, ApiSettings  # noqa: E402
from tracegraph.store.port import Store  # noqa: E402
from tracegraph_api import create_app  # noqa: E402
from tracegraph_api.document import document_of  # noqa: E402

EXAMPLES = ROOT / "api" / "tracegraph_api" / "examples"
DOCUMENT = ROOT / "docs" / "openapi.json"
PROMISES = ROOT / "docs" / "openapi-promises.txt"
LOADED_AT = "2024-01-01T00:00:00Z"


def demo(folder: Path) -> Store:
    """Return a new store with reference data and the demo."""
    store = open_store(f"sqlite:///{folder}/demo.db")
    seeds = resource_folder("seeds")
    write_reading(store, read_checked(store, [seeds / "reference", seeds / "demo"]), LOADED_AT)
    return store


def made() -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the examples by operation, and what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        store = demo(Path(folder))
        app = create_app(ApiSettings(access=Access.LOCAL), store)
        asker = Asker(app)
        asker.ask_everything()
        store.close()
        return asker.examples, asker.failed


def document() -> dict[str, Any]:
    """Return the document as a public installation serves it."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/empty.db")
        app = create_app(ApiSettings(), store)
        with app.app_context():
            found = document_of(app)
        store.close()
        return found


def text_of(value: Any) -> str:
    """Return JSON as it stands in a file."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def stale(wanted: Mapping[Path, str]) -> list[Path]:
    """Return the files that are not as they should be, or should not be there."""
    there = {path: path.read_text(encoding="utf-8") for path in (*EXAMPLES.glob("*.json"), DOCUMENT) if path.is_file()}
    return sorted(path for path in {*there, *wanted} if there.get(path) != wanted.get(path))


def write(wanted: Mapping[Path, str]) -> None:
    """Write the files that should be there, and remove those that should not."""
    EXAMPLES.mkdir(exist_ok=True)
    for path in stale(wanted):
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()


def example_files(examples: Mapping[str, Any]) -> dict[Path, str]:
    """Return what the files of the examples are to hold."""
    return {EXAMPLES / f"{id}.json": text_of(example) for id, example in sorted(examples.items())}


def main(arguments: Sequence[str]) -> int:
    """Write examples and document, or check them; returns the exit code."""
    examples, failed = made()
    files = example_files(examples)
    if "--check" not in arguments:
        write({**files, DOCUMENT: DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.is_file() else "{}"})
        write({**files, DOCUMENT: text_of(document())})
        wrong: list[Path] = []
        if "--release" in arguments:
            PROMISES.write_text("\n".join(promises(document())) + "\n", encoding="utf-8")
    else:
        wrong = stale({**files, DOCUMENT: text_of(document())})
    for path in wrong:
        sys.stderr.write(f"{path.relative_to(ROOT)} is stale: run python tools/make_openapi_doc.py\n")
    for line in failed:
        sys.stderr.write(f"no example: {line}\n")
    return int(bool(wrong or failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
