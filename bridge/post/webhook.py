"""To another program: a POST that it can tell from a forged one, and that it knows when it comes again."""

import hashlib
import hmac
from collections.abc import Callable

import aiohttp
import msgspec

from bridge.post import Letter, NotSent
from bridge.rules.wire import rfc3339

PATIENCE_S = 10


class Webhook:
    """Signed with a secret that both sides hold. `now_s` is the world's time, which the receiver holds against its own."""

    name = "webhook"

    def __init__(self, http: aiohttp.ClientSession, url: str, secret: str, now_s: Callable[[], int]) -> None:
        self._http = http
        self._url = url
        self._secret = secret
        self._now_s = now_s

    async def send(self, letter: Letter) -> None:
        body = written(letter, self.name)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Bridge-Delivery": letter.id(self.name),
            "Bridge-Event": letter.kind.value,
            "Bridge-Signature": signature(self._secret, self._now_s(), body),
            "User-Agent": "bridge",
        }
        try:
            # Followed, a redirect would hand the letter to whoever the first receiver names. Nothing of the answer is
            # read but its status: there is no bound to be kept, and none of its words get into our book.
            async with self._http.post(
                self._url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
            ) as response:
                if not 200 <= response.status < 300:
                    raise NotSent(f"nơi nhận trả lời {response.status}")
        except TimeoutError as late:
            raise NotSent(f"nơi nhận không trả lời trong {PATIENCE_S} giây") from late
        # ValueError: a host's name that is none, which only the dialling finds out.
        except (aiohttp.ClientError, OSError, ValueError) as broken:
            raise NotSent("không kết nối được với nơi nhận") from broken


def written(letter: Letter, channel: str) -> bytes:
    """The body: the same bytes at every try."""
    return msgspec.json.encode(
        {
            "id": letter.id(channel),
            "conference": letter.conference,
            "position": letter.position,
            "kind": letter.kind.value,
            "incident": letter.incident,
            "at": rfc3339(letter.at_ms),
            "title": letter.title,
            "text": letter.text,
            "facts": msgspec.Raw(letter.facts),
        }
    )


def signature(secret: str, at_s: int, body: bytes) -> str:
    """`t=1772845200,v1=<hex>`: HMAC-SHA256 over `<t>.<body>`, so that an old letter cannot be shown as a new one."""
    digest = hmac.digest(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hex()
    return f"t={at_s},v1={digest}"
