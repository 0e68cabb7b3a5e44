"""Where the house stands: the port it listens on, and the names by which it is asked for."""

import errno
import socket
from ipaddress import ip_network

from bridge.house.stores import Unusable
from bridge.settings import Settings
from endpoints_registry.arriving import Arrivals, hosts_of

UNREAD_MS = 60_000
"""Whoever takes nothing of an answer for so long is gone, or wants to hold it for ever."""


def listening(settings: Settings) -> socket.socket:
    """The port, taken at once, so that an address in use is known before anything is opened to the world.

    Raises Unusable.
    """
    server = settings.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Every connection takes it over from here.
    taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
    try:
        taken.bind((server.host, server.port))
        taken.listen(1024)
    except OSError as failed:
        taken.close()
        if failed.errno == errno.EADDRINUSE:
            raise Unusable(
                f"port {server.port} on {server.host} is in use; stop who holds it, or choose another port"
            ) from failed
        raise Unusable(f"cannot listen on {server.host}:{server.port}: {failed.strerror}; mend [server]") from failed
    taken.setblocking(False)
    return taken


def address(settings: Settings, port: int) -> str:
    """Under which the world reaches us."""
    return settings.server.origins[0] if settings.server.origins else _own(settings, port)


def origins(settings: Settings, port: int) -> frozenset[str]:
    """Exactly the addresses under which browsers may show our pages."""
    if settings.server.origins:
        return frozenset(settings.server.origins)
    scheme = _own(settings, port).partition(":")[0]
    return frozenset(f"{scheme}://{host}:{port}" for host in {_written(settings.server.host), "127.0.0.1", "localhost"})


def arrivals(settings: Settings, port: int) -> Arrivals:
    """By which names, through which proxies and how safely people may come."""
    server = settings.server
    hosts = frozenset(server.hosts) or hosts_of([*server.origins, _own(settings, port)])
    https_only = bool(server.origins) and all(origin.startswith("https://") for origin in server.origins)
    return Arrivals(hosts, tuple(ip_network(each) for each in server.proxies), https_only)


def _own(settings: Settings, port: int) -> str:
    scheme = "https" if settings.server.tls_cert else "http"
    return f"{scheme}://{_written(settings.server.host)}:{port}"


def _written(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host
