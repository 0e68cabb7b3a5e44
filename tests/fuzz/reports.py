"""Spoilt bodies to every kind of door that takes one: refused in words, or taken as they are; never a fault of ours."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from bridge.rules.wire import rfc3339
from tests.flows.house import CONFERENCE, MORNING_MS, PATIENCE_S, SITTING
from tests.fuzz.frames import sound
from tests.fuzz.spoiling import spoilt

ONE = f"/api/v1/conferences/{CONFERENCE}"
POINT = "00178-01"
MORNING = "2026-03-07T07:00:00+07:00"
TOLD: Sequence[tuple[str, str, str, Any]] = (
    ("organiser", "POST", f"{ONE}/phase", {"phase": "open", "version": 0}),
    ("organiser", "POST", f"{ONE}/incidents", {"trouble": "no_sound", "points": [POINT], "note": "x"}),
    ("organiser", "POST", f"{ONE}/incidents/1", {"do": "assign", "to": "coordinator"}),
    ("organiser", "POST", f"{ONE}/notices", {"text": "lời", "points": [POINT], "units": ["006"], "confirm": True}),
    ("organiser", "POST", f"{ONE}/reminders", {"sitting": SITTING, "round": "opening", "points": [POINT]}),
    ("organiser", "POST", f"{ONE}/calls/{POINT}", {"do": "end", "outcome": "answered", "note": "x"}),
    (
        "organiser",
        "PUT",
        f"{ONE}/duty",
        [{"name": "An", "phone": "0900", "from": MORNING, "to": MORNING, "unit": "006"}],
    ),
    ("organiser", "PUT", f"{ONE}/names", {"names": True, "keep_days": 30}),
    (
        "organiser",
        "POST",
        "/api/v1/conferences",
        {
            "id": "moi",
            "title": "Mới",
            "unit": "01",
            "hotline": {"name": "An", "phone": "0900"},
            "sittings": [{"day": "2027-01-01", "starts_at": "08:00", "ends_at": "11:00", "rehearsal": False}],
            "points": {"under": ["006"], "but": [POINT]},
            "expected": {"2027-01-01-am": {POINT: 4}},
        },
    ),
    ("admin", "POST", "/api/v1/clusters", {"name": "Cụm", "units": ["00178"], "code": "C-77"}),
    ("admin", "PATCH", "/api/v1/accounts/spare-viewer", {"name": "Tạm", "role": "viewer", "scope": "006"}),
    ("admin", "POST", "/api/v1/people/held", {"name": "Nguyễn Văn Không", "phone": "0900 111 222"}),
    ("viewer", "POST", "/api/v1/tokens", {"name": "x", "role": "viewer", "scope": "006", "expires_at": MORNING}),
    ("nobody", "POST", "/api/v1/attend", {"id": "0" * 36, "point": POINT, "code": "x", "badge": "B" * 34}),
    ("nobody", "POST", "/api/v1/links/abcdefghijkl/session", {"secret": "", "device": "x", "pin": "1234"}),
)
LAST: Sequence[tuple[str, str, str, Any]] = (
    ("coordinator", "POST", "/api/v1/registry/links", {"points": ["00178-09"], "all": False}),
)
"""What may, once spoilt, take away the keys with which the halls report."""
TALKS_AT_ONCE = 4


@dataclass
class Answered:
    asked: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def posted(address: str, people: Mapping[str, Mapping[str, str]], bodies: int, chance: int) -> Answered:
    """So many bodies, half of them reports of a hall."""
    answered = Answered()

    async def one_after_another(number: int, http: aiohttp.ClientSession) -> None:
        lots = random.Random(f"{chance} {number}")
        while answered.asked < bodies:
            who, method, path, body = lots.choice(LAST) if answered.asked > bodies * 0.98 else _chosen(lots)
            raw = spoilt(msgspec.json.encode(body), lots)
            answered.asked += 1
            try:
                async with http.request(method, address + path, data=raw, headers=dict(people[who])) as answer:
                    status = answer.status
                    await answer.read()
            except (TimeoutError, aiohttp.ClientError) as broken:
                answered.wrong.append(f"{method} {path}: {broken!r} after {raw[:200]!r}")
                continue
            answered.statuses[status] = answered.statuses.get(status, 0) + 1
            if status >= 500:
                answered.wrong.append(f"{method} {path}: {status} after {raw[:300]!r}")

    patience = aiohttp.ClientTimeout(PATIENCE_S)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=patience) as http:
        await asyncio.gather(*(one_after_another(number, http) for number in range(TALKS_AT_ONCE)))
    return answered


def _chosen(lots: random.Random) -> tuple[str, str, str, Any]:
    if lots.random() < 0.5:
        return lots.choice(TOLD)
    acts = [msgspec.json.decode(each) for each in sound(POINT, lots)[4:]]
    batch = {"device": "phone", "sent_at": rfc3339(MORNING_MS), "acts": lots.sample(acts, lots.randint(1, 3))}
    return lots.choice(("operator", "organiser", "coordinator")), "POST", f"{ONE}/acts", batch
