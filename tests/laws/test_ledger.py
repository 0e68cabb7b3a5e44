"""The ledger adds up at every node of the tree, after whatever happens."""

from collections.abc import Iterable

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules import acts, events
from bridge.rules.attendance import NOBODY, People, is_summoned, people, standing
from bridge.rules.closing import differences
from bridge.rules.events import Happened
from bridge.rules.model import Count, Grade, Link, Phase, RoundKey, RoundName, opened
from bridge.rules.projection import State
from bridge.rules.rollup import ROOT, Rollup, Tally
from bridge.rules.scene import Scene, rounds_of
from tests.cast import MORNING, SECOND, act_id, phone
from tests.laws.days import PEOPLE, PLAN, Step, closed_days, follows, lived, steps

KEYS: tuple[RoundKey, ...] = rounds_of(PLAN)
NODES = (ROOT, *(unit.code for unit in PLAN.units))

numbers = st.integers(0, 2_000)
counts = st.builds(Count, present=numbers, excused=numbers, unexcused=numbers, guests=numbers)


def adds_up(column: People) -> bool:
    parts = (column.present, column.excused, column.unexcused, column.unreported)
    return column.expected == sum(parts) and min(*parts, column.guests) >= 0


@given(expected=numbers, count=st.none() | counts)
def test_every_column_adds_up(expected: int, count: Count | None) -> None:
    column = people(expected, count)
    assert column.expected == expected
    assert adds_up(column)


@given(expected=numbers, count=counts)
def test_heads_in_the_hall_are_neither_lost_nor_invented(expected: int, count: Count) -> None:
    column = people(expected, count)
    assert column.present + column.guests == count.present + count.guests


@given(expected=numbers, count=counts)
def test_a_count_that_fits_stands_as_it_was_said(expected: int, count: Count) -> None:
    if count.answered <= expected:
        column = people(expected, count)
        assert (column.present, column.excused, column.unexcused, column.guests) == (
            count.present,
            count.excused,
            count.unexcused,
            count.guests,
        )


def summed(state: State, node: str, key: RoundKey) -> People:
    """The column of a node, counted out point by point."""
    total = NOBODY
    for point in state.points.values():
        if node == ROOT or node in state.path(point.planned.unit):
            total += standing(point, key)
    return total


def counted(state: State, node: str) -> Tally:
    """A node's sums, made from the points as they are now."""
    fresh = Rollup(KEYS, state.path)
    fresh.adopt({code: (None, point) for code, point in state.points.items()})
    return fresh.at(node)


@given(day=st.one_of(steps(), closed_days()))
def test_the_equation_holds_at_every_node_after_every_event(day: list[Step]) -> None:
    scene = Scene()
    for position, each in enumerate(lived(day), 1):
        scene.adopt(position, each)
        for node in NODES:
            for key in KEYS:
                column = scene.rollup.at(node).people.get(key, NOBODY)
                assert adds_up(column), (node, key, column)
                assert column == summed(scene.state, node, key)


@given(day=st.one_of(steps(), closed_days()))
def test_the_sums_that_were_kept_up_equal_the_sums_from_scratch(day: list[Step]) -> None:
    scene = Scene()
    for position, each in enumerate(lived(day), 1):
        scene.adopt(position, each)
        for node in NODES:
            assert scene.rollup.at(node) == counted(scene.state, node)


@given(day=steps())
def test_a_nodes_points_are_its_points_by_stage_and_by_link(day: list[Step]) -> None:
    scene = Scene()
    for position, each in enumerate(lived(day), 1):
        scene.adopt(position, each)
    for node in NODES:
        tally = scene.rollup.at(node)
        assert tally.points == sum(tally.stages.values()) == sum(tally.links.values())
        assert min((*tally.stages.values(), *tally.links.values()), default=0) >= 0


@given(day=st.one_of(steps(), closed_days()))
def test_a_round_waits_for_those_that_are_summoned_to_it_and_for_nobody_else(day: list[Step]) -> None:
    scene = Scene()
    for position, each in enumerate(lived(day), 1):
        scene.adopt(position, each)
    for node in NODES:
        tally = scene.rollup.at(node)
        halls = list(scene.points_under(node))
        for key in KEYS:
            missing = sum(key not in hall.figures and is_summoned(hall, key[0]) for hall in halls)
            assert tally.owed[key] - tally.received[key] == missing


