"""A real Neo4j for the tests, run straight from the local Maven repository: no Docker, no installation.

The class path comes from ``tools/neo4j/pom.xml``; home, configuration and password are made for each server in a
temporary folder that goes when the server goes. Invariant: this module ends only processes that it started itself,
each by its own process id.

As a command::

    python tests/neo4j_server.py run -- CMD     # a server for the time that CMD runs; URI_VARIABLE below names it
    python tests/neo4j_server.py serve          # a server until Ctrl-C; prints its URL
    python tests/neo4j_server.py wipe URL       # empties a database, keeping constraints and indexes
    python tests/neo4j_server.py fetch          # gets the jars and the class path, so that the first start is quick
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, LiteralString, Never
from urllib.parse import quote, unquote, urlsplit

import neo4j
from neo4j.exceptions import AuthError, Neo4jError, ServiceUnavailable

URI_VARIABLE: Final = "TRACEGRAPH_TEST_NEO4J_URI"
WIPE_VARIABLE: Final = "TRACEGRAPH_TEST_NEO4J_WIPE"
POM: Final = Path(__file__).resolve().parent.parent / "tools" / "neo4j" / "pom.xml"
START_LIMIT_S: Final = 120.0
STOP_LIMIT_S: Final = 60.0
MAVEN_LIMIT_S: Final = 900.0
ONE_TRANSACTION_ROWS: Final = 5000
JAVA_NEEDED: Final = 17
HOME_PREFIX: Final = "tracegraph-neo4j-"
INSTALL_HINT: Final = (
    "The tests run against a real Neo4j and never skip it. Install Java 17 or newer and Maven "
    "(Debian: apt-get install openjdk-17-jre-headless maven), run tools/setup.sh, "
    f"or set {URI_VARIABLE}=bolt://USER:PASSWORD@HOST:PORT to an empty database that may be emptied."
)
#: What Neo4j's own start script opens to its libraries.
JVM_OPTIONS: Final = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dlog4j2.disable.jmx=true",
)


class Neo4jUnavailable(RuntimeError):
    """No Neo4j for the tests; the message says what to install or to change."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Memory and compiler of a server."""

    heap: str
    page_cache: str
    transaction_memory: str
    quick_start: bool  # serial collector and first compiler only: starts sooner, runs slower


PROFILES: Final = {
    "test": Profile(heap="512m", page_cache="64m", transaction_memory="256m", quick_start=True),
    "bench": Profile(heap="1g", page_cache="512m", transaction_memory="512m", quick_start=False),
}


# --- what is needed: Java, Maven, the class path ---------------------------------------------------------------------


def find_java() -> str:
    """Path of a Java of the version needed; raises `Neo4jUnavailable` where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    if java is None:
        raise Neo4jUnavailable(f"Java was not found. {INSTALL_HINT}")
    told = subprocess.run([java, "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', told.stderr)
    if version is None or int(version[1]) < JAVA_NEEDED:
        first_line = (told.stderr or "no answer").splitlines()[0]
        raise Neo4jUnavailable(f"{java} is not Java {JAVA_NEEDED} or newer ({first_line}). {INSTALL_HINT}")
    return java


def class_path(pom: Path = POM) -> str:
    """Class path of the server: from the cache if every file is still there, else from Maven."""
    cache = pom.parent / "target" / f"classpath-{hashlib.sha256(pom.read_bytes()).hexdigest()[:16]}.txt"
    if cache.is_file():
        cached = cache.read_text(encoding="utf-8").strip()
        if cached and all(Path(jar).is_file() for jar in cached.split(os.pathsep)):
            return cached
    cache.parent.mkdir(parents=True, exist_ok=True)
    fresh = cache.with_suffix(f".{os.getpid()}")
    try:
        _resolve(pom, fresh)
        fresh.replace(cache)
    finally:
        fresh.unlink(missing_ok=True)
    return cache.read_text(encoding="utf-8").strip()


def _resolve(pom: Path, output: Path) -> None:
    """Have Maven write the class path to `output`: without network first, as the jars are mostly there."""
    maven = shutil.which("mvn")
    if maven is None:
        raise Neo4jUnavailable(f"Maven (mvn) was not found. {INSTALL_HINT}")
    command = [maven, "-B", "-q", "-f", str(pom), "dependency:build-classpath"]
    command += ["-DincludeScope=runtime", f"-Dmdep.outputFile={output}"]
    told = ""
    for offline in (["-o"], []):
        try:
            done = subprocess.run(
                [*command, *offline],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=MAVEN_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Neo4jUnavailable(f"Maven did not finish within {MAVEN_LIMIT_S:.0f} s; run tools/setup.sh") from error
        if done.returncode == 0 and output.is_file():
            return
        told = done.stdout
    raise Neo4jUnavailable(f"Maven could not fetch Neo4j's jars; it said:\n{tail(told)}\n{INSTALL_HINT}")


def tail(text: str, lines: int = 25) -> str:
    """Last lines of a text."""
    return "\n".join(text.splitlines()[-lines:])


def free_port() -> int:
    """A port that is free now; somebody may take it before we do, hence the one retry at start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- the server ------------------------------------------------------------------------------------------------------


