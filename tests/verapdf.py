"""veraPDF, the validator of the PDF Association, for the tests: holds documents against PDF/UA-1, in one Java process.

The jar comes from Maven Central (``tools/verapdf/pom.xml``), as Neo4j's do. As a command::

    python -m tests.verapdf fetch         # gets the jar, so that the first test is quick
    python -m tests.verapdf FILE.pdf ...  # says which documents break which rules
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.neo4j_server import class_path, find_java, tail

POM: Final = Path(__file__).resolve().parent.parent / "tools" / "verapdf" / "pom.xml"
LIMIT_S: Final = 120.0


def broken_rules(paths: Sequence[Path]) -> dict[str, list[str]]:
    """Return the rules of PDF/UA-1 that each document breaks, by the document's name; empty lists: none.

    Raises
    ------
    RuntimeError
        A document was not examined.
    """
    command = [find_java(), "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true", "-cp", class_path(POM)]
    command += ["org.verapdf.apps.GreenfieldCliWrapper", "--flavour", "ua1", "--format", "json"]
    command += [str(path) for path in paths]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    try:
        jobs = json.loads(done.stdout)["report"]["jobs"]
        found = {Path(job["itemDetails"]["name"]).name: _broken(job["validationResult"]) for job in jobs}
    except (ValueError, KeyError) as error:
        raise RuntimeError(f"veraPDF did not examine the documents:\n{tail(done.stdout + done.stderr)}") from error
    if set(found) != {path.name for path in paths}:
        raise RuntimeError(f"veraPDF examined {sorted(found)} alone")
    return found


def _broken(results: Sequence[dict[str, Any]]) -> list[str]:
    rules = [rule for result in results for rule in result["details"]["ruleSummaries"]]
    return [f"{rule['clause']}-{rule['testNumber']}: {rule['description']}" for rule in rules]


def main(arguments: Sequence[str]) -> int:
    """Fetch the jar, or examine documents; returns the exit code."""
    if list(arguments) == ["fetch"]:
        print(class_path(POM))
        return 0
    found = broken_rules([Path(one) for one in arguments])
    for name, rules in found.items():
        print(name, "; ".join(rules) or "breaks no rule of PDF/UA-1")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
