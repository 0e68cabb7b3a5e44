"""Where a request comes from, and under which name it asked for us: what the line says, or a proxy that we trust."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import hdrs, web
from yarl import URL

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOPS = 20
"""More proxies than that stand before no server; what a stranger has written before them is not read."""
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""Names that no stranger's name server can give away: fine under whatever port a tunnel or a container has put before us."""


@dataclass(frozen=True)
class Arrivals:
    """The names that are ours, and whose word about others is believed."""

    hosts: Collection[str] = ()
    """As a browser sends them: with a port where the address bar has one. Empty: any name will do."""
    proxies: Sequence[Network] = ()
    """Whoever speaks from here says for whom; nobody else is asked."""
    https_only: bool = False
    """Whether everything that reaches a proxy over plain http is sent to https."""

    def address(self, request: web.Request) -> str:
        """Of whoever asks; "" when the line has none."""
        peer = request.remote or ""
        if not self.proxies:
            return peer
        said = request.headers.getall("X-Forwarded-For", ())
        return _came_from(tuple(self.proxies), peer, ",".join(said)[-1_000:]) if said else peer

    def ours(self, request: web.Request) -> bool:
        """Whether it asked for us by a name of ours.

        A stranger's page whose name suddenly points to this machine is known by that name. A proxy may put its own name
        for us there and say the asker's beside it: then both must be ours, for a stranger's page can send either.
        """
        if not self.hosts:
            return True
        # What stands in the request line itself (`GET http://...`) goes before the header, says the protocol.
        named, headers = request.host, request.headers.getall(hdrs.HOST, ())
        if len(headers) != 1 or not self._named(named) or (headers[0] != named and not self._named(headers[0])):
            return False
        said = self._said(request, "X-Forwarded-Host")
        return said is None or self._named(said)

    def plain(self, request: web.Request) -> bool:
        """Whether a proxy was asked over plain http, although everything here belongs on https."""
        return self.https_only and (self._said(request, "X-Forwarded-Proto") or "https") != "https"

    def _named(self, host: str) -> bool:
        host = host.lower()
        return host in self.hosts or _without_port(host) in LOOPBACK_NAMES

    def _said(self, request: web.Request, header: str) -> str | None:
        """The nearest trusted proxy's word; None where nobody who is trusted says anything."""
        if not self.proxies or header not in request.headers or not within(self.proxies, request.remote or ""):
            return None
        return request.headers.getall(header)[-1].rpartition(",")[2].strip().lower()


DIRECT = Arrivals()
"""Nobody stands between, and nobody looks at names: for parts of a house on their own."""
ARRIVALS: web.AppKey[Arrivals] = web.AppKey("arrivals", Arrivals)


def came_from(request: web.Request) -> str:
    """The address of whoever asks."""
    return request.app.get(ARRIVALS, DIRECT).address(request)


def loopback(host: str) -> bool:
    """Whether nobody but this machine itself reaches a server that listens there."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def stands_alone(peer: str, proxies: Sequence[Network]) -> bool:
    """Whether many may come by this address for whom it does not answer: this machine itself, and a proxy of ours."""
    return loopback(peer) or within(proxies, peer)


@lru_cache(10_000)
def neighbourhood(address: str) -> str:
    """Whose an address is: of the new ones everybody has as many as they like, side by side."""
    found = _address(address)
    return str(IPv6Network((int(found), 64), strict=False)) if isinstance(found, IPv6Address) else address


def hosts_of(origins: Collection[str]) -> frozenset[str]:
    """The names under which browsers ask for these origins; the usual port may stand there or not."""
    named = set()
    for origin in origins:
        at = URL(origin)
        bare = f"[{at.host}]" if at.host and ":" in at.host else at.host or ""
        named.add(f"{bare}:{at.port}")
        if at.is_default_port():
            named.add(bare)
    return frozenset(named)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


@lru_cache(2_000)
def _came_from(proxies: Sequence[Network], peer: str, said: str) -> str:
    """The nearest hop that is no proxy of ours. What lies before it anybody may have written."""
    nearest = peer
    for hop in reversed(said.split(",")[-HOPS:]):
        if not within(proxies, nearest):
            break
        address = _address(_bare(hop.strip()))
        if address is None:
            # Nobody's address: the proxy that passed it on is all that is known.
            break
        nearest = str(address)
    return nearest


def within(networks: Sequence[Network], text: str) -> bool:
    """Whether an address lies in one of these networks; what is no address lies in none."""
    address = _address(text)
    return address is not None and any(address in network for network in networks)


def _bare(hop: str) -> str:
    """Without the port that some proxies put behind an address."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    # A socket that takes both kinds names the old ones so.
    return getattr(found, "ipv4_mapped", None) or found
