"""What the head of every answer says, whatever is answered."""

from collections.abc import Mapping
from email.utils import formatdate
from time import time

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.abc import AbstractStreamWriter

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; "
        "img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
    # Which library of which version answers is nobody's business.
    "Server": "bridge",
}
ON_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}
"""Once a browser has met us over https it takes nothing less; without subdomains, which may not be ours."""
JSON = "application/json"


class Dress:
    """The headers of a house, for one of its answers after the other."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._server = headers[hdrs.SERVER]
        self._usual = {**headers, hdrs.CACHE_CONTROL: "no-store"}
        self._second = 0
        self._head = b""

    async def put_on(self, _request: web.Request, response: web.StreamResponse) -> None:
        # The library has put its own name there before us.
        response.headers[hdrs.SERVER] = self._server
        # What a handler has said itself stands.
        response.headers.merge(self._usual)

    def head(self) -> bytes:
        """Of a JSON answer of which all is well, up to the number that is its length. Made once a second."""
        second = int(time())
        if second != self._second:
            said = {hdrs.CONTENT_TYPE: JSON, hdrs.DATE: formatdate(second, usegmt=True), **self._usual}
            lines = [f"{name}: {value}\r\n" for name, value in said.items()]
            self._head = f"HTTP/1.1 200 OK\r\n{''.join(lines)}{hdrs.CONTENT_LENGTH}: ".encode()
            self._second = second
        return self._head


DRESS: web.AppKey[Dress] = web.AppKey("dress", Dress)


class Ready(web.StreamResponse):
    """JSON of which all is well, and nothing else to be said: head and body leave in one piece.

    The library puts the head of each answer together name by name and looks over every letter of it; of this one only
    the length is new. A handler that has a header of its own to add takes `web.Response`.
    """

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._whole = body
        self._gone = False

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        if not (isinstance(request, web.Request) and request.keep_alive and request.version == HttpVersion11):
            # Somebody old, or who wants to go: the library knows what to tell them.
            self.content_type = JSON
            self.content_length = len(self._whole)
            return await super().prepare(request)
        writer = request.writer
        await writer.write(b"%b%d\r\n\r\n%b" % (request.app[DRESS].head(), len(self._whole), self._whole))
        await writer.drain()
        self._gone = True
        return writer

    async def write_eof(self, data: bytes = b"") -> None:
        if not self._gone:
            await super().write_eof(self._whole)

    @property
    def keep_alive(self) -> bool | None:
        return self._gone or super().keep_alive