@dataclass
class Neo4jServer:
    """One Neo4j: started here (then `home` and `process` are set) or met at `TRACEGRAPH_TEST_NEO4J_URI`."""

    uri: str
    user: str
    password: str = field(repr=False)
    home: Path | None = None
    profile: Profile = PROFILES["test"]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    owner: int = field(default_factory=os.getpid, repr=False)

    @property
    def url(self) -> str:
        """Address with user and password, as the store takes it."""
        scheme, rest = self.uri.split("://", 1)
        return f"{scheme}://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{rest}"

    @property
    def pid(self) -> int | None:
        """Process id while the server runs and is ours."""
        return self.process.pid if self.process is not None and self.process.poll() is None else None

    @property
    def port(self) -> int:
        """Bolt port."""
        return urlsplit(self.uri).port or 7687

    @contextlib.contextmanager
    def driver(self) -> Iterator[neo4j.Driver]:
        """A driver for the time of a with-block, that gives up soon when the server is down."""
        with neo4j.GraphDatabase.driver(
            self.uri,
            auth=(self.user, self.password),
            connection_timeout=5,
            connection_acquisition_timeout=10,
            max_transaction_retry_time=5,
        ) as driver:
            yield driver

    def query(self, text: LiteralString, **parameters: object) -> list[dict[str, object]]:
        """Rows of one statement, for a look at the store from outside."""
        with self.driver() as driver:
            return [record.data() for record in driver.execute_query(text, parameters).records]

    def kill(self) -> None:
        """SIGKILL, as a power cut to the process; `restart` brings the server back with what it had committed."""
        process = self._ours()
        if process.poll() is None:
            process.kill()
        process.wait(STOP_LIMIT_S)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL where that is not obeyed within 60 s; the home stays."""
        process = self._ours()
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def restart(self) -> None:
        """Stop the server if it runs and start it again: same home, data, password and port."""
        self.stop()
        self._start()

    def close(self) -> None:
        """Stop the server and remove its home; nothing happens to a server that is not ours. May be called twice."""
        atexit.unregister(self.close)
        if self.home is None or self.owner != os.getpid():
            return
        if self.process is not None:
            self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _ours(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise Neo4jUnavailable(f"the server at {self.uri} was not started by the tests: it cannot be stopped here")
        return self.process

    def _start(self) -> None:
        """Start the process and wait until it answers a query."""
        assert self.home is not None
        self.process = _spawn(self.home, self.profile)
        (self.home / "run" / "pid").write_text(f"{self.process.pid}\n", encoding="ascii")
        try:
            self._wait_until_ready(self.process)
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        last: Exception | None = None
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise Neo4jUnavailable(f"Neo4j ended with code {process.returncode}; it said:\n{self.console()}")
            if _listens(self.port):
                try:
                    with self.driver() as driver:
                        driver.verify_connectivity()
                        driver.execute_query("RETURN 1")  # the planner's first statement costs most of a second
                    return
                except AuthError:
                    raise
                except (ServiceUnavailable, Neo4jError, OSError) as error:
                    last = error
            time.sleep(0.05)
        raise Neo4jUnavailable(
            f"Neo4j did not answer within {START_LIMIT_S:.0f} s (last: {last!r}); it said:\n{self.console()}"
        )

    def console(self) -> str:
        """Last lines that the server wrote to its console."""
        log = self.home / "logs" / "console.log" if self.home is not None else None
        return tail(log.read_text(encoding="utf-8", errors="replace")) if log is not None and log.is_file() else ""


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _spawn(home: Path, profile: Profile) -> subprocess.Popen[bytes]:
    """Start the server process in a session of its own, so that Ctrl-C at the tests does not reach it first."""
    quick = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"] if profile.quick_start else []
    command = [find_java(), *JVM_OPTIONS, *quick, "-Xms128m", f"-Xmx{profile.heap}", "-cp", class_path()]
    command += ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}", f"--config-dir={home / 'conf'}"]
    environment = {key: value for key, value in os.environ.items() if key not in ("JAVA_OPTS", URI_VARIABLE)}
    environment |= {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    with (home / "logs" / "console.log").open("ab") as console:
        return subprocess.Popen(
            [*command, "--console-mode"],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _make_home(port: int, password: str, profile: Profile) -> Path:
    """A fresh home with configuration and password; only its owner may read it."""
    home = Path(tempfile.mkdtemp(prefix=HOME_PREFIX))
    for name in ("conf", "data/dbms", "logs", "run", "import", "plugins"):
        (home / name).mkdir(parents=True)
    (home / "conf" / "neo4j.conf").write_text(_configuration(port, profile), encoding="utf-8")
    (home / "data" / "dbms" / "auth.ini").write_text(_credentials("neo4j", password), encoding="ascii")
    (home / "run" / "owner").write_text(f"{os.getpid()}\n", encoding="ascii")
    return home


def _configuration(port: int, profile: Profile) -> str:
    """Contents of neo4j.conf; an unknown name, and a name given twice, end the start."""
    return f"""\
