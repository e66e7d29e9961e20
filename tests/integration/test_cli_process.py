"""The command line as a process: exit codes, pipes, terminals, start-up."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from tracegraph.cli import main; main()"]
ROOT = Path(__file__).resolve().parents[2]
QUESTION = ["dependents", "--group", "demo-gloves", "--countries", "MY", "--valid-at", "2019-02-19"]


def environment(url: str, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "TRACEGRAPH_STORE": url, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **more}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with the seeds, filled by the demo itself."""
    address = f"sqlite:///{tmp_path_factory.mktemp('process')}/demo.db"
    done = subprocess.run([*COMMAND, "demo", "--store", address], env=environment(address), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return address


def on_a_terminal(args: list[str], env: dict[str, str], typed: bytes = b"") -> tuple[int, str]:
    """Run on a pseudo-terminal; return the exit code and what was shown."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([*COMMAND, *args], env=env, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    if typed:
        os.write(leader, typed)
    shown = b""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([leader], [], [], 0.1)[0]:
            try:
                read = os.read(leader, 65536)
            except OSError:
                break
            if not read:
                break
            shown += read
        elif process.poll() is not None:
            break
    os.close(leader)
    return process.wait(timeout=30), shown.decode()


def test_exit_codes(url: str, tmp_path: Path) -> None:
    def code(*args: str, store: str = url) -> int:
        return subprocess.run([*COMMAND, *args], env=environment(store), capture_output=True).returncode

    assert code(*QUESTION) == 0
    assert code("dependents") == 2
    assert code(*QUESTION, store=f"sqlite:///{tmp_path}/none.db") == 3
    assert code(*QUESTION, "--max-items", "1") == 4


def test_a_closed_pipe_is_no_error(url: str) -> None:
    line = f"{' '.join(repr(word) for word in COMMAND)} {' '.join(QUESTION)} --json | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"], env=environment(url), capture_output=True, text=True
    )
    assert done.stdout == "{"
    assert done.stderr == ""


def test_colour_on_a_terminal_and_only_there(url: str) -> None:
    env = environment(url, TERM="xterm-256color", COLUMNS="80", LINES="40")
    _, shown = on_a_terminal(QUESTION, env)
    assert "\x1b[1;31mestablished" in shown
    piped = subprocess.run([*COMMAND, *QUESTION], env=env, capture_output=True, text=True).stdout
    assert "\x1b" not in piped
    _, plain = on_a_terminal(QUESTION, {**env, "NO_COLOR": "1"})
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", plain)
    assert "established" in plain


def test_words_stand_beside_every_colour(url: str) -> None:
    env = environment(url, TERM="xterm-256color", COLUMNS="80", LINES="40")
    _, coloured = on_a_terminal(QUESTION, env)
    plain = subprocess.run([*COMMAND, *QUESTION], env=env, capture_output=True, text=True).stdout
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).replace("\r\n", "\n") == plain


def test_retract_asks_first_on_a_terminal(url: str, tmp_path: Path) -> None:
    own = f"sqlite:///{tmp_path}/own.db"
    env = environment(own, TERM="xterm", COLUMNS="80")
    (tmp_path / "suppliers.csv").write_text("supplier_id,name\ns1,One\n", encoding="utf-8")
    subprocess.run([*COMMAND, "import", str(tmp_path / "suppliers.csv")], env=env, check=True, capture_output=True)
    code, shown = on_a_terminal(["retract", "--import", "1"], env, b"n\n")
    assert code == 130
    assert "suppliers.csv" in shown
    assert "End import 1? (y/n)" in shown
    code, shown = on_a_terminal(["retract", "--import", "1"], env, b"y\n")
    assert code == 0
    assert "ended" in shown


def test_help_starts_quickly(url: str) -> None:
    subprocess.run([*COMMAND, "--help"], env=environment(url), capture_output=True)
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        subprocess.run([*COMMAND, "--help"], env=environment(url), capture_output=True, check=True)
        took.append(time.perf_counter() - begun)
    assert min(took) < 1.0


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom tracegraph.cli import main\n"
        "CliRunner().invoke(main, ['--help'])\n"
        "print(sorted({'numpy', 'scipy', 'networkx', 'neo4j', 'pycountry'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_interrupt_is_quiet(url: str, tmp_path: Path) -> None:
    code = (
        "import signal, os\nfrom tracegraph.cli import main\nfrom tracegraph.services import dependents\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.05)\n"
        "signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))\n"
        "import time\n"
        "@main.command('wait')\ndef wait():\n    time.sleep(10)\n"
        "main(['wait'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment(url), capture_output=True, text=True)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
