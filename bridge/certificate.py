"""The server's certificate: read at the start, and again when it was renewed, without a connection lost."""

import asyncio
import os
import ssl
from pathlib import Path

import structlog

from bridge.notdone import NotDone

log = structlog.get_logger("certificate")


class Certificate:
    """Raises NotDone when the files cannot be served."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._certificate = certificate
        self._key = key
        self.context = self._read()
        self._seen = self._stamps()

    async def by_the_clock(self) -> str:
        """Take a renewed certificate up. Never fails: the old one stands until the files are right."""
        if self._stamps() == self._seen:
            return "unchanged"
        return await self.renew()

    async def renew(self) -> str:
        self._seen = self._stamps()
        try:
            # Apart first: half of a pair in the context that is being served would refuse everybody.
            await asyncio.to_thread(self._read)
            self.context.load_cert_chain(self._certificate, self._key)
        except (NotDone, OSError) as wrong:
            log.error("certificate-unusable", why=str(wrong))
            return "unusable"
        log.info("certificate-renewed")
        return "renewed"

    def _read(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # Sockets and old phones speak HTTP/1.1 here: saying so spares a browser its question.
        context.set_alpn_protocols(["http/1.1"])
        try:
            # An empty password: a key that wants one must fail, not ask at a terminal that nobody watches.
            context.load_cert_chain(self._certificate, self._key, password="")
        except OSError as wrong:
            raise NotDone(
                f"server.tls_cert = {str(self._certificate)!r} with server.tls_key = {str(self._key)!r} cannot be served "
                f"({_said(wrong)}); name a PEM certificate with its chain and its unencrypted key, readable by this user"
            ) from wrong
        return context

    def _stamps(self) -> tuple[tuple[int, int] | None, ...]:
        """What changes with a renewal, also of a link that points elsewhere now."""
        return tuple(_stamp(file) for file in (self._certificate, self._key))


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _said(wrong: OSError) -> str:
    if isinstance(wrong, ssl.SSLError):
        return wrong.reason or "not PEM"
    return wrong.strerror or str(wrong)
