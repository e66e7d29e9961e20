"""Write ``docs/columns.md`` and ``docs/datapackage.json`` from the declaration of the tables.

With ``--check`` nothing is written: exit 1 and the names of the files that differ.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tracegraph.intake.documentation import datapackage, markdown

DOCS = Path(__file__).resolve().parent.parent / "docs"


def documents() -> dict[Path, str]:
    """Return every generated file with its text."""
    package = json.dumps(datapackage(), ensure_ascii=False, indent=2) + "\n"
    return {DOCS / "columns.md": markdown(), DOCS / "datapackage.json": package}


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` compare them."""
    stale = [
        path for path, text in documents().items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"{path.name} is not what the tables say: run tools/make_columns_doc.py\n")
        return 1 if stale else 0
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
