"""A door: where it is, who may use it, what it takes and gives, and how it refuses."""

import base64
import hmac
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Protocol

import msgspec
from aiohttp import web
from pydantic import BaseModel

from endpoints_registry.access import Action, Caller

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CSRF_HEADER = "X-CSRF-Token"
LINK_HEADER = "Bridge-Link"
WALL_HEADER = "Bridge-Wall"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Open(Enum):
    """Rules for what needs no role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True)
class Route:
    """One door: where it is, who may use it, what it takes and gives."""

    method: str
    path: str
    handler: Handler
    rule: Action | Open
    summary: str
    query: type[BaseModel] | None = None
    body: type[Any] | None = None
    """A pydantic model or msgspec Struct, for the OpenAPI document; the handler reads the body itself."""
    body_type: str = "application/json"
    answers: Mapping[int, type[Any] | None] = field(default_factory=lambda: {200: None})
    answer_type: str | tuple[str, ...] = "application/json"
    """Of a good answer; several where the question says which."""
    page: bool = False
    """A page sends those who are not signed in to /login instead of answering 401."""
    socket: bool = False
    hidden: bool = False
    """Left out of the OpenAPI document (pages and files)."""
    costs: int = 0
    """What it takes of WORK, from whoever asks: about tenths of a second of ours. 0: nothing worth counting."""


@dataclass(frozen=True)
class Credential:
    """What a request proved, and whether a browser sent it by itself (then a CSRF token is asked for)."""

    caller: Caller
    ambient: bool
    secret: str
    """The session's own secret, from which its CSRF token derives."""
    terms: Hashable = None
    """What it was given beside a right, such as what a screen on a wall is to show: an open socket that began with others
    comes in anew."""

    @cached_property
    def csrf(self) -> str:
        """Worked out once for all requests of a session that is remembered."""
        return csrf_token(self.secret)


class Resolve(Protocol):
    """Finds out who asks, from the Authorization header, the cookie that `Bridge-Link` or `Bridge-Wall` names, or the session cookie."""

    def __call__(self, request: web.Request) -> Credential | Awaitable[Credential | None]:
        """At once where it is remembered: so it is with nearly every report."""


class Problem(web.HTTPException):
    """A refusal as RFC 9457 problem+json: `code` for programs, `detail` a sentence for people."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: object
    ) -> None:
        self.status_code = status
        self.code = code
        self.detail = detail
        body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **more}
        super().__init__(
            text=msgspec.json.encode(body).decode(), content_type="application/problem+json", headers=headers
        )


def nowhere() -> Problem:
    """Foreign equals nonexistent: one answer for both."""
    return Problem(404, "not_found", "Không có mục này, hoặc không thuộc phạm vi của bạn.")


CALLER: web.RequestKey[Caller] = web.RequestKey("caller", Caller)
CREDENTIAL: web.RequestKey[Credential] = web.RequestKey("credential", Credential)
SOCKET: web.RequestKey[web.WebSocketResponse] = web.RequestKey("socket", web.WebSocketResponse)
RESOLVE: web.AppKey[Resolve] = web.AppKey("resolve", Resolve)
ORIGINS: web.AppKey[Collection[str]] = web.AppKey("origins", Collection)


def csrf_token(secret: str) -> str:
    """The token that a page must repeat in a header: derived from the session, so that there is nothing to store."""
    digest = hmac.digest(secret.encode(), b"csrf", "sha256")
    return base64.urlsafe_b64encode(digest[:18]).decode()
