"""How something sound is spoilt: a byte here, a wrong kind of value there, too much of everything. The same lots, the same spoils."""

import json
import random
from collections.abc import Callable
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, -(2**70), 1e308, 0.1, "", "\x00", "\u202e\u0000x", "=1+1", "\ud800", "x" * 5_000,
    [], {}, [[[[]]]], {"type": "hello"}, "9999-12-31T23:59:59+14:00", "00178-01", "../../etc/passwd",
)  # fmt: skip
DEEP = 100_000


def spoilt(sound: bytes, lots: random.Random) -> bytes:
    """Something like `sound`, and mostly not sound."""
    return lots.choice(_WAYS)(sound, lots)


def _flipped(sound: bytes, lots: random.Random) -> bytes:
    raw = bytearray(sound or b"x")
    for _ in range(lots.randint(1, 4)):
        raw[lots.randrange(len(raw))] ^= 1 << lots.randrange(8)
    return bytes(raw)


def _cut(sound: bytes, lots: random.Random) -> bytes:
    return sound[: lots.randrange(len(sound) + 1)]


def _stuffed(sound: bytes, lots: random.Random) -> bytes:
    at = lots.randrange(len(sound) + 1)
    return sound[:at] + lots.randbytes(lots.randint(1, 40)) + sound[at:]


def _repeated(sound: bytes, lots: random.Random) -> bytes:
    at, until = sorted((lots.randrange(len(sound) + 1), lots.randrange(len(sound) + 1)))
    return sound[:until] + sound[at:until] * lots.randint(1, 30) + sound[until:]


def _no_text(sound: bytes, lots: random.Random) -> bytes:
    return sound.replace(b'":"', lots.choice((b'":"\xff\xfe', b'":"\xc3(', b'":"\xed\xa0\x80', b'":"\xf8\x88')), 1)


def _deep(sound: bytes, lots: random.Random) -> bytes:
    opened, closed = lots.choice(((b"[", b"]"), (b'{"a":', b"}")))
    depth = lots.choice((50, 900, 1_500, DEEP // len(opened)))
    return sound[:-1] + b',"deep":' + opened * depth + b"0" + closed * depth + b"}"


def _long(sound: bytes, lots: random.Random) -> bytes:
    return sound[:-1] + b',"long":"' + b"x" * lots.choice((1_000, 4_096, 16_384, 70_000, 300_000)) + b'"}'


def _wrong_kind(sound: bytes, lots: random.Random) -> bytes:
    """One value of another kind, wherever it stands."""
    said = json.loads(sound)
    holder, name = lots.choice(list(_places(said)))
    holder[name] = lots.choice(ODD)
    # As it may stand in JSON: halves of letters too.
    return json.dumps(said).encode()


def _lacking(sound: bytes, lots: random.Random) -> bytes:
    said = json.loads(sound)
    holder, name = lots.choice(list(_places(said)))
    del holder[name]
    return json.dumps(said).encode()


def _twice(sound: bytes, lots: random.Random) -> bytes:
    said = json.loads(sound)
    name = lots.choice(list(said))
    return sound[:-1] + f",{json.dumps(name)}:{json.dumps(lots.choice(ODD))}}}".encode()


def _places(said: Any) -> list[tuple[Any, Any]]:
    inner = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    found: list[tuple[Any, Any]] = []
    for name, value in inner:
        found += [(said, name), *_places(value)]
    return found


def _sound(sound: bytes, _lots: random.Random) -> bytes:
    return sound


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped, _flipped, _cut, _stuffed, _repeated, _no_text, _deep, _long, _wrong_kind, _wrong_kind, _wrong_kind, _lacking,
    _lacking, _twice, _sound,
)  # fmt: skip
