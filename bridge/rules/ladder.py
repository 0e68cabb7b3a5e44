"""How far the figures have come up the tree: checked, closed, asked to be corrected, signed."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.model import Asker, Count, Grade, Phase, Returned, RoundKey, RoundName

UNPLACED = 2**63 - 1
"""Where a move stands that is only drafted: later than all that was recorded."""


class Check(msgspec.Struct, frozen=True):
    """Somebody has checked a unit's figures of a sitting, and handed them in."""

    by: str
    at_ms: int
    without: frozenset[str]
    """Points that had not submitted then."""


class Status(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    REPLACED = "replaced"
    """Whoever asked has asked for something else of the same round since."""


class Correction(msgspec.Struct, frozen=True):
    """Other numbers for a figure after the close (đính chính)."""

    number: int
    point: str
    sitting: str
    round: RoundName
    count: Count
    before: Count | None
    """What stood when it was asked for; None: nothing was reported."""
    grade: Grade
    on_time: bool
    late: bool
    """A hall's report that came too late, not a request that somebody wrote."""
    reason: str
    asked_by: str
    """The credential, as the journal keeps it."""
    asked_as: Asker
    asked_ms: int
    received_ms: int
    act: str = ""
    """The act that asked for it; empty where a form did."""
    status: Status = Status.WAITING
    settled_by: str = ""
    settled_ms: int | None = None
    why: str = ""
    """The reason of whoever settled it."""

    @property
    def key(self) -> RoundKey:
        return (self.sitting, self.round)


class Version(msgspec.Struct, frozen=True):
    """What was signed."""

    number: int
    position: int
    """Where in the journal its figures stand."""
    signed_by: str
    signed_ms: int
    figures_sha256: str
    files: dict[str, str]
    """SHA-256 of each file, by format."""
    corrections: tuple[int, ...]
    """Those that were approved since the version before."""


class Closing(msgspec.Struct, frozen=True):
    checked: dict[tuple[str, str], Check] = {}
    """By sitting and unit."""
    returned: dict[tuple[str, str], Returned] = {}
    """Of units: by sitting and unit, until they are checked again."""
    closed_ms: int | None = None
    corrections: dict[int, Correction] = {}
    of: dict[str, tuple[int, ...]] = {}
    """Numbers of the corrections of each point."""
    versions: tuple[Version, ...] = ()
    moved: int = 0
    """The position at which a figure, or the office's word on a hall, last moved after the close, or of the close itself;
    UNPLACED in a draft."""
    kept: dict[str, int] = {}
    """How many acts of each point came too late and move no figure."""

    @property
    def next_number(self) -> int:
        return len(self.corrections) + 1

    def of_point(self, code: str) -> Iterator[Correction]:
        """A hall's corrections, oldest first."""
        return (self.corrections[number] for number in self.of.get(code, ()))


_MOVES = (
    events.FigureReported,
    events.FigureCorrected,
    events.FigureReleased,
    events.FigureConfirmed,
    events.ActUndone,
    events.StageReached,
    events.ExpectedChanged,
    events.ModeChanged,
    events.CorrectionApproved,
    events.JudgementChanged,
    events.DifferenceSettled,
)
"""What changes something that a report says of a hall."""


_CONCERNING = frozenset(
    {
        *_MOVES,
        events.PhaseChanged,
        events.UnitChecked,
        events.UnitReturned,
        events.CorrectionAsked,
        events.CorrectionRefused,
        events.VersionSigned,
        events.ActKept,
    }
)


def after(closing: Closing, happened: Happened) -> Closing:
    """The ladder after something happened; the very same value where it does not concern it."""
    event = happened.event
    # Nearly all that happens is none of these.
    if type(event) not in _CONCERNING:
        return closing
    if closing.closed_ms is not None and isinstance(event, _MOVES):
        closing = msgspec.structs.replace(closing, moved=UNPLACED)
    match event:
        case events.PhaseChanged():
            if event.phase is not Phase.CLOSED:
                return closing
            return msgspec.structs.replace(closing, closed_ms=happened.at_ms, moved=UNPLACED)
        case events.UnitChecked():
            place = (event.sitting, event.unit)
            check = Check(happened.by, happened.at_ms, frozenset(event.without))
            returned = {each: why for each, why in closing.returned.items() if each != place}
            return msgspec.structs.replace(closing, checked={**closing.checked, place: check}, returned=returned)
        case events.UnitReturned():
            place = (event.sitting, event.unit)
            back = Returned(happened.by, happened.at_ms, event.reason)
            checked = {each: check for each, check in closing.checked.items() if each != place}
            return msgspec.structs.replace(closing, checked=checked, returned={**closing.returned, place: back})
        case events.CorrectionAsked():
            return _asked(closing, event, happened)
        case events.CorrectionApproved():
            return _settled(closing, event.correction, Status.APPROVED, happened, event.reason)
        case events.CorrectionRefused():
            return _settled(closing, event.correction, Status.REFUSED, happened, event.reason)
        case events.VersionSigned():
            return msgspec.structs.replace(closing, versions=(*closing.versions, _signed(closing, event, happened)))
        case events.ActKept():
            kept = {**closing.kept, event.point: closing.kept.get(event.point, 0) + 1}
            return msgspec.structs.replace(closing, kept=kept)
        case _:
            return closing


def placed(closing: Closing, position: int) -> Closing:
    """With the place in the journal of the move that was adopted last."""
    return msgspec.structs.replace(closing, moved=position) if closing.moved == UNPLACED else closing


def _asked(closing: Closing, event: events.CorrectionAsked, happened: Happened) -> Closing:
    asked = Correction(
        number=event.correction,
        point=event.point,
        sitting=event.sitting,
        round=event.round,
        count=event.count,
        before=event.before,
        grade=event.grade,
        on_time=event.on_time,
        late=event.late,
        reason=event.reason,
        asked_by=happened.by,
        asked_as=event.asked_as,
        asked_ms=happened.at_ms,
        received_ms=happened.received_ms,
        act=happened.act or "",
    )
    corrections = {**closing.corrections, asked.number: asked}
    for other in closing.of_point(asked.point):
        if other.status is Status.WAITING and other.key == asked.key and other.asked_by == asked.asked_by:
            corrections[other.number] = msgspec.structs.replace(
                other, status=Status.REPLACED, settled_by=happened.by, settled_ms=happened.at_ms
            )
    of = {**closing.of, asked.point: (*closing.of.get(asked.point, ()), asked.number)}
    return msgspec.structs.replace(closing, corrections=corrections, of=of)


def _settled(closing: Closing, number: int, status: Status, happened: Happened, why: str) -> Closing:
    settled = msgspec.structs.replace(
        closing.corrections[number], status=status, settled_by=happened.by, settled_ms=happened.at_ms, why=why
    )
    return msgspec.structs.replace(closing, corrections={**closing.corrections, number: settled})


def _signed(closing: Closing, event: events.VersionSigned, happened: Happened) -> Version:
    told = {number for version in closing.versions for number in version.corrections}
    approved = tuple(
        number for number, each in closing.corrections.items() if each.status is Status.APPROVED and number not in told
    )
    return Version(
        number=event.version,
        position=event.position,
        signed_by=happened.by,
        signed_ms=happened.at_ms,
        figures_sha256=event.figures_sha256,
        files=event.files,
        corrections=approved,
    )
