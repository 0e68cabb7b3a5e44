"""Whom to phone first: the halls that are dark, silent or in doubt, and why each of them.

One score. A hall's urgency is

    what it is × what is wrong with it + a tenth of its people + its minutes

- what it is (`IMPORTANCE`): the city hall 8, a district or a direct unit 4, a commune 2, an extra hall 1;
- what is wrong with it (`WEIGHT`): 30 for a dark line down to 6 for figures not handed in, added up where several are;
- its people: those summoned, one point for ten, at most 25;
- its minutes: since the oldest of its troubles began, one point for each, at most 30.

So a dark commune comes before a silent one, a dark district before a dark commune, and among equals first the many and
those who have waited. A hall that was phoned a moment ago counts a quarter for as long as that call may still bear fruit
(`RESTS_MS`): others are phoned meanwhile.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from heapq import nsmallest

import msgspec

from bridge.rules.attendance import is_summoned
from bridge.rules.calls import Called, Calls
from bridge.rules.incidents import Incident, Incidents
from bridge.rules.model import (
    MEASURED,
    Link,
    Phase,
    Plan,
    Point,
    PointType,
    RoundKey,
    Sitting,
    Stage,
    Stream,
    Word,
)
from bridge.rules.projection import State
from bridge.rules.stages import HALLS_MAY_ACT, SUBMITTING
from bridge.rules.trouble import CallOutcome, Trouble

ROWS_LIMIT = 300
"""Nobody phones more halls than that; the rest come up as these answer."""
LEAD_MS = 15 * 60_000
"""Before a round's deadline nobody is phoned for it, but for so long."""
OPENING_LEAD_MS = 30 * 60_000
"""So long before its sitting a hall should have been opened."""


class Why(StrEnum):
    DARK = "dark"
    """Its line is lost."""
    NOT_RECEIVING = "not_receiving"
    """Its line is up and the broadcast does not arrive."""
    NO_SOUND = "no_sound"
    NO_PICTURE = "no_picture"
    NO_LINE = "no_line"
    """The hall says so itself."""
    NOT_OPENED = "not_opened"
    SILENT = "silent"
    """It has not reported the round, which is due; the round stands behind a colon."""
    NOT_YET = "not_yet"
    """It has not reported the round, which is due soon. Shown as `silent`."""
    QUARANTINED = "quarantined"
    """Its figure waits for somebody to settle it."""
    INCIDENT = "incident"
    """It is in an incident that nobody has in hand; the number stands behind a colon."""
    DIFFERING = "differing"
    """Two sources say different numbers of it."""
    NOT_SUBMITTED = "not_submitted"
    """Its sitting is over, and it has not handed its figures in; the sitting stands behind a colon."""


WEIGHT: Mapping[Why, int] = {
    Why.DARK: 30,
    Why.NOT_RECEIVING: 25,
    Why.NO_SOUND: 25,
    Why.NO_PICTURE: 20,
    Why.NO_LINE: 20,
    Why.NOT_OPENED: 20,
    Why.SILENT: 20,
    Why.NOT_YET: 10,
    Why.QUARANTINED: 12,
    Why.INCIDENT: 10,
    Why.DIFFERING: 8,
    Why.NOT_SUBMITTED: 6,
}
IMPORTANCE: Mapping[PointType, int] = {
    PointType.CITY_HALL: 8,
    PointType.DISTRICT: 4,
    PointType.DIRECT_UNIT: 4,
    PointType.COMMUNE: 2,
    PointType.EXTRA_HALL: 1,
}
PEOPLE_MOST, MINUTES_MOST = 25, 30
RESTS_MS: Mapping[CallOutcome, int] = {
    CallOutcome.ANSWERED: 10 * 60_000,
    CallOutcome.WILL_REPORT: 10 * 60_000,
    CallOutcome.BEING_MENDED: 15 * 60_000,
    CallOutcome.NO_ANSWER: 3 * 60_000,
    # Nobody was reached: another number may be.
    CallOutcome.WRONG_NUMBER: 0,
}


class Reason(msgspec.Struct, frozen=True, gc=False):
    """One thing that is wrong with a hall, and since when."""

    why: Why
    since_ms: int
    of: str = ""
    """Which round, incident or sitting."""

    def __str__(self) -> str:
        word = Why.SILENT if self.why is Why.NOT_YET else self.why
        return f"{word}:{self.of}" if self.of else word.value


