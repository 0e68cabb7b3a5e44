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
        self._seen = self._stamps()
        self.context = self._newest = self._read()
        # Every handshake asks for the newest pair. Reading it into this context instead would mean reading the files once
        # more, which may be others by then: half of a pair would refuse everybody, a locked key ask at the terminal.
        self.context.sni_callback = self._shows

    async def by_the_clock(self) -> str:
        """Take a renewed certificate up. Never fails: the old one stands until the files are right."""
        if self._stamps() == self._seen:
            return "unchanged"
        return await self.renew()

    async def renew(self) -> str:
        self._seen = self._stamps()
        try:
            self._newest = await asyncio.to_thread(self._read)
        except NotDone as wrong:
            log.error("certificate-unusable", why=str(wrong))
            return "unusable"
        log.info("certificate-renewed")
        return "renewed"

    def _shows(self, talk: ssl.SSLObject, _name: str | None, _ours: ssl.SSLContext) -> None:
        # Also for whoever names nobody: the callback is asked at each handshake.
        talk.context = self._newest

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
