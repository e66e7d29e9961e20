"""The launcher of the real Neo4j: it serves, it survives a kill, it leaves nothing behind, and it never skips."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import neo4j
import pytest
from neo4j.exceptions import AuthError, ServiceUnavailable

from tests import neo4j_server as launcher
from tests.neo4j_server import Neo4jServer, Neo4jUnavailable, connect_external, parse_url, wipe

LAUNCHER = launcher.__file__


def test_serves_the_pinned_version_with_a_password(neo4j_server: Neo4jServer) -> None:
    rows = neo4j_server.query("CALL dbms.components() YIELD versions, edition RETURN versions[0] AS v, edition AS e")
    assert rows == [{"v": "5.26.31", "e": "community"}]


def test_refuses_a_wrong_password(neo4j_server: Neo4jServer) -> None:
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=("neo4j", "wrong")) as driver, pytest.raises(AuthError):
        driver.verify_connectivity()


def test_url_is_enough_to_connect(neo4j_server: Neo4jServer, neo4j_url: str) -> None:
    assert parse_url(neo4j_url).query("RETURN 1 AS one") == [{"one": 1}]
    assert neo4j_server.password not in repr(neo4j_server)


@pytest.mark.parametrize("pairs", [10, 4000])
def test_wipe_deletes_everything_but_constraints(neo4j_server: Neo4jServer, neo4j_url: str, pairs: int) -> None:
    server = neo4j_server
    assert neo4j_url
    server.query("CREATE CONSTRAINT wiped IF NOT EXISTS FOR (n:Wiped) REQUIRE n.id IS UNIQUE")
    server.query("UNWIND range(1, $pairs) AS i CREATE (:Wiped {id: i})-[:NEXT]->(:Other)", pairs=pairs)
    wipe(server)
    assert server.query("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
    assert server.query("SHOW CONSTRAINTS YIELD name WHERE name = 'wiped' RETURN name") == [{"name": "wiped"}]
    server.query("DROP CONSTRAINT wiped")


def test_committed_data_survives_a_kill(killable_neo4j: Neo4jServer) -> None:
    server = killable_neo4j
    server.query("CREATE (:Kept {id: 1})")
    pids = [server.pid]
    server.kill()
    pids.append(server.pid)
    with server.driver() as driver, pytest.raises(ServiceUnavailable):
        driver.verify_connectivity()
    server.restart()
    pids.append(server.pid)
    assert pids[1] is None
    assert len(set(pids)) == 3
    assert server.query("MATCH (n:Kept) RETURN n.id AS id") == [{"id": 1}]


def test_a_database_that_is_not_empty_is_refused(neo4j_server: Neo4jServer, neo4j_url: str) -> None:
    neo4j_server.query("CREATE (:Somebody {s: 'data'})")
    with pytest.raises(Neo4jUnavailable, match=r"holds 1 nodes.*TRACEGRAPH_TEST_NEO4J_WIPE=1"):
        connect_external(neo4j_url, may_wipe=False)
    connected = connect_external(neo4j_url, may_wipe=True)
    assert connected.uri == neo4j_server.uri
    with pytest.raises(Neo4jUnavailable, match="was not started by the tests"):
        connected.kill()


def test_run_gives_the_command_a_server_and_takes_it_away(tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(
        "import os\n"
        "from tests.neo4j_server import parse_url\n"
        "server = parse_url(os.environ['TRACEGRAPH_TEST_NEO4J_URI'])\n"
        "print(server.port, server.query('RETURN 42 AS answer')[0]['answer'])\n"
        "raise SystemExit(7)\n"
    )
    root = str(Path(LAUNCHER).parents[1])
    done = subprocess.run(
        [sys.executable, LAUNCHER, "run", "--", sys.executable, str(probe)],
        env={**os.environ, "PYTHONPATH": root, "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    port, answer = done.stdout.split()
    assert answer == "42"
    assert not launcher._listens(int(port))
    assert list(tmp_path.glob(f"{launcher.HOME_PREFIX}*")) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a killed owner is recognised by /proc")
def test_the_next_start_ends_the_server_of_a_killed_run(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, LAUNCHER, "serve"], env=environment, stdout=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stdout is not None
        port = parse_url(killed.stdout.readline().strip()).port
        killed.send_signal(signal.SIGKILL)
    assert launcher._listens(port)
    reap = "from tests.neo4j_server import reap; reap()"
    subprocess.run([sys.executable, "-c", reap], env=environment, cwd=Path(LAUNCHER).parents[1], check=True)
    for _ in range(100):
        if not launcher._listens(port):
            break
        time.sleep(0.1)
    assert not launcher._listens(port)
    assert list(tmp_path.glob(f"{launcher.HOME_PREFIX}*")) == []


def test_missing_tools_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pom = shutil.copy(launcher.POM, tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Neo4jUnavailable, match=r"Maven \(mvn\) was not found.*apt-get install"):
        launcher.class_path(Path(pom))
    with pytest.raises(Neo4jUnavailable, match=r"Java was not found.*apt-get install"):
        launcher.find_java()


def test_class_path_is_asked_again_when_a_jar_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pom = Path(shutil.copy(launcher.POM, tmp_path))
    assert len(launcher.class_path(pom).split(os.pathsep)) > 200
    cache = next((tmp_path / "target").glob("classpath-*.txt"))
    monkeypatch.setenv("PATH", "")
    assert launcher.class_path(pom) == cache.read_text().strip()  # no Maven needed
    cache.write_text(str(tmp_path / "gone.jar"))
    with pytest.raises(Neo4jUnavailable, match="Maven"):
        launcher.class_path(pom)


@pytest.mark.parametrize("url", ["http://h:1", "bolt://h:1", "neo4j:password", "bolt://:pw@"])
def test_a_url_without_what_is_needed_is_refused(url: str) -> None:
    with pytest.raises(Neo4jUnavailable, match="has the form"):
        parse_url(url)


def test_password_with_special_characters_survives_the_url() -> None:
    server = parse_url("neo4j+s://user:p%40ss%2Fw@db.example:7688")
    assert (server.uri, server.user, server.password) == ("neo4j+s://db.example:7688", "user", "p@ss/w")
    assert parse_url(server.url) == server