class Row(msgspec.Struct, frozen=True):
    """One hall of the call sheet."""

    point: Point
    reasons: tuple[Reason, ...]
    """The weightiest first."""
    since_ms: int
    minutes: int
    expected: int
    urgency: int


class Sheet(msgspec.Struct, frozen=True):
    """The call sheet: at most ROWS_LIMIT rows, the most urgent first, and how many there are in truth."""

    rows: list[Row]
    count: int


def sheet(state: State, points: Iterable[Point], now_ms: int) -> Sheet:
    """Whom to phone of these points. A hall's row goes when its answer comes: what is wrong is looked at anew each time."""
    if state.plan is None or state.phase not in HALLS_MAY_ACT:
        return Sheet([], 0)
    hour = _hour(state.plan, state.phase, now_ms)
    incidents, calls = state.affairs.incidents, state.affairs.calls
    waiting = [
        (-urgency(point, reasons, hour, calls, now_ms), point.code, reasons)
        for point in points
        if (reasons := wrong(point, hour, incidents))
    ]
    first = nsmallest(ROWS_LIMIT, waiting)
    return Sheet(
        [_row(state.points[code], reasons, -rank, hour, now_ms) for rank, code, reasons in first], len(waiting)
    )


class Hour(msgspec.Struct, frozen=True):
    """What the hour of the day asks of every hall."""

    held: str | None
    """The sitting that is held, or about to begin."""
    held_from_ms: int
    open_from_ms: int
    """From then on its halls should have been opened."""
    opened_by_now: bool
    asked: RoundKey | None
    """The newest round that halls are phoned for."""
    due_ms: int
    is_due: bool
    answers: tuple[RoundKey, ...]
    """The rounds whose figure answers for it: itself, and what has opened since."""
    sitting: str | None
    """The one whose people count."""
    over: str | None
    """The sitting whose figures should have been handed in by now; None while another one is held."""
    over_from_ms: int


def _hour(plan: Plan, phase: Phase, now_ms: int) -> Hour:
    held = next((each for each in plan.sittings if _is_held(each, phase, now_ms)), None)
    open_from_ms = held.starts_ms - OPENING_LEAD_MS if held else 0
    rounds = sorted(
        (each.due_ms, each.opens_ms, (sitting.id, each.name))
        for sitting in plan.sittings
        if not sitting.rehearsal
        for each in sitting.rounds
    )
    looked_for = [each for each in rounds if max(each[0] - LEAD_MS, each[1]) <= now_ms]
    due_ms, _, asked = looked_for[-1] if looked_for else (0, 0, None)
    later = [key for due, opens, key in rounds if asked and due > due_ms and opens <= now_ms and key[0] == asked[0]]
    # While another sitting is held nobody is phoned for the one before.
    past = [each for each in plan.sittings if not each.rehearsal and _over_from(each) <= now_ms] if held is None else []
    over = max(past, key=_over_from) if past and phase in SUBMITTING else None
    return Hour(
        held=held.id if held else None,
        held_from_ms=_held_from(held) if held else 0,
        open_from_ms=open_from_ms,
        opened_by_now=held is not None and open_from_ms <= now_ms,
        asked=asked,
        due_ms=due_ms,
        is_due=due_ms <= now_ms,
        answers=(asked, *later) if asked else (),
        sitting=held.id if held else asked[0] if asked else None,
        over=over.id if over else None,
        over_from_ms=_over_from(over) if over else 0,
    )


def _is_held(sitting: Sitting, phase: Phase, now_ms: int) -> bool:
    """Between two sittings no line is missed, and a rehearsal is over with its phase."""
    return _held_from(sitting) <= now_ms < sitting.ends_ms and (phase is Phase.REHEARSAL or not sitting.rehearsal)


def _held_from(sitting: Sitting) -> int:
    return min((sitting.starts_ms - OPENING_LEAD_MS, *(each.opens_ms for each in sitting.rounds[:1])))


def _over_from(sitting: Sitting) -> int:
    """When a sitting is over and its last count is due: from then on its figures can be handed in."""
    return max((sitting.ends_ms, *(each.due_ms for each in sitting.rounds)))


