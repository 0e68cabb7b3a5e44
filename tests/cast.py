"""The shared words of the stories: halls, people, times, and how a hall came to stand where it stands."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count as numbers

import msgspec

from bridge.rules import acts, events, model
from bridge.rules.deciding import Decided, decide
from bridge.rules.events import Happened
from bridge.rules.hours import HANOI
from bridge.rules.model import (
    Count,
    Mode,
    Phase,
    Plan,
    PlannedPoint,
    Point,
    PointType,
    Round,
    RoundName,
    Sitting,
    Stage,
    Unit,
    Word,
)
from bridge.rules.projection import State
from bridge.rules.wire import rfc3339

CONFERENCE = "hoc-tap-2026-03"
SITTING = "2026-03-07-am"
OPENING = (SITTING, RoundName.OPENING)
MIDDLE = (SITTING, RoundName.MIDDLE)
CLOSING = (SITTING, RoundName.CLOSING)

_MIDNIGHT_MS = int(datetime(2026, 3, 7, tzinfo=HANOI).timestamp()) * 1000


def at(clock: str) -> int:
    """A time of the day in the hall, `08:20` or `08:20:12`, in milliseconds."""
    hours, minutes, *seconds = map(int, clock.split(":"))
    return _MIDNIGHT_MS + ((hours * 60 + minutes) * 60 + sum(seconds)) * 1000


SECOND, MINUTE = 1_000, 60_000
MORNING = at("08:00")
NOON = at("12:00")

# --- who

ANN = "user:ann"
"""Of the city's organisers."""
BINH = "user:binh"
"""Coordinator of Ba Đình."""
SYSTEM = "system"


def phone(point: PlannedPoint | Point | str) -> str:
    """The credential of a hall's own operator."""
    return f"point:{point if isinstance(point, str) else point.code}"


# --- where

HANOI_CITY = Unit("01", "Thành phố Hà Nội", "city", None)
BA_DINH = Unit("001", "Quận Ba Đình", "district", "01")
DONG_DA = Unit("006", "Quận Đống Đa", "district", "01")
PHUC_XA = Unit("00001", "Phường Phúc Xá", "ward", "001")
TRUC_BACH = Unit("00004", "Phường Trúc Bạch", "ward", "001")
LANG_HA = Unit("00199", "Phường Láng Hạ", "ward", "006")
POLICE = Unit("D01", "Đảng ủy Công an thành phố", "direct_unit", "01")
UNITS = (HANOI_CITY, BA_DINH, DONG_DA, PHUC_XA, TRUC_BACH, LANG_HA, POLICE)


def planned(
    code: str,
    name: str,
    kind: PointType = PointType.COMMUNE,
    mode: Mode = Mode.STREAM,
    expected: int | None = 64,
    seats: int | None = 100,
) -> PlannedPoint:
    people = {} if expected is None else {SITTING: expected}
    return PlannedPoint(
        code=code, name=name, unit=code.rpartition("-")[0], type=kind, mode=mode, seats=seats, expected=people
    )


CITY_HALL = planned("01-01", "Hội trường Thành ủy", PointType.CITY_HALL, Mode.MAIN_HALL, 320, 400)
DISTRICT_HALL = planned("001-01", "Hội trường Quận ủy Ba Đình", PointType.DISTRICT, Mode.TWO_WAY, 135, 150)
HALL_1 = planned("00001-01", "Hội trường phường Phúc Xá")
HALL_2 = planned("00004-01", "Nhà văn hóa Trúc Bạch", expected=50, seats=None)
EXTRA_HALL = planned("00004-02", "Trường THCS Mạc Đĩnh Chi", PointType.EXTRA_HALL, expected=None)
TV_HALL = planned("00199-01", "Hội trường phường Láng Hạ", mode=Mode.TV, expected=66)
POLICE_HALL = planned("D01-01", "Hội trường Công an thành phố", PointType.DIRECT_UNIT, Mode.TWO_WAY, 130, 200)
HALLS = (CITY_HALL, DISTRICT_HALL, HALL_1, HALL_2, EXTRA_HALL, TV_HALL, POLICE_HALL)


def many(number: int) -> tuple[PlannedPoint, ...]:
    """So many ordinary halls of Phúc Xá."""
    return tuple(planned(f"00001-{place:02}", f"Hội trường số {place}") for place in range(1, number + 1))


# --- when

ROUNDS = (
    Round(RoundName.OPENING, at("07:00"), at("08:15")),
    Round(RoundName.MIDDLE, at("09:15"), at("09:45")),
    Round(RoundName.CLOSING, at("11:15"), at("12:00")),
)
MORNING_SITTING = Sitting(SITTING, "Buổi sáng 07/03/2026", at("08:00"), at("11:30"), ROUNDS)


def plan(
    halls: Iterable[PlannedPoint] = HALLS,
    units: Iterable[Unit] = UNITS,
    sittings: Iterable[Sitting] = (MORNING_SITTING,),
    *,
    names: bool = False,
) -> Plan:
    return Plan(CONFERENCE, "Hội nghị học tập Nghị quyết", tuple(units), tuple(halls), tuple(sittings), names=names)


# --- how a hall, or the whole conference, came to stand where it stands


def opened(hall: PlannedPoint = HALL_1) -> Point:
    """A hall to which nothing has happened yet."""
    return model.opened(hall)


