"""The frames of both sockets and of the acts' answers: shapes, versions, close codes. JSON text, `type` in each."""

from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from bridge.rules.hours import HANOI
from bridge.rules.reading import Reader

FRAME_LIMIT = 16 * 1024
"""Bytes of one frame from a room; an act is well under 2 KB."""
BATCH_LIMIT = 200
"""Acts in one HTTP request."""

Device = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
"""A device's own name for itself; the journal keeps it, and PostgreSQL keeps no NUL."""


PROTOCOL = 1
"""What a first frame says it speaks when it says nothing of it. Fields are added without another number; a frame that means
something else than before, or is there no more, has one.
"""
SPOKEN = (PROTOCOL,)
"""The protocols that a room, a phone or a screen may speak with us."""
Protocol = Annotated[int, Meta(ge=0, le=1_000_000)]


class Close(IntEnum):
    """Why a socket was closed. 1011, 1012 and 4000-4499: come again; 4500-4999: do not."""

    RESTARTING = 1012
    FAILED = 1011
    """The server has met what it did not foresee; its log knows more."""
    NOT_UNDERSTOOD = 4400
    """A frame was not JSON of a known type, or came out of turn."""
    SILENT = 4401
    """Nothing was heard for longer than the line's patience."""
    TOO_SLOW = 4008
    """A screen did not take its frames."""
    REPLACED = 4501
    """A newer connection of the same point has taken over."""
    UNKNOWN_POINT = 4502
    NOT_ALLOWED = 4503
    OLD_PROTOCOL = 4504
    """The first frame names a protocol that is not SPOKEN here: another program, or the page loaded anew, will do better."""


def comes_again(code: int) -> bool:
    """Whether a client that was closed with this code should connect again."""
    return not 4500 <= code <= 4999


@lru_cache(1024)
def rfc3339(ms: int) -> str:
    """Milliseconds since the epoch as the text every answer carries: `2026-03-07T08:02:11.000+07:00`."""
    return datetime.fromtimestamp(ms / 1000, HANOI).isoformat(timespec="milliseconds")


def rfc3339_if(ms: int | None) -> str | None:
    """The same of what may not have happened: of None, and of 0, it is None."""
    return rfc3339(ms) if ms else None


def ms_of(at: datetime) -> int:
    """An aware time as milliseconds since the epoch."""
    # Part by part: to divide one timedelta by another takes longer than to read the time from its text.
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + round(since.microseconds / 1000)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# --- /ws/point: what a room says


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """First word of a room. `device_epoch` changes when the device lost its memory."""

    device: Device
    device_epoch: Annotated[str, Meta(max_length=80)] = ""
    seq: Annotated[int, Meta(ge=0)] = 0
    journal_epoch: Annotated[str, Meta(max_length=80)] = ""
    protocol: Protocol = PROTOCOL


StreamWord = Literal["not_followed", "fresh", "behind", "stalled", "gone"]
"""Whether the broadcast itself arrives in the room (`model.Stream`)."""


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """I am here."""

    rtt_ms: Annotated[float, Meta(ge=0, le=600_000)] | None = None
    loss: Annotated[float, Meta(ge=0, le=1)] | None = None
    stream: Annotated[str, Meta(max_length=80)] | None = None
    """One of `StreamWord`; null: nothing new is said of it. A word that we do not know is no reason to hang up."""
    behind_s: Annotated[float, Meta(ge=0, le=604_800)] | None = None
    """How late the broadcast arrives; where it has stopped arriving, for how long."""
    bitrate_kbps: Annotated[float, Meta(ge=0, le=10_000_000)] | None = None


class Bye(msgspec.Struct, frozen=True, tag="bye"):
    """I leave on purpose."""


class ActFrame(msgspec.Struct, frozen=True, tag="act"):
    """An act in a frame; its other fields are the act's own (`acts.decode`)."""


RoomSays = Hello | Beat | Bye | ActFrame


# --- /ws/point: what the server says


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    heartbeat_s: float
    retry_cap_s: float
    now: str
    speed: float
    journal_epoch: str
    conference: str
    point: str
    acked_seq: int


class Outcome(msgspec.Struct, frozen=True):
    """What became of one act. `accepted` and `refused` are for ever; no answer means: send it again."""

    id: str
    outcome: Literal["accepted", "refused"]
    duplicate: bool = False
    code: str = ""
    message: str = ""
    position: int = 0
    at: str = ""
    """When it was received, by the hall clock: the time on the receipt."""


class Ack(Outcome, frozen=True, tag="ack"):
    """An outcome in a frame."""


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """What the centre says to the hall; the phone answers with the act `noticed`. Sent again after each hello until then."""

    number: int
    text: str
    urgent: bool
    confirm: bool
    """Whether the hall is asked to confirm it."""
    at: str
    by: str
    """How whoever said it is called."""
    withdrawn: bool = False
    """It no longer holds: take it away."""