@given(day=steps())
def test_a_quarantined_figure_moves_no_sum(day: list[Step]) -> None:
    scene = Scene()
    for position, each in enumerate(lived(day), 1):
        before = {node: dict(scene.rollup.at(node).people) for node in NODES}
        scene.adopt(position, each)
        if _is_quarantined(each):
            assert {node: dict(scene.rollup.at(node).people) for node in NODES} == before
        for point in scene.state.points.values():
            assert all(figure.grade is not Grade.QUARANTINED for figure in point.figures.values())
            assert all(figure.grade is Grade.QUARANTINED for figure in point.quarantined.values())


def _is_quarantined(each: Happened) -> bool:
    event = each.event
    counted_or_corrected = events.FigureReported | events.FigureCorrected
    return isinstance(event, counted_or_corrected) and event.grade is Grade.QUARANTINED


Figures = dict[tuple[str, RoundKey], Count]


def figures_of(state: State, codes: Iterable[str]) -> Figures:
    return {(code, key): figure.count for code in codes for key, figure in state.points[code].figures.items()}


@given(day=closed_days())
def test_after_the_close_a_figure_moves_only_where_two_people_agreed_or_a_phone_was_still_sending(
    day: list[Step],
) -> None:
    state = State()
    for each in lived(day):
        before = {code: point.figures for code, point in state.points.items()}
        closed_ms = state.affairs.closing.closed_ms if state.phase is Phase.CLOSED else None
        changed = state.adopt(each)
        moved = [code for code, (_, after) in changed.items() if code in before and after.figures != before[code]]
        if closed_ms is None or not moved:
            continue
        if isinstance(each.event, events.CorrectionApproved):
            asked = state.affairs.closing.corrections[each.event.correction]
            assert moved == [asked.point]
            assert asked.settled_by != asked.asked_by
            stood = before[asked.point].get(asked.key)
            assert (stood.count if stood else None) == asked.before
        else:
            assert each.by == phone(moved[0])
            assert each.at_ms <= closed_ms


@given(day=closed_days())
def test_the_named_differences_lead_from_what_the_halls_said_to_what_stands(day: list[Step]) -> None:
    state = State()
    said: Figures = {}
    for each in lived(day):
        for code, (before, after) in state.adopt(each).items():
            if before is None or isinstance(each.event, events.CorrectionApproved) or after.figures == before.figures:
                continue
            said = {place: count for place, count in said.items() if place[0] != code} | figures_of(state, [code])
    for difference in differences(state, 0):
        place = (difference.point, (difference.sitting, RoundName(difference.round)))
        assert said.get(place) == difference.before
        said[place] = difference.after
    assert said == figures_of(state, state.points)


@given(day=steps())
def test_every_person_is_counted_in_one_hall_only(day: list[Step]) -> None:
    scene = Scene()
    for position, each in enumerate(lived(day), 1):
        scene.adopt(position, each)
    for sitting in PLAN.sittings:
        seen = [where.point for person in PEOPLE if (where := scene.state.seen(sitting.id, person)) is not None]
        for point in scene.state.points.values():
            assert point.scanned.get(sitting.id, 0) == seen.count(point.code)
        assert scene.rollup.at(ROOT).scanned[sitting.id] == len(seen)


@given(day=steps(), last=steps(most=1))
def test_an_act_that_is_undone_at_once_leaves_the_hall_as_it_was(day: list[Step], last: list[Step]) -> None:
    state = State()
    lived(day, state)
    (step,) = last
    now_ms = MORNING + 6 * 3600 * SECOND
    if step.act is None:
        return
    before = state.points[step.act.point]
    act = msgspec.structs.replace(step.act, id=act_id(999))
    step = msgspec.structs.replace(step, act=act)
    said = follows(state, step, now_ms)
    assert said is not None
    state.adopt(said)
    taken_back = acts.UndoAct(id=act_id(1_000), seq=1_000, at=act.at, point=act.point, act=act.id)
    undone = follows(state, Step(0, step.by, act=taken_back), now_ms)
    assert undone is not None
    state.adopt(undone)
    may_be_undone = events.StageReached | events.HallPerceived | events.FigureReported | events.PersonCheckedIn
    if isinstance(said.event, may_be_undone):
        assert isinstance(undone.event, events.ActUndone)
        after = msgspec.structs.replace(state.points[act.point], last=before.last)
        assert msgspec.structs.replace(after, scanned={}) == msgspec.structs.replace(before, scanned={})
        assert all(after.scanned.get(key, 0) == before.scanned.get(key, 0) for key in after.scanned)


@given(day=steps())
def test_a_point_that_is_not_measured_is_never_red(day: list[Step]) -> None:
    state = State()
    for each in lived(day):
        state.adopt(each)
        for point in state.points.values():
            if opened(msgspec.structs.replace(point.planned, mode=point.mode)).link is Link.NOT_MEASURED:
                assert point.link is Link.NOT_MEASURED
