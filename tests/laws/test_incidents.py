"""Laws of the incidents: whatever happens in whatever order, no failing hall is forgotten, and none is told twice."""

from collections.abc import Callable
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.rules import events, mending
from bridge.rules.events import Happened
from bridge.rules.grouping import KIN, WINDOW_MS
from bridge.rules.incidents import Incidents, Status
from bridge.rules.model import Link, Stage, Stream
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused
from bridge.rules.stages import HALLS_MAY_ACT
from bridge.rules.trouble import Trouble
from tests.cast import ANN, MORNING, SECOND
from tests.following import Hall, placed
from tests.laws.days import CODES, Step, beginning, follows, steps

Deed = Callable[[Draft], mending.Decided]


def everywhere(_code: str) -> bool:
    return True


def deeds() -> SearchStrategy[Deed]:
    """What the staff may try at any time, about any incident."""
    numbers = st.integers(1, 6)
    return st.one_of(
        numbers.map(lambda number: lambda draft: mending.acknowledge(draft, number, "ann", MORNING)),
        numbers.map(lambda number: lambda draft: mending.assign(draft, number, "binh", everywhere, MORNING)),
        numbers.map(lambda number: lambda draft: mending.note(draft, number, "đã gọi", MORNING)),
        numbers.map(lambda number: lambda draft: mending.explain(draft, number, "đứt cáp", everywhere, MORNING)),
        numbers.map(lambda number: lambda draft: mending.resolve(draft, number, "", everywhere, MORNING)),
        numbers.map(lambda number: lambda draft: mending.reopen(draft, number, "vẫn thế", everywhere, MORNING)),
        numbers.map(lambda number: lambda draft: mending.escalate(draft, number, None, "gấp", MORNING)),
        st.tuples(st.sampled_from(Trouble), st.sets(st.sampled_from(CODES), min_size=1)).map(
            lambda asked: lambda draft: mending.open_by_hand(draft, asked[0], sorted(asked[1]), "", MORNING)
        ),
    )


def streams() -> SearchStrategy[Step]:
    moved = st.builds(
        events.StreamMoved, point=st.sampled_from(CODES), stream=st.sampled_from(Stream), noticed_ms=st.just(MORNING)
    )
    return moved.map(lambda event: Step(5, "system", event=event))


def days() -> SearchStrategy[list[Step | Deed]]:
    """A day of halls, lines, broadcasts and staff, in any order."""
    single: SearchStrategy[Step | Deed] = st.one_of(streams(), deeds())
    return st.tuples(steps(25), st.lists(st.tuples(single, st.integers(0, 25)), max_size=15)).map(
        lambda told: _mixed(*told)
    )


def _mixed(day: list[Step], others: list[tuple[Step | Deed, int]]) -> list[Step | Deed]:
    told: list[Step | Deed] = list(day)
    for each, place in others:
        told.insert(place, each)
    return told


class Lived(Hall):
    """The conference of the laws, step by step."""

    def __init__(self) -> None:
        self.state = State()
        self.journal = []
        self.now_ms = MORNING
        self._adopts(beginning())

    def does(self, step: Step | Deed) -> None:
        if not isinstance(step, Step):
            with suppress(Refused):
                self.commands(step, by=ANN)
            return
        self.now_ms += step.after_s * SECOND
        told = follows(self.state, step, self.now_ms)
        if told is not None:
            self.hears(told)


@given(day=days())
def test_a_journal_read_again_gives_the_same_incidents(day: list[Step | Deed]) -> None:
    lived, replayed = Lived(), State()
    for step in day:
        lived.does(step)
    for each in lived.journal:
        replayed.adopt(kept(each))
    assert replayed == lived.state


def kept(each: Happened) -> Happened:
    return Happened(events.decode(events.encode(each.event)), each.at_ms, each.received_ms, each.by, each.act)


@given(day=days())
def test_whatever_happens_the_incidents_agree_with_themselves(day: list[Step | Deed]) -> None:
    lived = Lived()
    hit: dict[int, set[str]] = {}
    for step in day:
        lived.does(step)
        incidents = lived.state.affairs.incidents
        agree(incidents)
        for number, incident in incidents.known.items():
            # Who was hit once stays on the list.
            assert hit.get(number, set()) <= incident.hits.keys()
            hit[number] = set(incident.hits)


