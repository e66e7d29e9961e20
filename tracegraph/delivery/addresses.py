"""Connections to addresses that users name: never to one of our own network (SSRF)."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any, Final

import httpcore

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Prefixes under which an IPv6 address carries an IPv4 one: NAT64 (also the local-use one), 6to4, IPv4-compatible.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL: Final = ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
_PORTS: Final = frozenset({80, 443, 8443})


class BlockedAddress(Exception):
    """A name leads to an address that messages are not sent to, or names a port that they are not sent to."""


def is_blocked(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Return whether an address is not one of the public internet, or carries one that is not.

    Parameters
    ----------
    address : IPv4Address or IPv6Address
        As resolved.
    allowed : iterable of networks
        Networks that the operator allows all the same.
    """
    if any(address.version == network.version and address in network for network in allowed):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64_LOCAL:
            return True
        if address.is_site_local:  # withdrawn by RFC 3879, and still routed inside some networks
            return True
        inner = _carried(address)
        if inner is not None:
            return is_blocked(inner, allowed)
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside an IPv6 one, where there is one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def resolve(host: str, port: int) -> list[Address]:
    """Return all addresses of a name, in the order of the resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found))


class TimedStream(httpcore.NetworkStream):
    """A connection that ends at a moment, so that who answers a byte at a time holds nobody up.

    Parameters
    ----------
    inner : NetworkStream
        The connection.
    until : float
        When it ends, on the monotonic clock.
    """

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner, self._until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes within the time that is left."""
        return self._inner.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send within the time that is left."""
        self._inner.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Protect the connection within the time that is left."""
        left = self._left(timeout, httpcore.ConnectTimeout)
        return TimedStream(self._inner.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._inner.get_extra_info(info)

    def _left(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise late
        return left if timeout is None else min(timeout, left)


class GuardedBackend(httpcore.SyncBackend):
    """Resolves a name once, checks every address of it, and connects to one that was checked.

    Parameters
    ----------
    allowed : sequence of networks
        Networks that the operator allows though they are not public.
    any_port : bool
        Whether any port may be named.
    total_s : float
        Seconds that all of a connection may take, however slowly the other side speaks.
    """

    def __init__(self, allowed: Sequence[Network] = (), *, any_port: bool = False, total_s: float = 15.0) -> None:
        self._allowed = tuple(allowed)
        self._any_port = any_port
        self._total_s = total_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a checked address of a name.

        Raises
        ------
        BlockedAddress
            One of its addresses is blocked, or the port is not one of ours.
        """
        until = time.monotonic() + self._total_s
        if not self._any_port and port not in _PORTS:
            raise BlockedAddress(f"port {port}")
        try:
            addresses = resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        if not addresses or any(is_blocked(address, self._allowed) for address in addresses):
            raise BlockedAddress("address")
        inner = super().connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)
        return TimedStream(inner, until)
