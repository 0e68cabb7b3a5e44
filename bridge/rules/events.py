"""What happened: the only shapes that the journal keeps. Past tense; never refused, never changed."""

import msgspec

from bridge.rules.model import (
    Asker,
    Author,
    Count,
    Fault,
    Grade,
    Link,
    Mode,
    Phase,
    Plan,
    RoundName,
    Stage,
    Stream,
    Word,
)
from bridge.rules.trouble import CallOutcome, Shared, Trouble
from bridge.rules.witness import Roll, Seen, Source, Stands


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


class StreamMoved(PointEvent, frozen=True, kw_only=True, tag="stream-moved"):
    """The broadcast arrives in the room otherwise than before. The record's time is when that truly began."""

    stream: Stream
    noticed_ms: int
    behind_s: float | None = None


class LineTested(PointEvent, frozen=True, kw_only=True, tag="line-tested"):
    """A hall's phone has measured its line."""

    rtt_ms: float
    jitter_ms: float
    loss: float
    down_kbps: float
    up_kbps: float


class NoticeAnswered(PointEvent, frozen=True, kw_only=True, tag="notice-answered"):
    """A hall has seen a notice, or says that it will do as it says."""

    notice: int
    confirmed: bool


class ServiceRestarted(Event, frozen=True, kw_only=True, tag="service-restarted"):
    """We were away: every line that was up is unknown until it is heard again."""


class CentreOutageBegan(Event, frozen=True, kw_only=True, tag="centre-outage-began"):
    """So many points fell silent together that the fault is ours."""

    points: tuple[str, ...]
    noticed_ms: int


class CentreOutageEnded(Event, frozen=True, kw_only=True, tag="centre-outage-ended"):
    pass


class IncidentEvent(Event, frozen=True, kw_only=True):
    """What happens to an incident; `incident` is its number in the conference, from 1."""

    incident: int


class IncidentOpened(IncidentEvent, frozen=True, kw_only=True, tag="incident-opened"):
    """One cause, however many points it touches. The record's time is when it truly began."""

    trouble: Trouble
    points: tuple[str, ...]
    shared: Shared
    noticed_ms: int
    note: str = ""


class IncidentJoined(IncidentEvent, frozen=True, kw_only=True, tag="incident-joined"):
    """More points fail of the same cause; `shared` is what all of them have in common now."""

    points: tuple[str, ...]
    shared: Shared
    noticed_ms: int
    trouble: Trouble | None = None
    """What it is known to be from now on, where that is more than before."""
    note: str = ""


class IncidentEased(IncidentEvent, frozen=True, kw_only=True, tag="incident-eased"):
    """These points of it are well again."""

    points: tuple[str, ...]


class IncidentAcknowledged(IncidentEvent, frozen=True, kw_only=True, tag="incident-acknowledged"):
    """Somebody has taken it in hand: the record's `by`."""


class IncidentAssigned(IncidentEvent, frozen=True, kw_only=True, tag="incident-assigned"):
    to: str
    """Whom it is given to, by user name."""


class IncidentNoted(IncidentEvent, frozen=True, kw_only=True, tag="incident-noted"):
    note: str


class IncidentExplained(IncidentEvent, frozen=True, kw_only=True, tag="incident-explained"):
    """Its cause (nguyên nhân) is known."""

    cause: str


class IncidentEscalated(IncidentEvent, frozen=True, kw_only=True, tag="incident-escalated"):
    """Nobody took it in hand, or it goes on for too long: the next ones are told."""

    level: int
    why: str


class IncidentResolved(IncidentEvent, frozen=True, kw_only=True, tag="incident-resolved"):
    """It is over. `by_itself`: every point of it is well again, nobody needed to say so."""

    by_itself: bool = False
    note: str = ""
    into: int | None = None
    """It was no matter of its own: its points are part of that incident from now on."""


class IncidentReopened(IncidentEvent, frozen=True, kw_only=True, tag="incident-reopened"):
    by_itself: bool = False
    points: tuple[str, ...] = ()
    """Those that fail again."""
    reason: str = ""


class CallClaimed(PointEvent, frozen=True, kw_only=True, tag="call-claimed"):
    """Somebody phones this hall now, and nobody else should: the record's `by`, until a time."""

    until_ms: int


class CallLetGo(PointEvent, frozen=True, kw_only=True, tag="call-let-go"):
    """Whoever wanted to phone does not."""


class CallEnded(PointEvent, frozen=True, kw_only=True, tag="call-ended"):
    """What the call came to."""

    outcome: CallOutcome
    note: str = ""


class NoticePosted(Event, frozen=True, kw_only=True, tag="notice-posted"):
    """Something was said to halls: to all, or to these points."""

    notice: int
    text: str
    urgent: bool = False
    confirm: bool = False
    """Whether each hall is asked to confirm it."""
    points: tuple[str, ...] | None = None
    """None: to every point."""
    units: tuple[str, ...] = ()
    """The units under which they were chosen, for the screens."""


class NoticeWithdrawn(Event, frozen=True, kw_only=True, tag="notice-withdrawn"):
    notice: int


class RemindersSent(Event, frozen=True, kw_only=True, tag="reminders-sent"):
    """Halls that had not reported a round were asked again; those who had were left in peace."""

    sitting: str
    round: RoundName
    points: tuple[str, ...]


