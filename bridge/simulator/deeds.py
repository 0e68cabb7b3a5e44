"""What people and machines do on a conference day: plain values, in the order of the hall clock."""

from dataclasses import dataclass
from enum import Enum

from bridge.rules.model import Count, Fault, Mode, Phase, Plan, RoundName, Stage, Word
from bridge.rules.trouble import Trouble


class Fate(Enum):
    """What becomes of an act on its way from the phone."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    """It arrives, but the answer is lost: the phone keeps the act and will send it again."""
    KEPT = "kept"
    """The phone has no signal: the act waits on it."""


class Hand(Enum):
    """Who does it."""

    PHONE = "phone"
    STAFF = "staff"
    """The organiser, for the hall."""
    COORDINATOR = "coordinator"
    """Whoever checks what comes up the tree."""
    SECOND = "second"
    """A second organiser: nobody approves what they asked for themselves."""
    INSPECTOR = "inspector"
    """Whoever goes to halls that were drawn by lot, and counts."""


@dataclass(frozen=True, slots=True)
class StageTap:
    stage: Stage


@dataclass(frozen=True, slots=True)
class Perceive:
    picture: Word
    sound: Word
    line: Word


@dataclass(frozen=True, slots=True)
class CountHeads:
    round: RoundName
    count: Count


@dataclass(frozen=True, slots=True)
class Submit:
    """The hall hands its figures in."""


@dataclass(frozen=True, slots=True)
class Correct:
    """Other numbers for the figure that stands for a round; after the close they wait for somebody to approve them."""

    round: RoundName
    count: Count
    reason: str


@dataclass(frozen=True, slots=True)
class SwitchMode:
    mode: Mode
    reason: str


@dataclass(frozen=True, slots=True)
class TellFault:
    fault: Fault
    note: str


@dataclass(frozen=True, slots=True)
class SendKept:
    """The phone has a signal again and sends everything that waits on it."""


@dataclass(frozen=True, slots=True)
class AgentUp:
    """The room's machine is switched on, or has power again."""


@dataclass(frozen=True, slots=True)
class AgentVanishes:
    """No power, no line: the room falls silent without a goodbye, its socket half open."""


@dataclass(frozen=True, slots=True)
class LineDrops:
    """The room's connection breaks; the line carries nothing for so long, then the agent finds its way back."""

    for_ms: int


@dataclass(frozen=True, slots=True)
class AgentLeaves:
    """The room is switched off with a goodbye."""


@dataclass(frozen=True, slots=True)
class CentreDrops:
    """Our own load balancer breaks many connections at once and takes none for so long."""

    points: tuple[str, ...]
    for_ms: int


@dataclass(frozen=True, slots=True)
class TurnPhase:
    phase: Phase


@dataclass(frozen=True, slots=True)
class CheckUnit:
    """A unit's figures are checked, and handed in."""

    unit: str


@dataclass(frozen=True, slots=True)
class Approve:
    """What was asked for of the hall may stand."""

    reason: str


@dataclass(frozen=True, slots=True)
class Sign:
    """The report is signed, as version so-and-so."""

    version: int


@dataclass(frozen=True, slots=True)
class Explain:
    """The cause of the hall's incident was found."""

    trouble: Trouble
    cause: str


@dataclass(frozen=True, slots=True)
class DrawLots:
    """So many halls are drawn for a spot check."""

    count: int


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """Somebody has counted in the hall beside its own people."""

    round: RoundName
    present: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """The hall's own figure stands against the second one, of `present` people."""

    round: RoundName
    present: int
    reason: str


@dataclass(frozen=True, slots=True)
class Photograph:
    """The hall shows itself."""


Told = StageTap | Perceive | CountHeads | Correct | SwitchMode | TellFault | Submit
"""What becomes an act."""
Signal = AgentUp | AgentVanishes | LineDrops | AgentLeaves | CentreDrops
"""What befalls a line."""
Ladder = CheckUnit | Approve | Sign
"""What the staff do to close the figures up."""
Beside = Explain | DrawLots | SpotCheck | Settle | Photograph
"""What is said beside the halls' own words."""
What = Told | Signal | SendKept | TurnPhase | Ladder | Beside


@dataclass(frozen=True, slots=True)
class Deed:
    at_ms: int
    point: str
    """Empty for what concerns the whole conference."""
    what: What
    hand: Hand = Hand.PHONE
    fate: Fate = Fate.ANSWERED


@dataclass(frozen=True, slots=True)
class Story:
    """A day: who takes part, and everything that will happen, earliest first."""

    plan: Plan
    deeds: tuple[Deed, ...]
    starts_ms: int
    ends_ms: int
    published: bool
    """Whether the figures are those of the demo day's table."""
    seeds: tuple[str, ...] = ()
    """By which lots are drawn, one after another."""
