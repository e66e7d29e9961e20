"""The reply to a commit is lost: nobody knows what happened, and that is what is said; a record tells afterwards."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.contract.build import LATER, LENS, NOW, change_set, supplies
from tests.contract.build_records import beside, put, versions
from tests.neo4j_server import Neo4jServer
from tracegraph.errors import CommitUnknown
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.rows import RecordWrite

#: The message COMMIT as it goes over the wire: a chunk of two bytes, and the end of the chunks.
COMMIT = b"\x00\x02\xb0\x12\x00\x00"
#: What the driver has open of a connection that was cut, it may leave to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Proxy:
    """Stands between a store and its server, and loses the reply to COMMIT when told to.

    Parameters
    ----------
    port : int
        The server's, on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.loss: str | None = None  # "cut" or "hang"
        self._open: list[socket.socket] = [self._listening]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Close everything."""
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [client, server]
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        """Carry bytes to and fro until an end closes, or the reply to a commit is to be lost."""
        with contextlib.suppress(OSError), selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    here, there = (client, server) if key.fileobj is client else (server, client)
                    data = here.recv(65536)
                    if not data:
                        there.shutdown(socket.SHUT_RDWR)
                        return
                    there.sendall(data)
                    if here is client and COMMIT in data and self.loss:
                        server.recv(65536)  # the server has committed, and says so
                        if self.loss == "cut":
                            client.shutdown(socket.SHUT_RDWR)
                        return


@pytest.fixture
def proxy(neo4j_server: Neo4jServer) -> Iterator[Proxy]:
    """A way to the server that may lose replies."""
    proxy = Proxy(neo4j_server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def store(neo4j_url: str, neo4j_server: Neo4jServer, proxy: Proxy) -> Iterator[Neo4jStore]:
    """A store with one claim and one record, reached over the proxy."""
    direct = Neo4jStore(neo4j_url)
    direct.init()
    direct.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    put(direct, "job", "a", 1)
    direct.close()
    user = {"user": neo4j_server.user, "password": neo4j_server.password}
    store = Neo4jStore(f"bolt://127.0.0.1:{proxy.port}", timeout_s=2.0, **user)
    yield store
    store.close()


@pytest.mark.parametrize("loss", ["cut", "hang"])
def test_a_lost_reply_to_a_commit(store: Neo4jStore, proxy: Proxy, loss: str) -> None:
    assert store.version(LENS) == 1
    proxy.loss = loss
    with pytest.raises(CommitUnknown, match="while a change was being committed"):
        put(store, "job", "a", 2, expected_version=1)
    assert versions(store, "job") == [("a", 2, 2)]  # reads commit nothing, and so lose nothing
    with pytest.raises(CommitUnknown):
        store.apply(change_set(supplies("f2/g", "s1/g")), LATER, beside=beside(RecordWrite("job", "b", {"says": 1})))
    with pytest.raises(CommitUnknown):
        store.retract(LATER, change_set=1, beside=beside(RecordWrite("job", "c", {"says": 1})))
    proxy.loss = None
    assert versions(store, "job") == [("a", 2, 2), ("b", 1, 1), ("c", 1, 1)]
    assert store.version(LENS) == 3