def agree(incidents: Incidents) -> None:
    assert list(incidents.known) == list(range(1, incidents.opened + 1))
    going_on = [each.number for each in incidents.known.values() if each.status is not Status.RESOLVED]
    assert list(incidents.unresolved) == going_on
    failing: dict[str, set[int]] = {}
    for incident in incidents.known.values():
        assert incident.status is not Status.RESOLVED or not incident.failing
        assert incident.hits
        assert incident.began_ms <= incident.newest_ms
        for code in incident.failing:
            failing.setdefault(code, set()).add(incident.number)
    assert {code: set(numbers) for code, numbers in incidents.of.items()} == failing
    for code in failing:
        troubles = [KIN[each.trouble] for each in incidents.failing_at(code)]
        assert len(troubles) == len(set(troubles)), "in two incidents of one trouble"


@given(day=steps())
def test_every_line_that_is_down_is_in_exactly_one_incident(day: list[Step]) -> None:
    lived = Lived()
    for step in day:
        lived.does(step)
        if lived.state.phase not in HALLS_MAY_ACT:
            # The day is over: whatever a line does then is nobody's matter.
            return
        incidents = lived.state.affairs.incidents
        for code, point in lived.state.points.items():
            if any(event.stage is Stage.ENDED for event in stages_of(lived, code)):
                continue
            told = [each.trouble for each in incidents.failing_at(code)]
            lost = sum(each in (Trouble.LOST, Trouble.POWER_CUT) for each in told)
            assert point.link is not Link.LOST or lost == 1
            assert point.link is not Link.UNSTABLE or told.count(Trouble.FLAPPING) == 1
            assert point.link is not Link.STEADY or Trouble.FLAPPING not in told
            assert code not in lived.state.centre_out or point.link is not Link.UNKNOWN or Trouble.CENTRE in told


def stages_of(lived: Lived, code: str) -> list[events.StageReached]:
    return [
        each.event for each in lived.journal if isinstance(each.event, events.StageReached) and each.event.point == code
    ]


# --- one cause, one incident, in whatever order it is noticed

BYSTANDERS = [placed(500 + number, area=f"Nơi {number}", provider="Khác") for number in range(60)]
within_the_window = st.integers(0, WINDOW_MS // SECOND)


@given(
    cause=st.sampled_from(("feeder", "area")),
    others=st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("XYZ"), within_the_window), min_size=2, max_size=20
    ),
    data=st.data(),
)
def test_halls_that_share_what_failed_are_one_incident_in_whatever_order_they_are_noticed(
    cause: str, others: list[tuple[str, str, int]], data: st.DataObject
) -> None:
    halls = [
        placed(number, provider=provider, **{"feeder": other, "area": other, cause: "the cause"})
        for number, (other, provider, _) in enumerate(others)
    ]
    fallen = [(hall, MORNING + after_s * SECOND) for hall, (_, _, after_s) in zip(halls, others, strict=True)]
    hall = Hall([*halls, *BYSTANDERS])
    for each, at_ms in data.draw(st.permutations(fallen)):
        hall.loses(each, at_ms, noticed_ms=MORNING + 200 * SECOND)
    assert hall.partition() == {frozenset(each.code for each in halls)}
    assert explained_by(hall) in (cause, "feeder")


def explained_by(hall: Hall) -> str:
    return hall.the_one().shared.bond.value


@given(
    areas=st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=15),
    trouble=st.sampled_from((Stream.STALLED, Link.LOST, Link.UNSTABLE)),
    data=st.data(),
)
def test_a_providers_halls_fall_into_the_same_incidents_in_whatever_order_they_are_noticed(
    areas: list[str], trouble: Stream | Link, data: st.DataObject
) -> None:
    halls = [placed(number, area=area, provider="VNPT") for number, area in enumerate(areas)]
    seen = []
    for order in (halls, data.draw(st.permutations(halls))):
        hall = Hall([*halls, *BYSTANDERS])
        for each in BYSTANDERS:
            hall.receives(each, Stream.FRESH)
        for each in order:
            if isinstance(trouble, Stream):
                hall.receives(each, trouble)
            else:
                hall.tells(events.LinkMoved(point=each.code, link=trouble, noticed_ms=MORNING))
        seen.append(hall.partition())
    assert seen[0] == seen[1]


@given(number=st.integers(2, 60), back=st.permutations(range(60)))
def test_everybody_who_comes_back_is_back_when_the_last_one_is(number: int, back: list[int]) -> None:
    halls = [placed(each) for each in range(number)]
    hall = Hall(halls)
    for each in halls:
        hall.is_back(each, MORNING)
    hall.tells(events.ServiceRestarted(), MORNING + SECOND)
    *first, last = (halls[each] for each in back if each < number)
    for each in first:
        hall.is_back(each, MORNING + 2 * SECOND)
        assert hall.the_one().status is Status.OPEN
        # Nobody is said to be well before they are; that they are may be said a little later.
        assert last.code in hall.the_one().failing
    hall.is_back(last, MORNING + 3 * SECOND)
    assert hall.the_one().status is Status.RESOLVED