class JobFired(Event, frozen=True, kw_only=True, tag="job-fired"):
    """The calendar did what was due; its effect stands in the same transaction."""

    job: str
    due_ms: int


class JobMissed(Event, frozen=True, kw_only=True, tag="job-missed"):
    """It was due while we were away, and is too late by now: said, not swallowed."""

    job: str
    due_ms: int


class FiguresSubmitted(PointEvent, frozen=True, kw_only=True, tag="figures-submitted"):
    """A hall has handed its figures of a sitting in."""

    sitting: str


class FiguresReturned(PointEvent, frozen=True, kw_only=True, tag="figures-returned"):
    """They were handed back to it, to be looked at again."""

    sitting: str
    reason: str


class UnitChecked(Event, frozen=True, kw_only=True, tag="unit-checked"):
    """Somebody has checked the figures of all below a unit and hands them in."""

    unit: str
    sitting: str
    without: tuple[str, ...] = ()
    """Points that had not submitted then: checked all the same, and named."""


class UnitReturned(Event, frozen=True, kw_only=True, tag="unit-returned"):
    unit: str
    sitting: str
    reason: str


class CorrectionEvent(PointEvent, frozen=True, kw_only=True):
    """What happens to a correction (đính chính); `correction` is its number in the conference, from 1."""

    correction: int


class CorrectionAsked(CorrectionEvent, frozen=True, kw_only=True, tag="correction-asked"):
    """After the close other numbers were said. They wait for somebody one level up."""

    sitting: str
    round: RoundName
    count: Count
    before: Count | None
    """What stands until it is approved; None: nothing was reported."""
    grade: Grade
    asked_as: Asker
    on_time: bool = True
    late: bool = False
    """A hall's report that came too late, not a request that somebody wrote."""
    reason: str = ""


class CorrectionApproved(CorrectionEvent, frozen=True, kw_only=True, tag="correction-approved"):
    """The figure moves: to what was asked for."""

    sitting: str
    round: RoundName
    count: Count
    before: Count | None
    grade: Grade
    on_time: bool
    author: Author
    corrects: str = ""
    """The act that asked for it; empty where a form did."""
    said_ms: int
    reason: str


class CorrectionRefused(CorrectionEvent, frozen=True, kw_only=True, tag="correction-refused"):
    reason: str


class VersionSigned(Event, frozen=True, kw_only=True, tag="version-signed"):
    """The report was signed (ký): these bytes, on the figures that stand at this position of the journal."""

    version: int
    position: int
    figures_sha256: str
    files: dict[str, str]
    """SHA-256 of each file, by format."""


class ActKept(PointEvent, frozen=True, kw_only=True, tag="act-kept"):
    """A hall's act that came after the close and moves no figure: kept as it was said, and nothing follows."""

    kind: str
    said: str
    """The act's own fields, as JSON."""


class SourceGiven(PointEvent, frozen=True, kw_only=True, tag="source-given"):
    """Somebody beside the hall says how many are there. The hall's own figure does not move."""

    sitting: str
    round: RoundName
    source: Source
    seen: Seen
    note: str = ""


class SpotCheckDrawn(Event, frozen=True, kw_only=True, tag="spot-check-drawn"):
    """Halls were drawn by lot for inspectors; whoever has the seed draws the same ones again."""

    draw: int
    """Its number in the conference, from 1."""
    unit: str
    """Below which was drawn; empty: everywhere."""
    sitting: str
    seed: str
    points: tuple[str, ...]
    among: int
    """How many halls there were to draw from."""
    pool_sha256: str
    """Of their codes, in order, a line each."""
    times: dict[str, int]
    """How often those of them that had been looked at before were."""


class DifferenceSettled(PointEvent, frozen=True, kw_only=True, tag="difference-settled"):
    """Of the hall's figure and a second one it was said which stands. It moves neither."""

    sitting: str
    round: RoundName
    source: Source
    stands: Stands
    own: Count | None
    seen: Seen
    reason: str


class PhotoTaken(PointEvent, frozen=True, kw_only=True, tag="photo-taken"):
    """A photo of the hall is kept, without anything that its camera wrote into it."""

    sitting: str
    photo: int
    """Its number in the conference, from 1."""
    sha256: str
    size: int
    """In bytes, as kept."""


class JudgementChanged(PointEvent, frozen=True, kw_only=True, tag="judgement-changed"):
    """A hall was put on a list of the report, or taken off it, otherwise than the rules say."""

    roll: Roll
    added: bool
    reason: str


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
    | StreamMoved
    | LineTested
    | NoticeAnswered
    | ServiceRestarted
    | CentreOutageBegan
    | CentreOutageEnded
    | IncidentOpened
    | IncidentJoined
    | IncidentEased
    | IncidentAcknowledged
    | IncidentAssigned
    | IncidentNoted
    | IncidentExplained
    | IncidentEscalated
    | IncidentResolved
    | IncidentReopened
    | CallClaimed
    | CallLetGo
    | CallEnded
    | NoticePosted
    | NoticeWithdrawn
    | RemindersSent
    | JobFired
    | JobMissed
    | FiguresSubmitted
    | FiguresReturned
    | UnitChecked
    | UnitReturned
    | CorrectionAsked
    | CorrectionApproved
    | CorrectionRefused
    | VersionSigned
    | ActKept
    | SourceGiven
    | SpotCheckDrawn
    | DifferenceSettled
    | PhotoTaken
    | JudgementChanged
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
