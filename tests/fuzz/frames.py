"""Spoilt frames over both sockets: whatever comes, the talk ends with a code that is documented, and the server goes on."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from bridge.rules.wire import Close, rfc3339
from bridge.simulator.acts import uuid7
from tests.attacks.wire import UPGRADE, dialled, request
from tests.flows.house import CONFERENCE, MORNING_MS, PATIENCE_S, SITTING
from tests.fuzz.spoiling import spoilt

OURS = 1000
"""How we say goodbye when nothing was amiss."""
BROKEN = {1002, 1007, 1009}
"""The protocol's own words for frames that are none, text that is none, and too much of it (RFC 6455, 7.4.1)."""
DOCUMENTED = BROKEN | {OURS} | {each.value for each in Close}
TALKS_AT_ONCE = 8


@dataclass
class Heard:
    frames: int = 0
    talks: int = 0
    codes: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def sound(point: str, lots: random.Random) -> list[bytes]:
    """One of each kind of frame that somebody may say on either socket."""
    told = {"seq": 1, "at": rfc3339(MORNING_MS), "point": point}
    figures = {"sitting": SITTING, "round": "opening", "present": 40, "excused": 2, "unexcused": 1}
    acts: list[dict[str, object]] = [
        {"kind": "stage", "stage": "on_site"},
        {"kind": "perceived", "picture": "good", "sound": "poor", "line": "none"},
        {"kind": "count", **figures, "guests": 2, "reasons": {"ốm": 2}},
        {"kind": "incident", "fault": "no_sound", "note": "mất tiếng"},
        {"kind": "scan", "badge": "B" * 34},
        {"kind": "undo", "act": uuid7(MORNING_MS, lots)},
    ]
    frames: list[dict[str, object]] = [
        {"type": "hello", "device": "phone", "device_epoch": "a", "seq": 3, "journal_epoch": "b"},
        {"type": "beat", "rtt_ms": 40.5, "loss": 0.01, "stream": "fresh"},
        {"type": "bye"},
        {"type": "watch", "epoch": "x", "offset": 12},
        *({"type": "act", "id": uuid7(MORNING_MS, lots), **told, **act} for act in acts),
    ]
    return [msgspec.json.encode(frame) for frame in frames]


def _framed(payload: bytes, lots: random.Random) -> bytes:
    """As a client's frame, or as nearly one."""
    first, masked = 0x81, 0x80
    match lots.randrange(30):
        case 0:
            first = 0x82
        case 1:
            first = 0x80 | lots.randrange(16)
        case 2:
            first |= lots.choice((0x40, 0x20, 0x10))
        case 3:
            first = lots.choice((0x01, 0x00, 0x80))
        case 4:
            first, payload = lots.choice((0x89, 0x8A, 0x88)), payload[: lots.choice((0, 1, 2, 125, 200))]
        case _:
            pass
    size = len(payload)
    length = (
        bytes([masked | size])
        if size < 126
        else bytes([masked | 126]) + size.to_bytes(2, "big")
        if size < 65_536
        else bytes([masked | 127]) + size.to_bytes(8, "big")
    )
    # A mask of zeros is a mask.
    return bytes([first]) + length + bytes(4) + payload


GOODBYE = bytes([0x88, 0x82]) + bytes(4) + OURS.to_bytes(2, "big")


async def talked(
    address: str, board: Mapping[str, str], rooms: Mapping[str, Mapping[str, str]], frames: int, chance: int
) -> Heard:
    """So many frames altogether. `board`: the headers of somebody who may watch; `rooms`: those of each point's machine."""
    heard = Heard()

    async def one_after_another(number: int, point: str) -> None:
        lots = random.Random(f"{chance} {number}")
        ways = ((f"/ws/board?conference={CONFERENCE}", {**board, "Origin": address}), ("/ws/point", rooms[point]))
        while heard.frames < frames:
            path, headers = lots.choice(ways)
            said = (
                [lots.choice(sound(point, lots)[:1]) if lots.random() < 0.7 else b"{}"] if path == "/ws/point" else []
            )
            said += [spoilt(lots.choice(sound(point, lots)), lots) for _ in range(lots.randint(1, 6))]
            heard.frames += len(said)
            heard.talks += 1
            try:
                code = await _talk(address, path, headers, b"".join(_framed(each, lots) for each in said))
            except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as broken:
                heard.wrong.append(f"{path}: {broken!r} after {_shown(said)}")
                continue
            heard.codes[code] = heard.codes.get(code, 0) + 1
            if code not in DOCUMENTED:
                heard.wrong.append(f"{path}: {code} after {_shown(said)}")

    points = list(rooms)[:TALKS_AT_ONCE]
    await asyncio.gather(*(one_after_another(number, point) for number, point in enumerate(points)))
    return heard


def _shown(said: Sequence[bytes]) -> str:
    return " ".join(repr(each[:120]) for each in said)


async def _talk(address: str, path: str, headers: Mapping[str, str], raw: bytes) -> int:
    """The code with which the server ends a talk in which this was said."""
    reader, writer = await dialled(address)
    try:
        async with asyncio.timeout(PATIENCE_S):
            writer.write(request("GET", path, {**UPGRADE, **headers}))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 101"), head
            writer.write(raw + GOODBYE)
            return await _closed(reader)
    finally:
        writer.close()


async def _closed(reader: asyncio.StreamReader) -> int:
    while True:
        first, size = await reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await reader.readexactly(2), "big")
        elif size == 127:
            size = int.from_bytes(await reader.readexactly(8), "big")
        payload = await reader.readexactly(size)
        if first == 0x88:
            return int.from_bytes(payload[:2], "big") if payload else 1005


async def answers_still(address: str, board: Mapping[str, str], room: Mapping[str, str]) -> None:
    """Both sockets do what they are for."""
    hello = bytes([0x81, 0x80 | 32]) + bytes(4) + b'{"type":"hello","device":"last"}'
    for path, headers, said, first in (
        (f"/ws/board?conference={CONFERENCE}", {**board, "Origin": address}, b'{"type":"watch"}', b'"snapshot"'),
        ("/ws/point", room, b"", b'"welcome"'),
    ):
        reader, writer = await dialled(address)
        writer.write(request("GET", path, {**UPGRADE, **headers}))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(bytes([0x81, 0x80 | len(said)]) + bytes(4) + said if said else hello)
        async with asyncio.timeout(PATIENCE_S):
            await reader.readuntil(first)
        writer.close()
