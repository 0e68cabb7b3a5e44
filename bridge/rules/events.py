"""What happened: the only shapes that the journal keeps. Past tense; never refused, never changed."""

import msgspec

from bridge.rules.model import Count, Fault, Grade, Link, Mode, Phase, Plan, RoundName, Stage, Word


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """What every event shares: nothing but its tag. When, by whom and for which act stands in the journal's record."""


class PointEvent(Event, frozen=True, kw_only=True):
    point: str


class ConferenceFrozen(Event, frozen=True, kw_only=True, tag="conference-frozen"):
    """The list was fixed; from here on the live side reads no figure from the registry."""

    plan: Plan


class PhaseChanged(Event, frozen=True, kw_only=True, tag="phase-changed"):
    phase: Phase
    version: int


class StageReached(PointEvent, frozen=True, kw_only=True, tag="stage-reached"):
    stage: Stage


class HallPerceived(PointEvent, frozen=True, kw_only=True, tag="hall-perceived"):
    picture: Word
    sound: Word
    line: Word


class FigureReported(PointEvent, frozen=True, kw_only=True, tag="figure-reported"):
    sitting: str
    round: RoundName
    count: Count
    grade: Grade
    on_time: bool = True
    before: Count | None = None
    """What stood until now."""


class FigureCorrected(PointEvent, frozen=True, kw_only=True, tag="figure-corrected"):
    """Other numbers take the place of a figure that was reported before."""

    sitting: str
    round: RoundName
    count: Count
    grade: Grade
    before: Count
    corrects: str
    """The act whose figure it was."""
    reason: str


class FigureReleased(PointEvent, frozen=True, kw_only=True, tag="figure-released"):
    """A quarantined figure counts from now on."""

    sitting: str
    round: RoundName
    released: str


class FigureConfirmed(PointEvent, frozen=True, kw_only=True, tag="figure-confirmed"):
    sitting: str
    round: RoundName
    confirmed: str


class PersonCheckedIn(PointEvent, frozen=True, kw_only=True, tag="person-checked-in"):
    """Somebody was seen for the first time in this sitting. `person` is an opaque id; names stay in the roster."""

    sitting: str
    person: str
    manual: bool = False
    """Picked from the roster, for want of a badge."""


class PersonSeenAgain(PointEvent, frozen=True, kw_only=True, tag="person-seen-again"):
    """The first scan counts; this one says where and when that was."""

    sitting: str
    person: str
    first_point: str
    first_ms: int


class ActUndone(PointEvent, frozen=True, kw_only=True, tag="act-undone"):
    """What an act had changed is as it was before it."""

    undone: str
    axis: str
    sitting: str | None = None
    person: str | None = None


class ModeChanged(PointEvent, frozen=True, kw_only=True, tag="mode-changed"):
    mode: Mode
    reason: str


class ExpectedChanged(PointEvent, frozen=True, kw_only=True, tag="expected-changed"):
    sitting: str
    value: int
    reason: str


class FaultReported(PointEvent, frozen=True, kw_only=True, tag="fault-reported"):
    fault: Fault
    note: str = ""


class LinkMoved(PointEvent, frozen=True, kw_only=True, tag="link-moved"):
    """The line of a point is judged otherwise. The record's time is when it truly began."""

    link: Link
    noticed_ms: int
    cause: str = ""


class ServiceRestarted(Event, frozen=True, kw_only=True, tag="service-restarted"):
    """We were away: every line that was up is unknown until it is heard again."""


class CentreOutageBegan(Event, frozen=True, kw_only=True, tag="centre-outage-began"):
    """So many points fell silent together that the fault is ours."""

    points: tuple[str, ...]
    noticed_ms: int


class CentreOutageEnded(Event, frozen=True, kw_only=True, tag="centre-outage-ended"):
    pass


class ActRefused(PointEvent, frozen=True, kw_only=True, tag="act-refused"):
    """An act that the state of the hall forbids. It is kept, for the hall will ask about it."""

    kind: str
    code: str


AnyEvent = (
    ConferenceFrozen
    | PhaseChanged
    | StageReached
    | HallPerceived
    | FigureReported
    | FigureCorrected
    | FigureReleased
    | FigureConfirmed
    | PersonCheckedIn
    | PersonSeenAgain
    | ActUndone
    | ModeChanged
    | ExpectedChanged
    | FaultReported
    | LinkMoved
    | ServiceRestarted
    | CentreOutageBegan
    | CentreOutageEnded
    | ActRefused
)


class Happened(msgspec.Struct, frozen=True):
    """An event with its circumstances, as the journal's record holds them."""

    event: AnyEvent
    at_ms: int
    received_ms: int
    by: str
    act: str | None = None
    device: str = ""


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    return _encoder.encode(event)


def decode(body: bytes) -> AnyEvent:
    return _decoder.decode(body)


def tag(event: AnyEvent) -> str:
    name = event.__struct_config__.tag
    assert isinstance(name, str)  # noqa: S101 - every event class declares its tag
    return name
