"""What rooms and phones send, prepared as bytes before the clock starts."""

import random
from datetime import datetime, timedelta, timezone

import msgspec

HANOI = timezone(timedelta(hours=7))
WORDS = ("good", "poor", "none")
HEARD = ("good", "poor")
"""Of picture and sound: to have none is no change of status but an incident, and every hall's at once is none of a day's."""
STAGES = ("line_tested", "chair_present", "in_session")
PERCEIVED_CYCLE = len(HEARD) ** 2 * len(WORDS)


class Ids:
    """UUIDv7, made as a client makes them: the time first, then chance."""

    def __init__(self, seed: int, now: datetime) -> None:
        self._die = random.Random(seed)
        self._ms = int(now.timestamp() * 1000)
        self._made = 0

    def next(self) -> str:
        # A thousand to the millisecond: the order of the ids is about that of their sending.
        self._made += 1
        ms = self._ms + self._made // 1000
        chance = self._die.getrandbits(74)
        value = ms << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & (1 << 62) - 1
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def perceived(count: int) -> dict[str, str]:
    """The `count`-th thing that a hall says of picture, sound and line; it says the same again after 12."""
    count %= PERCEIVED_CYCLE
    return {"picture": HEARD[count // 6], "sound": HEARD[count // 3 % 2], "line": WORDS[count % 3]}


COUNT_OF = {tuple(perceived(count).values()): count for count in range(PERCEIVED_CYCLE)}
"""Back from (picture, sound, line) to the number of the saying."""


def frame(act: str, seq: int, at: str, point: str, count: int) -> bytes:
    """A room's frame: the `count`-th saying of this hall."""
    return msgspec.json.encode(
        {"type": "act", "id": act, "seq": seq, "at": at, "point": point, "kind": "perceived", **perceived(count)}
    )


class Operator(msgspec.Struct):
    """One phone: whose point it is, and the headers that let it act."""

    point: str
    headers: dict[str, str]


class Prepared(msgspec.Struct):
    """A request with the id of its act."""

    act: str
    request: bytes


def requests(
    path: str, operator: Operator, sitting: str, ids: Ids, now: datetime, first_seq: int, count: int
) -> list[Prepared]:
    """This many requests of one phone, one act each: stages, sayings and counts in turn."""
    head = "".join(f"{name}: {value}\r\n" for name, value in operator.headers.items())
    start = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{head}Content-Length: "
    at = now.isoformat(timespec="milliseconds")
    prepared = []
    for seq in range(first_seq, first_seq + count):
        act = {"id": ids.next(), "seq": seq, "at": at, "point": operator.point, **_said(seq, sitting)}
        body = msgspec.json.encode({"device": f"phone-{operator.point}", "sent_at": at, "acts": [act]})
        prepared.append(Prepared(str(act["id"]), f"{start}{len(body)}\r\n\r\n".encode() + body))
    return prepared


def _said(seq: int, sitting: str) -> dict[str, object]:
    match seq % 3:
        case 0:
            return {"kind": "stage", "stage": STAGES[seq // 3 % 3]}
        case 1:
            return {"kind": "perceived", **perceived(seq // 3)}
        case _:
            present = 40 + seq // 3 % 8
            return {
                "kind": "count",
                "sitting": sitting,
                "round": "opening",
                "present": present,
                "excused": 50 - present,
                "unexcused": 0,
            }
