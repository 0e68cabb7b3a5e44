"""What a conference and its halls are: the values that every rule speaks of.

Times are integer milliseconds since the epoch (`*_ms`), by the hall clock.
"""

from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """Where a point stands, moved by people."""

    NOT_OPENED = "not_opened"
    ON_SITE = "on_site"
    LINE_TESTED = "line_tested"
    CHAIR_PRESENT = "chair_present"
    IN_SESSION = "in_session"
    ENDED = "ended"


class Link(StrEnum):
    """What is known of a point's line, moved by signals."""

    NEVER_SEEN = "never_seen"
    STEADY = "steady"
    UNSTABLE = "unstable"
    LOST = "lost"
    UNKNOWN = "unknown"
    """Ours to answer for: a restart, an outage at the centre."""
    NOT_MEASURED = "not_measured"
    """A TV or radio point has no line of ours."""


class Mode(StrEnum):
    """How a point receives the broadcast (hình thức tiếp nhận)."""

    MAIN_HALL = "main_hall"
    TWO_WAY = "two_way"
    STREAM = "stream"
    TV = "tv"
    RADIO = "radio"


MEASURED = frozenset({Mode.MAIN_HALL, Mode.TWO_WAY, Mode.STREAM})


class Word(StrEnum):
    """What people in the hall say of picture, sound or line."""

    GOOD = "good"
    POOR = "poor"
    NONE = "none"


class Fault(StrEnum):
    NO_PICTURE = "no_picture"
    NO_SOUND = "no_sound"
    CONNECTION_LOST = "connection_lost"
    POWER_CUT = "power_cut"
    OTHER = "other"


class Stream(StrEnum):
    """Whether the broadcast itself arrives in a room: an axis of its own, beside the link."""

    NOT_FOLLOWED = "not_followed"
    FRESH = "fresh"
    BEHIND = "behind"
    """It plays, later than it should."""
    STALLED = "stalled"
    """The playlist stands still."""
    GONE = "gone"
    """Nothing answers where the broadcast should be."""


class Phase(StrEnum):
    DRAFT = "draft"
    REHEARSAL = "rehearsal"
    OPEN = "open"
    LIVE = "live"
    CLOSING = "closing"
    CLOSED = "closed"


class PointType(StrEnum):
    CITY_HALL = "city_hall"
    DISTRICT = "district"
    DIRECT_UNIT = "direct_unit"
    COMMUNE = "commune"
    EXTRA_HALL = "extra_hall"


class RoundName(StrEnum):
    """The count rounds of a sitting (đợt báo cáo)."""

    OPENING = "opening"
    MIDDLE = "middle"
    CLOSING = "closing"


class Grade(StrEnum):
    """How plausible a figure is."""

    FINE = "fine"
    WARNED = "warned"
    """It counts, and somebody should look at it."""
    QUARANTINED = "quarantined"
    """Stored and shown, outside the totals until corrected or released."""


class Author(StrEnum):
    OWN = "own"
    PROXY = "proxy"
    """Entered by a coordinator for somebody who only phones (nhập thay)."""


class Asker(StrEnum):
    """As what somebody asks for a correction: who is one level up of that may approve it."""

    OPERATOR = "operator"
    COORDINATOR = "coordinator"
    ORGANISER = "organiser"


# --- the plan: frozen into the journal, so that an edit in the registry never rewrites a running day


class Unit(msgspec.Struct, frozen=True):
    code: str
    name: str
    level: str
    parent: str | None


class PlannedPoint(msgspec.Struct, frozen=True):
    code: str
    name: str
    unit: str
    type: PointType
    mode: Mode
    seats: int | None = None
    area: str = ""
    provider: str = ""
    feeder: str = ""
    expected: dict[str, int] = {}
    """People summoned, by sitting id."""


class Round(msgspec.Struct, frozen=True):
    name: RoundName
    opens_ms: int
    due_ms: int


class Sitting(msgspec.Struct, frozen=True):
    id: str
    name: str
    starts_ms: int
    ends_ms: int
    rounds: tuple[Round, ...]
    rehearsal: bool = False
    """Scored apart and never in the totals of a day."""


class Plan(msgspec.Struct, frozen=True):
    """A conference as it was decided: its tree of the day, its points, sittings and expected numbers."""

    conference: str
    title: str
    units: tuple[Unit, ...]
    points: tuple[PlannedPoint, ...]
    sittings: tuple[Sitting, ...]
    names: bool = False
    """Whether people check in one by one; without it nothing about a person is kept."""


# --- one point, as it is now


