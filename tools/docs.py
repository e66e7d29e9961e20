"""Make the generated pages of docs/ again, or say which are stale: ``tools/docs.py [--check]``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent


def main() -> int:
    """Run every ``make_*_doc.py`` beside this file with the arguments given; 1 when one of them failed."""
    scripts = sorted(TOOLS.glob("make_*_doc.py"))
    runs = [subprocess.run([sys.executable, str(script), *sys.argv[1:]], check=False) for script in scripts]
    return int(any(run.returncode for run in runs))


if __name__ == "__main__":
    sys.exit(main())
