"""What people ask for: the acts, as phones and staff send them.

An act has a client-made UUIDv7 `id` (uniqueness only), the device's running number `seq` and the device's time `at`.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from bridge.rules.model import Fault, Mode, RoundName, Stage, Word
from bridge.rules.reading import Reader

UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
ActId = Annotated[str, Meta(pattern=UUID7)]
PointCode = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z-]+$")]
SittingId = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
Heads = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A number of people. Negative or absurd numbers are a hard block: they are malformed, not implausible."""
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Note = Annotated[str, Meta(max_length=500)]
Shares = Annotated[
    dict[Annotated[str, Meta(min_length=1, max_length=30, pattern=r"^[a-z_]+$")], Heads], Meta(max_length=20)
]
"""Parts of a number, by key."""
Millis = Annotated[float, Meta(ge=0, le=600_000)]
Rate = Annotated[float, Meta(ge=0, le=10_000_000)]
"""Kilobits a second."""
Badge = Annotated[str, Meta(max_length=200)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]


class Act(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every act carries. `seq` and `at` are transport: a re-send may not change them, but they are not its content."""

    id: ActId
    seq: Seq
    at: Annotated[datetime, Meta(tz=True)]
    point: PointCode


class StageAct(Act, frozen=True, kw_only=True, tag="stage"):
    """The point has reached a stage."""

    stage: Stage


class PerceivedAct(Act, frozen=True, kw_only=True, tag="perceived"):
    """What people in the hall see and hear."""

    picture: Word
    sound: Word
    line: Word


class CountAct(Act, frozen=True, kw_only=True, tag="count"):
    """How many are in the hall, for a round."""

    sitting: SittingId
    round: RoundName
    present: Heads
    excused: Heads
    unexcused: Heads
    guests: Heads = 0
    substitutes: Heads = 0
    reasons: Shares = {}
    categories: Shares = {}


class ScanAct(Act, frozen=True, kw_only=True, tag="scan"):
    """A person checks in: by the badge at the door, or picked from the point's own roster."""

    badge: Badge = ""
    person: Annotated[str, Meta(max_length=40)] = ""


class UndoAct(Act, frozen=True, kw_only=True, tag="undo"):
    """The newest stage, word, count or scan of the point was a mistake."""

    act: ActId


class IncidentAct(Act, frozen=True, kw_only=True, tag="incident"):
    """Something is wrong in the hall."""

    fault: Fault
    note: Note = ""


class ModeAct(Act, frozen=True, kw_only=True, tag="mode"):
    """The point receives the broadcast otherwise from now on."""

    reception_mode: Mode
    reason: Reason


class ExpectedAct(Act, frozen=True, kw_only=True, tag="expected"):
    """Another number of people is expected for a sitting."""

    sitting: SittingId
    value: Heads
    reason: Reason


class ConfirmAct(Act, frozen=True, kw_only=True, tag="confirm"):
    """The owner confirms a proxy's figure, an operator a warning."""

    act: ActId


class ReleaseAct(Act, frozen=True, kw_only=True, tag="release"):
    """A coordinator lets a quarantined figure count."""

    act: ActId


class CorrectAct(Act, frozen=True, kw_only=True, tag="correct"):
    """A figure was wrong; these are the right numbers."""

    act: ActId
    reason: Reason
    present: Heads
    excused: Heads
    unexcused: Heads
    guests: Heads = 0
    substitutes: Heads = 0
    reasons: Shares = {}
    categories: Shares = {}


class LineTestAct(Act, frozen=True, kw_only=True, tag="line_test"):
    """What the phone measured of its line."""

    rtt_ms: Millis
    jitter_ms: Millis
    loss: Annotated[float, Meta(ge=0, le=1)]
    down_kbps: Rate
    up_kbps: Rate


class NoticedAct(Act, frozen=True, kw_only=True, tag="noticed"):
    """A notice was seen by the hall, or confirmed."""

    notice: Annotated[int, Meta(ge=1, le=2**31)]
    confirmed: bool = False


class SubmitAct(Act, frozen=True, kw_only=True, tag="submit"):
    """The hall hands its figures of a sitting in: they are final as far as it is concerned."""

    sitting: SittingId


AnyAct = (
    StageAct
    | PerceivedAct
    | CountAct
    | ScanAct
    | UndoAct
    | IncidentAct
    | ModeAct
    | ExpectedAct
    | ConfirmAct
    | ReleaseAct
    | CorrectAct
    | LineTestAct
    | NoticedAct
    | SubmitAct
)

_read: Reader[AnyAct] = Reader(AnyAct)
_canonical = msgspec.json.Encoder(order="deterministic")


def decode(raw: str | bytes | msgspec.Raw) -> AnyAct:
    """One act from its JSON. Raises msgspec.ValidationError (which names the field) or msgspec.DecodeError."""
    return _read(raw)


OWN_WORDS: Mapping[type[Act], str] = {
    IncidentAct: "note",
    ModeAct: "reason",
    ExpectedAct: "reason",
    CorrectAct: "reason",
}
"""What somebody wrote by hand: it may name people, and is erased when they ask (`private`)."""


def words(act: AnyAct) -> str | None:
    """What somebody wrote by hand; None for an act that has no room for it."""
    field = OWN_WORDS.get(type(act))
    return None if field is None else getattr(act, field)


def digest(act: AnyAct) -> bytes:
    """SHA-256 of the act's content, by which a re-send is told from another act under the same id.

    `seq` and `at` belong to the content: a device keeps both with the act. Somebody's own words do not: a digest stands in
    the journal for ever, and who guesses short words could prove by it that they were said, long after they were erased.
    Where they are still kept they are compared as they are (`private.same_words`).
    """
    field = OWN_WORDS.get(type(act))
    return digest_with_words(act if field is None else msgspec.structs.replace(act, **{field: ""}))


def digest_with_words(act: AnyAct) -> bytes:
    """As rows of the first versions have it."""
    return hashlib.sha256(_canonical.encode(act)).digest()
