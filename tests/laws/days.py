"""Days as they might go: whatever halls, staff, lines and we ourselves may do, in any order."""

import random
from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.rules import acts, closing, events
from bridge.rules.deciding import Decided, decide
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.ladder import Status
from bridge.rules.model import Fault, Link, Mode, Phase, Plan, Round, RoundName, Sitting, Stage, Word
from bridge.rules.projection import UP, Draft, State
from bridge.rules.refused import Refused
from tests.cast import (
    ANN,
    BINH,
    HALLS,
    MORNING,
    MORNING_SITTING,
    SECOND,
    SITTING,
    SYSTEM,
    act_id,
    at,
    happened,
    phone,
    plan,
)

AFTERNOON = Sitting(
    "2026-03-07-pm",
    "Buổi chiều",
    at("14:00"),
    at("16:30"),
    (
        Round(RoundName.OPENING, at("13:00"), at("14:15")),
        Round(RoundName.CLOSING, at("16:15"), at("17:00")),
    ),
)
# One hall is expected in the afternoon too, so that the sittings' sums differ.
PLAN = plan(
    [
        msgspec.structs.replace(hall, expected={**hall.expected, AFTERNOON.id: 40}) if hall.code == "00001-01" else hall
        for hall in HALLS
    ],
    sittings=(MORNING_SITTING, AFTERNOON),
    names=True,
)
PEOPLE = ("anh", "chi", "em")
"""Whom the badges stand for; on any other nothing can be read."""
CODES = tuple(point.code for point in PLAN.points)


class Step(msgspec.Struct, frozen=True):
    """What somebody tries at a second of the day: an act, or an event that a line gave cause for."""

    after_s: int
    by: str
    act: acts.AnyAct | None = None
    event: AnyEvent | None = None
    settles: int | None = None
    """Somebody else settles one of the corrections that wait, if any does."""


CUC = "user:cuc"
"""A second organiser."""
codes = st.sampled_from(CODES)
heads = st.sampled_from((0, 1, 3, 30, 50, 60, 64, 66, 100, 129, 640))
sittings = st.sampled_from((SITTING, SITTING, SITTING, AFTERNOON.id, "2026-03-08-am"))
rounds = st.sampled_from(RoundName)
words = st.sampled_from(Word)
earlier = st.integers(0, 30).map(act_id)


_figures = {"present": heads, "excused": heads, "unexcused": heads, "guests": st.sampled_from((0, 0, 5, 80))}
_reason = st.just("đếm lại")
_count = st.fixed_dictionaries({"kind": st.just("count"), "sitting": sittings, "round": rounds, **_figures})
_saids: tuple[SearchStrategy[dict[str, Any]], ...] = (
    _count,
    _count,
    st.fixed_dictionaries({"kind": st.just("correct"), "act": earlier, "reason": _reason, **_figures}),
    st.fixed_dictionaries({"kind": st.just("release"), "act": earlier}),
    st.fixed_dictionaries({"kind": st.just("confirm"), "act": earlier}),
    st.fixed_dictionaries(
        {
            "kind": st.just("expected"),
            "sitting": sittings,
            "value": st.sampled_from((0, 40, 64, 200)),
            "reason": _reason,
        }
    ),
    st.fixed_dictionaries({"kind": st.just("mode"), "reception_mode": st.sampled_from(Mode), "reason": _reason}),
    st.fixed_dictionaries({"kind": st.just("stage"), "stage": st.sampled_from(Stage)}),
    st.fixed_dictionaries(
        {"kind": st.just("perceived"), "picture": words, "sound": words, "line": st.just(Word.GOOD)},
    ),
    st.fixed_dictionaries({"kind": st.just("incident"), "fault": st.sampled_from(Fault)}),
    st.fixed_dictionaries({"kind": st.just("scan"), "badge": st.sampled_from((*PEOPLE, "torn"))}),
    st.fixed_dictionaries({"kind": st.just("undo"), "act": earlier}),
    st.fixed_dictionaries({"kind": st.just("submit"), "sitting": sittings}),
)
_told = st.tuples(codes, st.one_of(_saids))


def _numbered(number: int, told: tuple[str, dict[str, Any]]) -> acts.AnyAct:
    code, said = told
    # Through JSON, as a device would send it.
    carried = {"id": act_id(number), "seq": number, "at": "2026-03-07T08:00:00+07:00", "point": code}
    return acts.decode(msgspec.json.encode({**carried, **said}))


def acts_said(most: int = 30) -> SearchStrategy[list[acts.AnyAct]]:
    """Acts of any kind about any hall, numbered from 0, each under an id of its own; they may speak of each other."""
    return st.lists(_told, min_size=1, max_size=most).map(
        lambda said: [_numbered(number, told) for number, told in enumerate(said)]
    )


lines: SearchStrategy[AnyEvent] = st.one_of(
    st.builds(
        events.LinkMoved,
        point=codes,
        link=st.sampled_from((Link.STEADY, Link.UNSTABLE, Link.LOST)),
        noticed_ms=st.just(MORNING),
        cause=st.just("silence"),
    ),
    st.just(events.ServiceRestarted()),
    st.builds(
        events.CentreOutageBegan,
        points=st.sets(codes, min_size=1).map(lambda chosen: tuple(sorted(chosen))),
        noticed_ms=st.just(MORNING),
    ),
    st.just(events.CentreOutageEnded()),
    st.builds(
        events.PhaseChanged, phase=st.sampled_from((Phase.LIVE, Phase.CLOSING, Phase.CLOSED)), version=st.just(7)
    ),
)