def stood(hall: PlannedPoint = HALL_1, *stages: Stage, since: int = MORNING) -> Point:
    """A hall that has gone through these stages."""
    point = opened(hall)
    for stage in stages:
        point = msgspec.structs.replace(point, stage=stage, stage_ms=since)
    return point


def happened(
    event: events.AnyEvent, at_ms: int = MORNING, by: str = SYSTEM, act: str | None = None, received_ms: int = 0
) -> Happened:
    return Happened(event=event, at_ms=at_ms, received_ms=received_ms or at_ms, by=by, act=act)


def begun(halls: Iterable[PlannedPoint] = HALLS, phase: Phase = Phase.LIVE) -> State:
    """A conference whose list is frozen and whose day has come to this phase."""
    state = State()
    state.adopt(happened(events.ConferenceFrozen(plan=plan(halls)), at("06:00"), ANN))
    if phase is not Phase.DRAFT:
        state.adopt(happened(events.PhaseChanged(phase=phase, version=1), at("06:30"), ANN))
    return state


def done(state: State, act: acts.AnyAct, at_ms: int = MORNING, by: str | None = None) -> Decided:
    """What became of an act, which the state has then taken in. By default the hall's own phone asked."""
    who = by or phone(act.point)
    decided = decide(state, act, at_ms=at_ms, staff=who.startswith("user:"), by=who, received_ms=at_ms)
    state.adopt(happened(decided.event, at_ms, who, act.id))
    return decided


# --- what is asked

_numbers = numbers(1)


def act_id(number: int) -> str:
    """The id of the play's act number so-and-so: a proper UUIDv7."""
    return f"019cc5a0-0000-7000-8000-{number:012x}"


def stamp(hall: PlannedPoint | Point | str, at_ms: int = MORNING, number: int | None = None) -> dict[str, object]:
    """What every act carries; a fresh id and running number unless one is given."""
    seq = next(_numbers) if number is None else number
    code = hall if isinstance(hall, str) else hall.code
    return {"id": act_id(seq), "seq": seq, "at": rfc3339(at_ms), "point": code}


def _act(kind: str, hall: PlannedPoint | Point | str, at_ms: int, number: int | None, **said: object) -> acts.AnyAct:
    # Through JSON, as a device would send it.
    return acts.decode(msgspec.json.encode({"kind": kind, **stamp(hall, at_ms, number), **said}))


def count(
    hall: PlannedPoint | Point | str,
    present: int,
    excused: int = 0,
    unexcused: int = 0,
    *,
    guests: int = 0,
    round: RoundName = RoundName.OPENING,
    sitting: str = SITTING,
    now: int = MORNING,
    number: int | None = None,
) -> acts.AnyAct:
    return _act(
        "count",
        hall,
        now,
        number,
        sitting=sitting,
        round=round,
        present=present,
        excused=excused,
        unexcused=unexcused,
        guests=guests,
    )


def correct(
    hall: PlannedPoint | Point | str,
    act: str,
    said: Count,
    *,
    reason: str = "đếm lại",
    now: int = MORNING,
    number: int | None = None,
) -> acts.AnyAct:
    return _act("correct", hall, now, number, act=act, reason=reason, **msgspec.structs.asdict(said))


def submit(
    hall: PlannedPoint | Point | str, *, sitting: str = SITTING, now: int = NOON, number: int | None = None
) -> acts.AnyAct:
    return _act("submit", hall, now, number, sitting=sitting)


def release(hall: PlannedPoint | Point | str, act: str, *, number: int | None = None) -> acts.AnyAct:
    return _act("release", hall, MORNING, number, act=act)


def confirm(hall: PlannedPoint | Point | str, act: str, *, number: int | None = None) -> acts.AnyAct:
    return _act("confirm", hall, MORNING, number, act=act)


def stage(
    hall: PlannedPoint | Point | str, reached: Stage, *, now: int = MORNING, number: int | None = None
) -> acts.AnyAct:
    return _act("stage", hall, now, number, stage=reached)


def perceived(
    hall: PlannedPoint | Point | str,
    picture: Word = Word.GOOD,
    sound: Word = Word.GOOD,
    line: Word = Word.GOOD,
    *,
    number: int | None = None,
) -> acts.AnyAct:
    return _act("perceived", hall, MORNING, number, picture=picture, sound=sound, line=line)


def mode(
    hall: PlannedPoint | Point | str, other: Mode, *, reason: str = "mất điện", number: int | None = None
) -> acts.AnyAct:
    return _act("mode", hall, MORNING, number, reception_mode=other, reason=reason)


def expected(
    hall: PlannedPoint | Point | str, value: int, *, reason: str = "bổ sung", number: int | None = None
) -> acts.AnyAct:
    return _act("expected", hall, MORNING, number, sitting=SITTING, value=value, reason=reason)


def fault(hall: PlannedPoint | Point | str, kind: str = "no_sound", *, number: int | None = None) -> acts.AnyAct:
    return _act("incident", hall, MORNING, number, fault=kind, note="loa hỏng")


def noticed(
    hall: PlannedPoint | Point | str,
    notice: int,
    *,
    confirmed: bool = False,
    now: int = MORNING,
    number: int | None = None,
) -> acts.AnyAct:
    return _act("noticed", hall, now, number, notice=notice, confirmed=confirmed)
