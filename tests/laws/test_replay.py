"""The live state is what the journal adds up to: read again, it is the same."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.projection import Draft, State
from bridge.rules.rollup import ROOT
from bridge.rules.scene import Scene
from dashboards import view
from tests.cast import MORNING, SECOND
from tests.laws.days import PLAN, Step, beginning, follows, judged, lived, steps


def kept(journal: list[Happened]) -> list[Happened]:
    """The same rows after the disk has had them."""
    return [
        Happened(events.decode(events.encode(each.event)), each.at_ms, each.received_ms, each.by, each.act)
        for each in journal
    ]


def board(scene: Scene) -> list[view.Row]:
    groups = view.Groups(scene, ROOT)
    return [view.row(scene, point, groups.of(point)) for point in scene.state.points.values()]


@given(day=steps(), now_h=st.integers(6, 18))
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


@given(day=steps())
def test_an_event_says_exactly_which_points_it_touched(day: list[Step]) -> None:
    state = State()
    for each in lived(day):
        before = dict(state.points)
        changed = state.adopt(each)
        assert {code for code, point in state.points.items() if before.get(code) != point} <= set(changed)
        assert all(before.get(code) == was and state.points[code] == now for code, (was, now) in changed.items())


@given(day=steps(), cut=st.integers(0, 30))
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


@given(day=steps())
def test_every_event_survives_the_disk(day: list[Step]) -> None:
    journal = lived(day)
    assert kept(journal) == journal