Told = tuple[str, dict[str, Any]] | AnyEvent | int
"""What somebody says, what a line gave cause for, or which correction is settled."""


def steps(most: int = 30) -> SearchStrategy[list[Step]]:
    """A day: mostly acts, by the hall's own phone or by staff; now and then something with the lines."""
    told: SearchStrategy[Told] = st.one_of(_told, _told, _told, _told, lines, st.integers(0, 9))
    parts = st.tuples(st.integers(0, 900), st.sampled_from(("", ANN, BINH)), told)
    return st.lists(parts, min_size=1, max_size=most).map(
        lambda day: [_step(number, *part) for number, part in enumerate(day)]
    )


def closed_days() -> SearchStrategy[list[Step]]:
    """A day that is closed at some time, and goes on: halls are late, staff ask for corrections and others settle them."""
    return st.integers(0, 2**32).map(lambda seed: _closed_day(random.Random(seed)))


def _closed_day(die: random.Random) -> list[Step]:
    halls = die.sample(CODES, 2)
    counted: dict[str, list[int]] = {code: [] for code in halls}
    day: list[Step] = []

    def told(code: str, kind: str) -> tuple[str, dict[str, Any]]:
        heads = {"present": die.choice((30, 45, 60, 640)), "excused": die.choice((0, 3)), "unexcused": 1}
        match kind:
            case "count":
                counted[code].append(len(day))
                return code, {
                    "kind": kind,
                    "sitting": SITTING,
                    "round": die.choice(("middle", "closing", "closing")),
                    **heads,
                }
            case "correct":
                earlier = act_id(die.choice(counted[code] or [999]))
                return code, {"kind": kind, "act": earlier, "reason": "đếm lại", **heads}
            case "stage":
                return code, {"kind": kind, "stage": die.choice(("in_session", "ended", "ended", "ended"))}
            case _:
                return code, {"kind": "submit", "sitting": SITTING}

    for _ in range(die.randrange(4, 12)):
        said = told(die.choice(halls), die.choice(("count", "count", "stage", "submit")))
        day.append(_step(len(day), die.randrange(900), "", said))
    day.append(Step(60, ANN, event=events.PhaseChanged(phase=Phase.CLOSED, version=3)))
    for _ in range(die.randrange(8, 24)):
        if die.random() < 0.35:
            day.append(_step(len(day), 60, "", die.randrange(10)))
            continue
        said = told(die.choice(halls), die.choice(("count", "correct", "correct", "stage", "submit")))
        day.append(_step(len(day), die.choice((0, 0, 60, 900)), die.choice(("", "", ANN, BINH)), said))
    return day


def _step(number: int, after_s: int, by: str, told: Told) -> Step:
    if isinstance(told, int):
        return Step(after_s, CUC, settles=told)
    if isinstance(told, events.Event):
        return Step(after_s, SYSTEM, event=told)
    assert isinstance(told, tuple)
    return Step(after_s, by or phone(told[0]), act=_numbered(number, told))


def beginning(frozen: Plan = PLAN) -> list[Happened]:
    return [
        happened(events.ConferenceFrozen(plan=frozen), at("06:00"), ANN),
        happened(events.PhaseChanged(phase=Phase.LIVE, version=1), at("06:30"), ANN),
    ]


def judged(state: State | Draft, step: Step, now_ms: int) -> Decided:
    """The answer to a step that is an act."""
    assert step.act is not None
    badge = step.act.badge if isinstance(step.act, acts.ScanAct) else ""
    return decide(
        state,
        step.act,
        at_ms=now_ms,
        staff=step.by.startswith("user:"),
        by=step.by,
        received_ms=now_ms,
        person=badge if badge in PEOPLE else None,
    )


def follows(state: State | Draft, step: Step, now_ms: int) -> Happened | None:
    """What the journal would hold after this step; None where the lines gave no cause."""
    if step.act is not None:
        return happened(judged(state, step, now_ms).event, now_ms, step.by, step.act.id)
    if step.settles is not None:
        return _settled(state, step.settles, now_ms)
    event = step.event
    if isinstance(event, events.LinkMoved):
        point = state.points[event.point]
        # A line that is not measured is judged by nobody.
        if point.link is Link.NOT_MEASURED or point.link is event.link:
            return None
    if isinstance(event, events.CentreOutageBegan):
        event = events.CentreOutageBegan(
            points=tuple(code for code in event.points if state.points[code].link in UP), noticed_ms=event.noticed_ms
        )
        if not event.points:
            return None
    if isinstance(event, events.CentreOutageEnded) and not state.centre_out:
        return None
    return None if event is None else happened(event, now_ms)


def _settled(state: State | Draft, choice: int, now_ms: int) -> Happened | None:
    waiting = [each for each in state.affairs.closing.corrections.values() if each.status is Status.WAITING]
    if not waiting:
        return None
    number = waiting[choice % len(waiting)].number
    try:
        ((event, _),) = (
            closing.approve(state, number, CUC, "đúng", now_ms)
            if choice % 3
            else closing.refuse(state, number, "sai", now_ms)
        )
    except Refused as refused:
        if refused.code != "stale":
            raise
        return None
    return happened(event, now_ms, CUC)


def lived(day: Iterable[Step], state: State | None = None) -> list[Happened]:
    """The journal of a day, from the freezing of the plan on."""
    state = state or State()
    journal = beginning()
    for each in journal:
        state.adopt(each)
    now_ms = MORNING
    for step in day:
        now_ms += step.after_s * SECOND
        each_or_none = follows(state, step, now_ms)
        if each_or_none is not None:
            journal.append(each_or_none)
            state.adopt(each_or_none)
    return journal