def wrong(point: Point, hour: Hour, incidents: Incidents) -> tuple[Reason, ...]:
    """What is wrong with a hall at this hour, the weightiest first. Most halls: nothing."""
    reasons = list(_wrong(point, hour, incidents))
    if len(reasons) > 1:
        reasons.sort(key=lambda reason: -WEIGHT[reason.why])
    return tuple(reasons)


def _wrong(point: Point, hour: Hour, incidents: Incidents) -> Iterator[Reason]:
    if hour.held is not None and point.stage is not Stage.ENDED:
        # `unknown` is ours to answer for, and a TV point has no line: neither is phoned for it.
        if point.link is Link.LOST:
            yield Reason(Why.DARK, point.link_ms)
        elif point.stream in _NOTHING_ARRIVES and point.mode in MEASURED:
            yield Reason(Why.NOT_RECEIVING, point.stream_ms)
        if point.stage is Stage.NOT_OPENED and hour.opened_by_now:
            yield Reason(Why.NOT_OPENED, hour.open_from_ms)
        said = point.perceived
        # What was said yesterday says nothing of today.
        if said is not None and said.at_ms >= hour.held_from_ms:
            for word, why in ((said.sound, Why.NO_SOUND), (said.picture, Why.NO_PICTURE), (said.line, Why.NO_LINE)):
                if word is Word.NONE:
                    yield Reason(why, said.at_ms)
    if hour.asked is not None and _is_silent(point, hour.asked[0], hour.answers):
        why = Why.SILENT if hour.is_due else Why.NOT_YET
        yield Reason(why, hour.due_ms - LEAD_MS, hour.asked[1].value)
    elif hour.over is not None and is_summoned(point, hour.over) and hour.over not in point.submitted:
        yield Reason(Why.NOT_SUBMITTED, hour.over_from_ms, hour.over)
    if point.quarantined:
        yield Reason(Why.QUARANTINED, min(each.received_ms for each in point.quarantined.values()))
    if point.differing:
        # It takes two: the later of them made the difference.
        since = (
            max(each.received_ms, point.figures.get(key, each).received_ms) for key, each in point.differing.items()
        )
        yield Reason(Why.DIFFERING, min(since))
    for number in incidents.of.get(point.code, ()):
        incident = incidents.known[number]
        if _is_nobodys(incident):
            hit = incident.hits[point.code]
            if hit.eased_ms is None:
                yield Reason(Why.INCIDENT, hit.began_ms, str(number))


_NOTHING_ARRIVES = frozenset({Stream.STALLED, Stream.GONE})


def _is_nobodys(incident: Incident) -> bool:
    """Whether it waits for somebody to take it in hand. For what is ours nobody phones the halls."""
    return not incident.owner and incident.trouble is not Trouble.CENTRE


def _is_silent(point: Point, sitting: str, answers: tuple[RoundKey, ...]) -> bool:
    """Whether a hall owes its figure; a doubtful figure is one."""
    return is_summoned(point, sitting) and not any(key in point.figures or key in point.quarantined for key in answers)


def urgency(point: Point, reasons: tuple[Reason, ...], hour: Hour, calls: Calls, now_ms: int) -> int:
    """The score of the table above."""
    score = IMPORTANCE[point.planned.type] * sum([WEIGHT[reason.why] for reason in reasons])
    score += min(_expected(point, hour) // 10, PEOPLE_MOST) + min(_minutes(reasons, now_ms), MINUTES_MOST)
    return score // 4 if _rests(calls.last.get(point.code), now_ms) else score


def _expected(point: Point, hour: Hour) -> int:
    return point.expected.get(hour.sitting, 0) if hour.sitting else 0


def _minutes(reasons: tuple[Reason, ...], now_ms: int) -> int:
    return max(0, now_ms - _since(reasons)) // 60_000


def _since(reasons: tuple[Reason, ...]) -> int:
    return min([reason.since_ms for reason in reasons])


def _row(point: Point, reasons: tuple[Reason, ...], score: int, hour: Hour, now_ms: int) -> Row:
    return Row(point, reasons, _since(reasons), _minutes(reasons, now_ms), _expected(point, hour), score)


def _rests(last: Called | None, now_ms: int) -> bool:
    return last is not None and now_ms < last.at_ms + RESTS_MS[last.outcome]
