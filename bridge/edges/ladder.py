"""The ladder of the close as its readers see it: who has submitted, what was checked or handed back, corrections, versions."""

from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from bridge.edges.asking import ASKS_AS
from bridge.edges.finding import is_theirs
from bridge.rules import closing, wire
from bridge.rules.closing import Standing
from bridge.rules.ladder import Check, Correction, Status, Version
from bridge.rules.model import Asker, Count, Point, Returned, RoundKey, Sitting
from bridge.rules.projection import State
from endpoints_registry.access import ALLOWED, USER, Action, Caller, Role, approves

MISSING_SHOWN = 500
"""Of one sitting; the numbers count all."""
CORRECTIONS_SHOWN = 1_000
"""Those that wait come first, then the newest."""


class ReturnTold(msgspec.Struct, frozen=True):
    by_name: str
    at: str
    reason: str


class CheckTold(msgspec.Struct, frozen=True):
    by_name: str
    at: str
    without: int
    """Points that had not submitted then."""
    holds: bool
    """Whether nothing has come, or gone, since."""


class UnitClosing(msgspec.Struct, frozen=True):
    unit: str
    name: str
    points: int
    """Those below it that owe their figures of the sitting."""
    submitted: int
    checked: CheckTold | None
    returned: ReturnTold | None


class MissingTold(msgspec.Struct, frozen=True):
    point: str
    name: str
    unit: str
    parent_name: str
    stage: str
    reported: bool
    """Whether the last round of the sitting has its figure."""
    returned: ReturnTold | None


class SittingClosing(msgspec.Struct, frozen=True):
    id: str
    name: str
    points: int
    submitted: int
    missing: list[MissingTold]
    missing_left_out: int
    units: list[UnitClosing]


class CorrectionTold(msgspec.Struct, frozen=True):
    number: int
    point: str
    name: str
    unit: str
    parent_name: str
    sitting: str
    round: str
    before: Count | None
    count: Count
    grade: str
    late: bool
    """A hall's report that came too late, not a request that somebody wrote."""
    reason: str
    asked_as: str
    asked_by_name: str
    asked_at: str
    received_at: str
    status: str
    """`waiting`, `approved`, `refused`, or `replaced` by a later one of the same asker."""
    settled_by_name: str
    settled_at: str | None
    why: str
    version: int | None
    """The version that says it first."""
    yours_to_approve: bool
    """Whether you stand one level above whoever asked, and it waits."""


class CorrectionsTold(msgspec.Struct, frozen=True):
    corrections: list[CorrectionTold]
    count: int


class VersionTold(msgspec.Struct, frozen=True):
    number: int
    position: int
    signed_by_name: str
    signed_at: str
    figures_sha256: str
    files: Mapping[str, str]
    corrections: list[int]


