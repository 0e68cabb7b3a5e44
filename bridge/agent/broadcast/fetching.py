"""Bounded reads from an origin that may be slow, broken or hostile: never more bytes, time or redirects than allowed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp
import msgspec

CHUNK = 16 * 1024


class Bounds(msgspec.Struct, frozen=True):
    """What one look may cost."""

    list_bytes: int = 1024 * 1024
    head_bytes: int = 64 * 1024
    """Of the newest segment: enough to know that pictures come, and an eighth of what the room's own player takes."""
    read_s: float = 6
    """For one answer, from dialling to its last byte. Less than the shortest patience, so that a try may fail in time."""
    redirects: int = 3


class Unread(Exception):
    """It could not be read; the message says why, without the address: that may hold a key."""


class Found(msgspec.Struct, frozen=True):
    """A list as it came."""

    raw: bytes
    url: str
    """Where it was found in the end: what it names lies relative to that."""
    now_ms: int | None
    """What time it was at the origin."""


def stream_url(text: str) -> str:
    """The address of a broadcast. Raises ValueError that says what is wrong with it."""
    wrong = f"địa chỉ luồng phát {text!r} không đúng; ví dụ: https://phat.example.vn/hoinghi/master.m3u8"
    try:
        parts = urlsplit(text.strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError as broken:
        raise ValueError(wrong) from broken
    if not good:
        raise ValueError(wrong)
    return text.strip()


def opened_session(bounds: Bounds) -> aiohttp.ClientSession:
    """One for each room: it keeps no cookies, which could pile up, and unpacks nothing, which could grow."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=bounds.read_s),
        connector=aiohttp.TCPConnector(limit=2),
        headers={"Accept-Encoding": "identity", "User-Agent": "bridge-agent"},
        auto_decompress=False,
        read_bufsize=CHUNK,
    )


async def read_list(http: aiohttp.ClientSession, url: str, bounds: Bounds) -> Found:
    """A playlist, whole. Raises Unread."""
    # As a player asks: past the caches, 800 rooms would all be at the origin's door.
    async with _asked(http, url, {}, bounds) as answer:
        if (answer.content_length or 0) > bounds.list_bytes:
            raise Unread(f"the list has {answer.content_length} bytes")
        raw, more = await _head(answer, bounds.list_bytes)
        if more:
            raise Unread(f"the list has more than {bounds.list_bytes} bytes")
        return Found(raw, str(answer.url), _now_ms(answer.headers))


async def read_head(
    http: aiohttp.ClientSession, url: str, part: tuple[int, int] | None, bounds: Bounds
) -> tuple[int, int | None]:
    """The first bytes of a segment: how many came, and how many it has as far as the origin says. Raises Unread."""
    first, length = part or (0, None)
    wanted = min(bounds.head_bytes, length or bounds.head_bytes)
    async with _asked(http, url, {"Range": f"bytes={first}-{first + wanted - 1}"}, bounds) as answer:
        raw, more = await _head(answer, wanted)
        if not raw:
            raise Unread("the segment is empty")
        if length is None:
            length = _whole(answer) if answer.status == 206 else answer.content_length
            length = len(raw) if length is None and not more else length
        return len(raw), length


@asynccontextmanager
async def _asked(
    http: aiohttp.ClientSession, url: str, headers: Mapping[str, str], bounds: Bounds
) -> AsyncIterator[aiohttp.ClientResponse]:
    try:
        async with http.get(url, headers=headers, max_redirects=bounds.redirects) as answer:
            if answer.status not in (200, 206):
                raise Unread(f"answered {answer.status}")
            yield answer
    except TimeoutError as late:
        raise Unread(f"no answer within {bounds.read_s:g} s") from late
    # ValueError: an address in the list that is none.
    except (aiohttp.ClientError, OSError, ValueError) as failed:
        raise Unread(f"not reached ({type(failed).__name__})") from failed


async def _head(answer: aiohttp.ClientResponse, most: int) -> tuple[bytes, bool]:
    """At most so many bytes, and whether there are more. What is left unread is hung up on, not waited for."""
    raw = bytearray()
    while len(raw) <= most:
        chunk = await answer.content.read(CHUNK)
        if not chunk:
            return bytes(raw), False
        raw += chunk
    answer.close()
    return bytes(raw[:most]), True


def _whole(answer: aiohttp.ClientResponse) -> int | None:
    """`Content-Range: bytes 0-65535/412096`."""
    whole = answer.headers.get("Content-Range", "").rpartition("/")[2]
    return int(whole) if whole.isdecimal() and len(whole) < 16 else None


def _now_ms(headers: Mapping[str, str]) -> int | None:
    """The origin's own time: a room's clock may be minutes wrong. A cache adds how long it has kept the answer."""
    try:
        made = parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError, TypeError):
        return None
    age = headers.get("Age", "0").strip()
    kept_s = int(age) if age.isdecimal() and len(age) < 9 else 0
    return round((made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp() * 1000) + kept_s * 1000