class Reminder(msgspec.Struct, frozen=True, tag="reminder"):
    """The hall has not reported this round. Said to phones; sent again after each hello until it has."""

    sitting: str
    round: str
    at: str


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    pass


ServerSays = Welcome | Ack | Notice | Reminder | Ping


# --- /ws/board


class Watch(msgspec.Struct, frozen=True, tag="watch"):
    """Show me the board; with an epoch and offset: what came after it, if you still have that."""

    epoch: Annotated[str, Meta(max_length=80)] = ""
    offset: Annotated[int, Meta(ge=0)] | None = None
    protocol: Protocol = PROTOCOL


class Columns(msgspec.Struct, frozen=True):
    """A table by rows under one list of names."""

    columns: tuple[str, ...]
    rows: list[list[Any]]


class Totals(msgspec.Struct, frozen=True):
    """The figures of a subtree for one round."""

    phase: str
    sitting: str | None
    round: str | None
    points: dict[str, Any]
    """`{total, by_stage, by_link}`."""
    people: dict[str, int]
    """`{expected, present, excused, unexcused, unreported, guests}`."""
    reports: dict[str, int]
    """`{due, received, on_time, quarantined, differing}`."""
    at: str
    scanned: int | None = None
    """People who checked in one by one in the sitting; null where names are off."""
    incidents: dict[str, int] = {}
    """`{open, acknowledged}`: incidents that wait for somebody, and those that somebody has in hand."""
    asked: dict[str, Any] | None = None
    """`{sitting, round, due_at, due, received}` of the round that halls are asked for already, while the figures of the one before
    are shown: it is not due yet. null: none is.
    """


class Claim(msgspec.Struct, frozen=True):
    """Who phones a hall now, and until when nobody else should. Once `until_s` has passed it holds nobody up.

    Screens that see no names are not told who it is.
    """

    by: str | None
    by_name: str | None
    since_s: int
    until_s: int


class Affairs(msgspec.Struct, frozen=True):
    """What goes on beside the points: absolute objects, each in place of the earlier one of the same number or point."""

    incidents: list[dict[str, Any]] = []
    """By number: those that are not over, and those that were resolved in the last six hours (by `moved_at_s`)."""
    calls: dict[str, Claim | None] = {}
    """By point; null: nobody phones there any more."""
    notices: list[dict[str, Any]] = []
    """By number."""


class Snapshot(msgspec.Struct, frozen=True, tag="snapshot"):
    epoch: str
    offset: int
    at: str
    totals: Totals
    units: Columns
    groups: Columns
    points: Columns
    news: list[dict[str, Any]]
    speed: float
    affairs: Affairs


class Delta(msgspec.Struct, frozen=True, tag="delta", omit_defaults=True):
    """What changed between `prev` and `offset`: absolute values, never increments."""

    epoch: str
    prev: int
    offset: int
    at: str
    points: dict[str, dict[str, Any]]
    totals: Totals | None = None
    news: list[dict[str, Any]] = []
    affairs: Affairs | None = None
    """Only those that have changed."""


# --- acts over HTTP


class Batch(msgspec.Struct, frozen=True):
    """Acts as a device sends them, oldest first. Each is judged by itself, so they are read one by one."""

    device: Device
    sent_at: Annotated[datetime, Meta(tz=True)]
    acts: Annotated[tuple[msgspec.Raw, ...], Meta(min_length=1, max_length=BATCH_LIMIT)]


class Outcomes(msgspec.Struct, frozen=True):
    outcomes: list[Outcome]


class _Speaking(msgspec.Struct):
    protocol: Protocol = PROTOCOL


_speaking: Reader[_Speaking] = Reader(_Speaking)
_room: Reader[RoomSays] = Reader(RoomSays)
_server: Reader[ServerSays] = Reader(ServerSays)
_watch: Reader[Watch] = Reader(Watch)
_batch: Reader[Batch] = Reader(Batch)
_encoder = msgspec.json.Encoder()


def unspoken(text: str | bytes) -> int | None:
    """The protocol that a first frame names, if it is none of ours. Asked before its shape is: that may be another one too."""
    try:
        named = _speaking(text).protocol
    except msgspec.DecodeError:
        return None
    return None if named in SPOKEN else named


def parting_words(protocol: int) -> str:
    """Why a room or a screen of another protocol is sent away: ASCII that fits into a close frame."""
    return f"protocol {protocol} is not spoken here, but {', '.join(map(str, SPOKEN))}"


def room_says(text: str | bytes) -> RoomSays:
    """Raises msgspec.DecodeError (its subclass ValidationError names the field)."""
    return _room(text)


def server_says(text: str | bytes) -> ServerSays:
    return _server(text)


def watch(text: str | bytes) -> Watch:
    return _watch(text)


def batch(body: bytes) -> Batch:
    return _batch(body)


def encode(frame: object) -> bytes:
    return _encoder.encode(frame)


def text(frame: object) -> str:
    return _encoder.encode(frame).decode()
