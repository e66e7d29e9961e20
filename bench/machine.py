"""What is read from the machine: memory of a process, size of a store, load, versions."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from tests.neo4j_server import Neo4jServer


def resident_mb(pid: int | str = "self") -> float:
    """Return the resident memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise ValueError(f"process {pid} shows no resident memory")


def size_mb(*paths: Path) -> float:
    """Return the size of files and folders in MB."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    return round(sum(file.stat().st_size for file in files) / 2**20, 1)


def load() -> float:
    """Return the load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def server_state(server: Neo4jServer) -> Mapping[str, float | None]:
    """Return resident memory of a Neo4j and the size of its data folder in MB; None where it runs elsewhere."""
    rows = server.query("SHOW SETTINGS 'server.directories.run', 'server.directories.data' YIELD name, value")
    folders = {str(row["name"]).rpartition(".")[2]: Path(str(row["value"])) for row in rows}
    pid = folders["run"] / "pid"
    known = pid.is_file() and folders["data"].is_dir()
    return {
        "resident_mb": resident_mb(pid.read_text(encoding="ascii").strip()) if known else None,
        "disk_mb": size_mb(folders["data"]) if known else None,
    }


def machine(server: Neo4jServer | None) -> dict[str, str | int]:
    """Return what the measurements ran on; no names of hosts."""
    memory = next(line for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines() if "MemTotal" in line)
    found: dict[str, str | int] = {
        "cores": os.cpu_count() or 0,
        "memory_gb": round(int(memory.split()[1]) / 2**20),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "networkx": version("networkx"),
        "numpy": version("numpy"),
    }
    if server is not None:
        rows = server.query("CALL dbms.components() YIELD name, versions, edition")
        kernel = next(row for row in rows if row["name"] == "Neo4j Kernel")
        versions = kernel["versions"]
        assert isinstance(versions, list)
        found |= {"neo4j": f"{versions[0]} {kernel['edition']}", "neo4j_driver": version("neo4j")}
    return found