class Reader:
    """Somebody who reads how far a conference's figures have come."""

    def __init__(self, state: State, caller: Caller, named: Callable[[str], str]) -> None:
        """`named` says how the holder of an account is called."""
        self._state = state
        self._caller = caller
        self._named = named
        # What people write for each other is for those who act on it, and for the hall itself.
        self._reads_reasons = caller.point is not None or caller.role in ALLOWED[Action.COORDINATE]

    def sitting(self, sitting: Sitting, points: Collection[Point], unit: str) -> SittingClosing:
        """Of these points, which are the caller's below `unit`."""
        standings = closing.standings(self._state, sitting.id, points)
        all_of_them = standings.get("") or Standing()
        shown = [each for each in self._units(unit) if each in standings]
        return SittingClosing(
            id=sitting.id,
            name=sitting.name,
            points=all_of_them.points,
            submitted=all_of_them.submitted,
            missing=[self._missing(sitting, self._state.points[code]) for code in all_of_them.missing[:MISSING_SHOWN]],
            missing_left_out=max(0, len(all_of_them.missing) - MISSING_SHOWN),
            units=[self.unit(sitting.id, each, standings[each]) for each in shown],
        )

    def unit(self, sitting: str, unit: str, standing: Standing) -> UnitClosing:
        ladder = self._state.affairs.closing
        return UnitClosing(
            unit=unit,
            name=self._state.units[unit].name,
            points=standing.points,
            submitted=standing.submitted,
            checked=self._checked(ladder.checked.get((sitting, unit)), standing),
            returned=self._returned(ladder.returned.get((sitting, unit))),
        )

    def corrections(self, unit: str = "") -> list[CorrectionTold]:
        """Those that wait first, then the newest."""
        state, ladder = self._state, self._state.affairs.closing
        theirs = {
            code
            for code in ladder.of
            if is_theirs(state, self._caller, code)
            and (not unit or unit in state.path(state.points[code].planned.unit))
        }
        found = [each for each in ladder.corrections.values() if each.point in theirs]
        found.sort(key=lambda each: (each.status is not Status.WAITING, -each.number))
        return [self.correction(each) for each in found]

    def correction(self, correction: Correction) -> CorrectionTold:
        point = self._state.points[correction.point]
        reads = self._reads_reasons
        versions = self._state.affairs.closing.versions
        return CorrectionTold(
            number=correction.number,
            point=point.code,
            name=point.planned.name,
            unit=point.planned.unit,
            parent_name=self._parent_name(point),
            sitting=correction.sitting,
            round=correction.round.value,
            before=correction.before,
            count=correction.count,
            grade=correction.grade.value,
            late=correction.late,
            reason=correction.reason if reads else "",
            asked_as=correction.asked_as.value,
            asked_by_name=self.name(correction.asked_by),
            asked_at=wire.rfc3339(correction.asked_ms),
            received_at=wire.rfc3339(correction.received_ms),
            status=correction.status.value,
            settled_by_name=self.name(correction.settled_by),
            settled_at=wire.rfc3339_if(correction.settled_ms),
            why=correction.why if reads else "",
            version=next((each.number for each in versions if correction.number in each.corrections), None),
            yours_to_approve=correction.status is Status.WAITING and stands_above(self._caller, correction),
        )

    def version(self, version: Version) -> VersionTold:
        corrections = self._state.affairs.closing.corrections
        return VersionTold(
            number=version.number,
            position=version.position,
            signed_by_name=self.name(version.signed_by),
            signed_at=wire.rfc3339(version.signed_ms),
            figures_sha256=version.figures_sha256,
            files=version.files,
            corrections=[
                each for each in version.corrections if is_theirs(self._state, self._caller, corrections[each].point)
            ],
        )

    def name(self, by: str) -> str:
        """How somebody of the staff is called, for those of the staff who see names."""
        among_staff = self._caller.point is None and self._caller.role in ALLOWED[Action.SEE_NAMES]
        return self._named(by.removeprefix(USER)) if among_staff and by.startswith(USER) else ""

    def _missing(self, sitting: Sitting, point: Point) -> MissingTold:
        last: RoundKey | None = (sitting.id, sitting.rounds[-1].name) if sitting.rounds else None
        return MissingTold(
            point=point.code,
            name=point.planned.name,
            unit=point.planned.unit,
            parent_name=self._parent_name(point),
            stage=point.stage.value,
            reported=last in point.figures if last else True,
            returned=self._returned(point.returned.get(sitting.id)),
        )

    def _checked(self, check: Check | None, standing: Standing) -> CheckTold | None:
        if check is None:
            return None
        return CheckTold(
            by_name=self.name(check.by),
            at=wire.rfc3339(check.at_ms),
            without=len(check.without),
            holds=closing.holds(check, standing),
        )

    def _returned(self, back: Returned | None) -> ReturnTold | None:
        if back is None:
            return None
        return ReturnTold(self.name(back.by), wire.rfc3339(back.at_ms), back.reason if self._reads_reasons else "")

    def _parent_name(self, point: Point) -> str:
        unit = self._state.units.get(point.planned.unit)
        parent = self._state.units.get(unit.parent) if unit and unit.parent else None
        return parent.name if parent else ""

    def _units(self, unit: str) -> Collection[str]:
        """The unit and those just below it; without one the caller's own, or those that the city waits for."""
        if unit:
            return (unit, *self._children({unit}))
        if self._caller.everywhere:
            return closing.below_the_city(self._state)
        own = tuple(each for each in self._state.units if each in self._caller.units)
        return own if len(own) != 1 else (*own, *self._children(set(own)))

    def _children(self, parents: Collection[str]) -> Iterable[str]:
        return (each.code for each in self._state.units.values() if each.parent in parents)


_ROLE_OF: Mapping[Asker, Role] = {asker: role for role, asker in ASKS_AS.items()}


def stands_above(caller: Caller, correction: Correction) -> bool:
    """Whether they may approve it: one level above whoever asked, and somebody else."""
    return approves(caller, _ROLE_OF[correction.asked_as], correction.asked_by)
