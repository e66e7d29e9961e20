"""Write ``docs/pictures/*.svg``: pictures of the demo.

With ``--check`` nothing is written: exit 1 and the names of the files that differ.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

from tracegraph.cli import main as command
from tracegraph.composition import open_store
from tracegraph.services.demo import fill

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
NOW = "2026-01-01T00:00:00Z"
THEN = ["--valid-at", "2019-02-19", "--known-at", "2019-02-19"]
DRAWN = {
    "chain.svg": ["chain", "demo-c-0007", "--group", "demo-gloves", "--countries", "MY"],
    "depth.svg": ["depth"],
}


def pictures() -> dict[Path, str]:
    """Return every picture as the command line draws it on the seeds."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/pictures.db"
        store = open_store(url)
        fill(store, NOW)
        store.close()
        for name, words in DRAWN.items():
            target = Path(folder) / name
            drawn = CliRunner().invoke(command, [*words, *THEN, "--plot", str(target), "--store", url, "--lang", "en"])
            if drawn.exit_code:
                raise RuntimeError(drawn.output)
            found[PICTURES / name] = target.read_text(encoding="utf-8")
    return found


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` compare them."""
    drawn = pictures()
    stale = [path for path, text in drawn.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            sys.stderr.write(f"{path.name} is not what the demo shows: run tools/make_pictures_doc.py\n")
        return 1 if stale else 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    for path, text in drawn.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
