"""Asking a server over HTTP as somebody with a session, as a browser would."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import aiohttp
import msgspec

from bridge.simulator.traffic import Traffic

PATIENCE_S = 20


class Unknown(Exception):
    """No answer: the server may have heard it or not. Ask again with the same id."""

    def __init__(self, why: str, after_s: float = 0) -> None:
        super().__init__(why)
        self.after_s = after_s


class Turned(Exception):
    """The server answered no, in words."""

    def __init__(self, status: int, path: str, body: Mapping[str, Any]) -> None:
        super().__init__(f"{path}: {status} {body.get('code', '')} {body.get('detail', '')}".strip())
        self.status = status
        self.code = str(body.get("code", ""))


@dataclass(slots=True)
class Asker:
    """One person's browser: its cookies, a CSRF token, and a server."""

    http: aiohttp.ClientSession
    """Shared by all; it must have a DummyCookieJar, since everybody keeps their own cookie here."""
    server: str
    traffic: Traffic
    headers: dict[str, str]
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    @property
    def cookie(self) -> str:
        """The header's words; empty for somebody who has not signed in."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, jpeg: bytes | None = None
    ) -> dict[str, Any]:
        """The JSON of a good answer. Raises Unknown where asking again is right, Turned where it is not."""
        headers = dict(self.headers)
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.csrf and method != "GET":
            headers["X-CSRF-Token"] = self.csrf
        data = jpeg
        if jpeg is not None:
            headers["Content-Type"] = "image/jpeg"
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = msgspec.json.encode(body)
        self.traffic.requests_in_flight += 1
        try:
            async with self.http.request(
                method, f"{self.server}{path}", data=data, headers=headers, timeout=aiohttp.ClientTimeout(PATIENCE_S)
            ) as response:
                raw = await response.read()
                status, given, cookies = response.status, response.headers, response.cookies
        except (aiohttp.ClientError, TimeoutError, OSError) as lost:
            raise Unknown(f"{path}: {type(lost).__name__} {lost}") from lost
        finally:
            self.traffic.requests_in_flight -= 1
        self.cookies |= {name: morsel.value for name, morsel in cookies.items()}
        answer = _json(raw)
        if status in (429, 502, 503, 504):
            after = given.get("Retry-After", "")
            raise Unknown(f"{path}: {status}", float(after) if after.isdigit() else 0)
        if status >= 400:
            raise Turned(status, path, answer)
        self.csrf = str(answer.get("csrf", self.csrf))
        return answer

    async def patiently(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, jpeg: bytes | None = None
    ) -> dict[str, Any]:
        """Ask for what must be had before anything else, as often as the server says later, in real time."""
        for attempt in range(8):
            try:
                return await self.ask(method, path, body, jpeg=jpeg)
            except Unknown as unknown:
                self.traffic.requests_in_flight += 1
                try:
                    await asyncio.sleep(max(unknown.after_s, 0.1 * 2**attempt))
                finally:
                    self.traffic.requests_in_flight -= 1
        return await self.ask(method, path, body, jpeg=jpeg)


class Stopwatch:
    """Real milliseconds since it was made."""

    def __init__(self) -> None:
        self._began = perf_counter()

    @property
    def ms(self) -> float:
        return (perf_counter() - self._began) * 1000


def _json(raw: bytes) -> dict[str, Any]:
    try:
        answer = msgspec.json.decode(raw) if raw else {}
    except msgspec.DecodeError:
        return {"detail": raw[:200].decode(errors="replace")}
    return answer if isinstance(answer, dict) else {"answer": answer}