class Count(msgspec.Struct, frozen=True):
    """What a hall said of its people. `present` as said: what exceeds the expected is told apart by the ledger."""

    present: int
    excused: int
    unexcused: int
    guests: int = 0
    substitutes: int = 0
    reasons: dict[str, int] = {}
    """Of the excused, by reason of leave."""
    categories: dict[str, int] = {}
    """Of the present, by category of attendee."""

    @property
    def answered(self) -> int:
        return self.present + self.excused + self.unexcused


class Figure(msgspec.Struct, frozen=True):
    """A count as it stands for one sitting and round."""

    count: Count
    grade: Grade
    author: Author
    act: str
    at_ms: int
    """When it was said (corrected device time)."""
    received_ms: int
    on_time: bool = True
    """Whether the first figure of the round was said before its deadline; a correction does not make it late."""
    device: str = ""
    replaces: tuple[str, ...] = ()
    """Acts whose figure this one took the place of, oldest first."""


class Perceived(msgspec.Struct, frozen=True):
    picture: Word
    sound: Word
    line: Word
    at_ms: int


class Outage(msgspec.Struct, frozen=True, gc=False):
    """A time in which a line was down, or out of our sight."""

    cause: str
    """As the link's: `silence`, `not_back` are the point's; `restart`, `centre_outage` are ours."""
    began_ms: int
    ended_ms: int | None = None
    """None: it goes on."""
    times: int = 1
    """How many it stands for, once the oldest were put together."""


class Submission(msgspec.Struct, frozen=True, gc=False):
    """A hall has handed its figures of a sitting in (nộp): by whom, when it was said, when it came."""

    by: str
    at_ms: int
    received_ms: int


class Returned(msgspec.Struct, frozen=True, gc=False):
    """What was handed in was handed back, to be looked at again."""

    by: str
    at_ms: int
    reason: str


class LineTest(msgspec.Struct, frozen=True):
    """What a hall's phone measured of its line."""

    rtt_ms: float
    jitter_ms: float
    loss: float
    down_kbps: float
    up_kbps: float
    at_ms: int


RoundKey = tuple[str, RoundName]
"""(sitting id, round)."""


class Seen(msgspec.Struct, frozen=True, gc=False):
    """Where and when a person was first seen in a sitting."""

    point: str
    at_ms: int


class Step(msgspec.Struct, frozen=True):
    """The newest act on one axis of a point, and what stood before it: so that it can be taken back."""

    act: str
    by: str
    received_ms: int
    stage: tuple[Stage, int] | None = None
    perceived: Perceived | None = None
    key: RoundKey | None = None
    figure: Figure | None = None
    quarantined: Figure | None = None
    differing: Figure | None = None
    seen: tuple[str, str] | None = None
    """(sitting, person) of a scan."""
    submitted: Submission | None = None
    """Of the sitting that a count belongs to."""


class Point(msgspec.Struct, frozen=True):
    """A hall at one moment. Stage, link and attendance are axes that are never mixed."""

    planned: PlannedPoint
    mode: Mode
    expected: dict[str, int]
    stage: Stage = Stage.NOT_OPENED
    stage_ms: int = 0
    link: Link = Link.NEVER_SEEN
    link_ms: int = 0
    link_noticed_ms: int = 0
    link_cause: str = ""
    stream: Stream = Stream.NOT_FOLLOWED
    stream_ms: int = 0
    outages: tuple[Outage, ...] = ()
    """Oldest first, at most OUTAGES_KEPT."""
    unmeasured: tuple[Outage, ...] = ()
    """Times in which nobody waited for its line: before it was first heard, on TV, after its session. As bounded."""
    line_test: LineTest | None = None
    perceived: Perceived | None = None
    figures: dict[RoundKey, Figure] = {}
    """The good figure of each round: the one that counts."""
    quarantined: dict[RoundKey, Figure] = {}
    """The figure of a round that waits outside the totals."""
    differing: dict[RoundKey, Figure] = {}
    """What another device of the hall, or the hall beside its proxy, said of a round, until somebody settles it."""
    scanned: dict[str, int] = {}
    """People who checked in one by one, by sitting. A column of its own, never added to a head count."""
    last: dict[str, Step] = {}
    """The newest act of each axis."""
    submitted: dict[str, Submission] = {}
    """By sitting; other numbers afterwards take it back."""
    returned: dict[str, Returned] = {}
    """By sitting, until it is submitted again."""

    @property
    def code(self) -> str:
        return self.planned.code


def opened(planned: PlannedPoint) -> Point:
    """A planned point before anything has happened to it."""
    link = Link.NEVER_SEEN if planned.mode in MEASURED else Link.NOT_MEASURED
    unmeasured = (Outage(cause=link.value, began_ms=0),)
    return Point(planned=planned, mode=planned.mode, expected=dict(planned.expected), link=link, unmeasured=unmeasured)