server.default_listen_address=127.0.0.1
server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
server.memory.heap.initial_size=128m
server.memory.heap.max_size={profile.heap}
server.memory.pagecache.size={profile.page_cache}
db.transaction.timeout=60s
db.memory.transaction.max={profile.transaction_memory}
db.tx_log.rotation.retention_policy=1 days 512M
db.tx_log.preallocate=false
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
"""


def _credentials(user: str, password: str) -> str:
    """Contents of auth.ini: SHA-256 over salt and password, 1,024 times. An undocumented format: for tests only."""
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(1023):
        digest = hashlib.sha256(digest).digest()
    return f"{user}:SHA-256,{digest.hex()},{salt.hex()},1024:\n"


def start(profile: str = "test") -> Neo4jServer:
    """Start a server of our own; a port that somebody else took meanwhile is tried once more."""
    reap()
    for last in (False, True):
        port, password = free_port(), secrets.token_hex(12)
        home = _make_home(port, password, PROFILES[profile])
        server = Neo4jServer(f"bolt://127.0.0.1:{port}", "neo4j", password, home, PROFILES[profile])
        atexit.register(server.close)
        try:
            server._start()
        except BaseException as error:
            port_taken = "BindException" in server.console() or "already in use" in server.console()
            server.close()
            if last or not (isinstance(error, Neo4jUnavailable) and port_taken):
                raise
        else:
            return server
    raise AssertionError("unreachable")


def reap() -> None:
    """End servers of this module whose test run was killed before it could; each is known by its home and its pid."""
    for home in Path(tempfile.gettempdir()).glob(f"{HOME_PREFIX}*"):
        try:
            owner = int((home / "run" / "owner").read_text(encoding="ascii"))
            pid = int((home / "run" / "pid").read_text(encoding="ascii"))
            if Path("/proc", str(owner)).exists() or not Path("/proc/self").exists():
                continue
            if f"--home-dir={home}".encode() in Path("/proc", str(pid), "cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
        except FileNotFoundError:
            if not (home / "run" / "pid").is_file():
                continue  # being made at this moment, or by a version that wrote none
        except (OSError, ValueError):
            continue  # somebody else's, or gone meanwhile
        shutil.rmtree(home, ignore_errors=True)


# --- a server of somebody else, and emptying -------------------------------------------------------------------------


def parse_url(url: str) -> Neo4jServer:
    """A server known by its URL ``bolt://USER:PASSWORD@HOST:PORT``."""
    parts = urlsplit(url)
    if not re.fullmatch(r"(bolt|neo4j)(\+s|\+ssc)?", parts.scheme) or parts.hostname is None or parts.password is None:
        raise Neo4jUnavailable("a Neo4j URL has the form bolt://USER:PASSWORD@HOST:PORT (or neo4j://...)")
    address = parts.netloc.rpartition("@")[2]
    return Neo4jServer(f"{parts.scheme}://{address}", unquote(parts.username or "neo4j"), unquote(parts.password))


