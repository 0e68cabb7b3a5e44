"""Days as they might go: whatever halls, staff, lines and we ourselves may do, in any order."""

from collections.abc import Iterable
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.rules import acts, events
from bridge.rules.deciding import Decided, decide
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.model import Fault, Link, Mode, Phase, Plan, Round, RoundName, Sitting, Stage, Word
from bridge.rules.projection import UP, Draft, State
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
    st.builds(events.PhaseChanged, phase=st.sampled_from((Phase.LIVE, Phase.CLOSING)), version=st.just(7)),
)


def steps(most: int = 30) -> SearchStrategy[list[Step]]:
    """A day: mostly acts, by the hall's own phone or by staff; now and then something with the lines."""
    told: SearchStrategy[tuple[str, dict[str, Any]] | AnyEvent] = st.one_of(_told, _told, _told, lines)
    parts = st.tuples(st.integers(0, 900), st.sampled_from(("", ANN, BINH)), told)
    return st.lists(parts, min_size=1, max_size=most).map(
        lambda day: [_step(number, *part) for number, part in enumerate(day)]
    )


def _step(number: int, after_s: int, by: str, told: tuple[str, dict[str, Any]] | AnyEvent) -> Step:
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
