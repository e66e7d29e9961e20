"""Put the present answers of the demo into the README: `python tools/readme.py`.

A block of the README that begins with ``$ tracegraph`` shows what that command prints on the seed data.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

from tracegraph.cli import main as command_line
from tracegraph.composition import open_store
from tracegraph.services.demo import fill

README = Path(__file__).resolve().parent.parent / "README.md"
WIDTH = "100"
_BLOCK = re.compile(r"```console\n\$ tracegraph (?P<args>(?:[^\n]*\\\n)*[^\n]*)\n.*?```", re.DOTALL)


def current(text: str) -> str:
    """Return the text with every block as its command answers now."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/readme.db"
        store = open_store(url)
        fill(store, "2026-01-01T00:00:00Z")
        store.close()
        return _BLOCK.sub(lambda block: _answered(block["args"], url), text)


def _answered(args: str, url: str) -> str:
    words = shlex.split(args.replace("\\\n", " "))
    env = {"TRACEGRAPH_STORE": url, "COLUMNS": WIDTH, "TRACEGRAPH_LANG": "en", "TRACEGRAPH_AS": ""}
    result = CliRunner().invoke(command_line, words, env=env)
    if result.exit_code:
        raise SystemExit(f"tracegraph {args}: {result.stderr}")
    return f"```console\n$ tracegraph {args}\n{result.stdout.rstrip()}\n```"


def main() -> int:
    """Rewrite the README; return 1 when it was not current."""
    before = README.read_text(encoding="utf-8")
    after = current(before)
    README.write_text(after, encoding="utf-8")
    return int(before != after)


if __name__ == "__main__":
    sys.exit(main())
