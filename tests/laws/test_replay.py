"""The live state is what the journal adds up to: read again, it is the same."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bridge.rules import acts, events
from bridge.rules.events import Happened
from bridge.rules.projection import Draft, State
from bridge.rules.recalling import Past
from bridge.rules.rollup import ROOT
from bridge.rules.scene import Placed, Scene
from dashboards import view
from tests.cast import MORNING, SECOND, SYSTEM, act_id, phone
from tests.laws.days import CODES, PEOPLE, PLAN, Step, beginning, closed_days, follows, judged, lived, steps


def kept(journal: list[Happened]) -> list[Happened]:
    """The same rows after the disk has had them."""
    return [
        Happened(events.decode(events.encode(each.event)), each.at_ms, each.received_ms, each.by, each.act)
        for each in journal
    ]


def arrivals() -> SearchStrategy[list[Step]]:
    """People at the doors, scans taken back a moment later, and our own restarts in between."""
    told = st.one_of(st.sampled_from(PEOPLE), st.integers(1, 3), st.just(None))
    return st.lists(st.tuples(st.sampled_from(CODES), told, st.sampled_from((0, 5, 60, 7_200))), max_size=30).map(
        lambda came: [_arrival(number, came) for number in range(len(came))]
    )


def _arrival(number: int, came: Sequence[tuple[str, str | int | None, int]]) -> Step:
    """Somebody with a badge, or the act so many before this one taken back, or nobody because we were away."""
    code, told, after_s = came[number]
    at = datetime.fromtimestamp(MORNING / 1000, UTC)
    match told:
        case str():
            scan = acts.ScanAct(id=act_id(number), seq=number, at=at, point=code, badge=told)
            return Step(after_s, phone(code), scan)
        case int():
            before = max(0, number - told)
            code = came[before][0]
            undo = acts.UndoAct(id=act_id(number), seq=number, at=at, point=code, act=act_id(before))
            return Step(after_s, phone(code), undo)
        case None:
            return Step(after_s, SYSTEM, event=events.ServiceRestarted())


def past(placed: Sequence[Placed]) -> list[Past]:
    """The same rows as a start reads them."""
    return [Past(at, row.at_ms, row.received_ms, row.by, row.act, row.device, 0, row.event) for at, row in placed]


def board(scene: Scene) -> list[view.Row]:
    groups = view.Groups(scene, ROOT)
    return [view.row(scene, point, groups.of(point)) for point in scene.state.points.values()]


@given(day=st.one_of(steps(), closed_days()), now_h=st.integers(6, 18))
def test_a_journal_read_again_gives_the_same_state_sums_and_board(day: list[Step], now_h: int) -> None:
    journal = lived(day)
    live, replayed = Scene(), Scene()
    for position, each in enumerate(journal, 1):
        live.adopt(position, each)
    for position, each in enumerate(kept(journal), 1):
        replayed.adopt(position, each)
    now_ms = MORNING + (now_h - 8) * 3600 * SECOND
    for scene in (live, replayed):
        scene.show_round(now_ms)
    assert live.state == replayed.state
    assert live.rollup.tallies == replayed.rollup.tallies
    assert board(live) == board(replayed)
    assert view.totals(live, ROOT, now_ms) == view.totals(replayed, ROOT, now_ms)
    assert list(live.news) == list(replayed.news)


@given(day=st.one_of(steps(), arrivals(), closed_days()), pieces=st.integers(1, 9))
def test_a_long_past_recalled_in_pieces_is_what_was_adopted_one_by_one(day: list[Step], pieces: int) -> None:
    adopted, recalled = Scene(), Scene()
    placed = list(enumerate(kept(lived(day)), 1))
    for position, each in placed:
        adopted.adopt(position, each)
    for start in range(0, len(placed), pieces):
        recalled.replay(past(placed[start : start + pieces]))
    recalled.sum_up()
    assert recalled.state == adopted.state
    assert recalled.rollup.tallies == adopted.rollup.tallies
    assert list(recalled.news) == list(adopted.news)
    assert recalled.position == adopted.position


@given(day=steps())
def test_an_event_says_exactly_which_points_it_touched(day: list[Step]) -> None:
    state = State()
    for each in lived(day):
        before = dict(state.points)
        changed = state.adopt(each)
        assert {code for code, point in state.points.items() if before.get(code) != point} <= set(changed)
        assert all(before.get(code) == was and state.points[code] == now for code, (was, now) in changed.items())


@given(day=st.one_of(steps(), closed_days()), cut=st.integers(0, 30))
def test_a_draft_decides_as_the_live_state_would(day: list[Step], cut: int) -> None:
    live, base = State(), State()
    for each in lived(day[:cut], base):
        live.adopt(each)
    draft = Draft(base)
    untouched = dict(base.points)
    for number, step in enumerate(day[cut:]):
        now_ms = MORNING + number * SECOND
        said_live, said_draft = follows(live, step, now_ms), follows(draft, step, now_ms)
        assert said_live == said_draft
        if step.act is not None:
            assert judged(live, step, now_ms) == judged(draft, step, now_ms)
        if said_live is not None:
            live.adopt(said_live)
            draft.adopt(said_live)
        assert dict(draft.points) == live.points
        assert (draft.phase, draft.version, draft.centre_out) == (live.phase, live.version, live.centre_out)
        assert draft.affairs.closing == live.affairs.closing
    # What was only drafted can be forgotten: the live state has not seen it.
    assert base.points == untouched


@given(day=steps())
def test_a_batch_that_freezes_the_plan_may_already_act_on_it(day: list[Step]) -> None:
    draft, live = Draft(State()), State()
    for each in beginning():
        draft.adopt(each)
        live.adopt(each)
    assert dict(draft.points) == live.points
    assert draft.plan == live.plan == PLAN
    for step in day:
        assert follows(draft, step, MORNING) == follows(live, step, MORNING)


@given(day=st.one_of(steps(), closed_days()))
def test_every_event_survives_the_disk(day: list[Step]) -> None:
    journal = lived(day)
    assert kept(journal) == journal