def connect_external(url: str, *, may_wipe: bool) -> Neo4jServer:
    """The server at `url`, refused where its database is not empty, unless told that it may be wiped."""
    server = parse_url(url)
    try:
        nodes = server.query("MATCH (n) RETURN count(n) AS nodes")[0]["nodes"]
    except (ServiceUnavailable, Neo4jError, OSError) as error:
        raise Neo4jUnavailable(f"{URI_VARIABLE} names {server.uri}, which does not serve: {error}") from error
    if nodes and not may_wipe:
        raise Neo4jUnavailable(
            f"the database at {server.uri} holds {nodes} nodes, and the tests would delete them. "
            f"Name an empty one, or set {WIPE_VARIABLE}=1 if all of it may go."
        )
    return server


def wipe(server: Neo4jServer) -> None:
    """Delete all relationships and nodes; constraints and indexes stay.

    Small graphs, as most tests make them, go in one transaction (15 ms); larger ones in batches, relationships first,
    so that no hub makes a transaction too large.
    """
    with server.driver() as driver, driver.session() as session:
        size = session.run("RETURN COUNT { () } AS nodes, COUNT { ()-->() } AS relationships").single(strict=True)
        if size["nodes"] + size["relationships"] <= ONE_TRANSACTION_ROWS:
            session.run("MATCH (n) DETACH DELETE n").consume()
            return
        session.run("MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 5000 ROWS").consume()
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


# --- the command line ------------------------------------------------------------------------------------------------


def _terminate(number: int, _frame: object) -> Never:
    """End by an exception, so that the server is closed on the way out."""
    sys.exit(128 + number)


def _run(command: Sequence[str], profile: str) -> int:
    """Run a command beside a server, and give back its exit code."""
    server = start(profile)
    try:
        with subprocess.Popen(command, env={**os.environ, URI_VARIABLE: server.url}) as child:
            try:
                return child.wait()
            except BaseException:
                child.terminate()
                raise
    finally:
        server.close()


def _serve(profile: str) -> int:
    server = start(profile)
    try:
        print(server.url, flush=True)
        assert server.process is not None
        return server.process.wait()
    finally:
        server.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="neo4j_server.py", description="A real Neo4j for tests and measurements.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help=f"run a command with {URI_VARIABLE} set to a fresh server")
    serve = commands.add_parser("serve", help="start a server and print its URL, until Ctrl-C")
    for one in (run, serve):
        one.add_argument("--profile", choices=sorted(PROFILES), default="test", help="memory and compiler")
    run.add_argument("cmd", nargs=argparse.REMAINDER, metavar="-- CMD")
    commands.add_parser("wipe", help="empty a database, keeping constraints").add_argument("url")
    commands.add_parser("fetch", help="get the jars and the class path")
    told = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        if told.command == "run":
            cmd = told.cmd[1:] if told.cmd[:1] == ["--"] else told.cmd
            if not cmd:
                parser.error("run needs a command: run -- CMD")
            return _run(cmd, told.profile)
        if told.command == "serve":
            return _serve(told.profile)
        if told.command == "wipe":
            wipe(parse_url(told.url))
        else:
            find_java()
            print(f"{len(class_path().split(os.pathsep))} jars")
    except KeyboardInterrupt:
        return 130
    except Neo4jUnavailable as error:
        print(error, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
