"""A receiver of webhooks on this machine, as a subscriber runs one."""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

LOOPBACK = (ipaddress.IPv4Network("127.0.0.0/8"),)


class Receiver:
    """What a subscriber runs: an HTTPS server that answers as it is told, and keeps what it got."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.location: str | None = None
        self.drip_s = 0.0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server.server_address[1]}/hook"


@contextmanager
def receiving(authority: trustme.CA) -> Iterator[Receiver]:
    """Run a receiver for the time of a with-block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            while kept.drip_s:
                self.wfile.write(b"H")
                time.sleep(kept.drip_s)
            self.send_response(kept.status)
            if kept.location:
                self.send_header("Location", kept.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    kept = Receiver(server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """Return what trusts the certificates of an authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
