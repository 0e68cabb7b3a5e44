"""Second sources: they stand beside a hall's figure and never move it; the lot may be drawn again by anybody."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules import checking, events
from bridge.rules.model import Count, Grade, Phase, RoundName
from bridge.rules.projection import Draft, State
from bridge.rules.refused import Refused
from bridge.rules.sources import DRAWN_LIMIT, PHOTOS_OF_A_SITTING, differences, lot, pool, pool_sha256
from bridge.rules.witness import Seen, Source, Stands
from tests.cast import (
    ANN,
    BINH,
    HALL_1,
    HALL_2,
    HALLS,
    MORNING,
    OPENING,
    SITTING,
    at,
    happened,
    phone,
    plan,
)
from tests.laws.affairs import KINDS, affair

CODE = HALL_1.code


def live() -> State:
    state = State()
    state.adopt(happened(events.ConferenceFrozen(plan=plan()), at("06:00"), ANN))
    state.adopt(happened(events.PhaseChanged(phase=Phase.LIVE, version=1), at("06:30"), ANN))
    return state


def reported(state: State, present: int, excused: int = 0, guests: int = 0, code: str = CODE) -> None:
    count = Count(present, excused, 0, guests)
    event = events.FigureReported(point=code, sitting=SITTING, round=RoundName.OPENING, count=count, grade=Grade.FINE)
    state.adopt(happened(event, MORNING, phone(code), f"act-{present}"))


def told(state: State, decided: checking.Decided, by: str = BINH) -> None:
    for event, at_ms in decided:
        state.adopt(happened(event, at_ms, by))


def checked(state: State, present: int, excused: int | None = None, source: Source = Source.INSPECTOR) -> None:
    told(state, checking.give(Draft(state), CODE, OPENING, source, Seen(present, excused), MORNING))


def test_a_second_source_is_listed_with_both_figures_and_moves_none() -> None:
    state = live()
    reported(state, 60, 4)
    before = state.points[CODE]
    checked(state, 52, 4)
    (difference,) = differences(state.affairs.sources, state.points)
    assert (difference.point, difference.key, difference.source) == (CODE, OPENING, Source.INSPECTOR)
    assert difference.own is not None
    assert (difference.own.present, difference.given.seen.present, difference.given.by) == (60, 52, "binh")
    assert difference.awaits
    assert state.points[CODE] is before


@pytest.mark.parametrize(
    ("seen", "differs"),
    [
        (Seen(60), False),
        (Seen(65), False),  # whoever counts heads counts the five guests too
        (Seen(61), True),
        (Seen(60, 4), False),
        (Seen(60, 3), True),
        (Seen(60, None, 1), True),
    ],
)
def test_what_a_source_does_not_say_does_not_differ(seen: Seen, differs: bool) -> None:
    state = live()
    reported(state, 60, 4, guests=5)
    told(state, checking.give(Draft(state), CODE, OPENING, Source.PHOTO, seen, MORNING))
    assert bool(differences(state.affairs.sources, state.points)) is differs


def test_a_hall_that_said_nothing_is_not_a_hall_of_none() -> None:
    state = live()
    checked(state, 0)
    (difference,) = differences(state.affairs.sources, state.points)
    assert difference.own is None
    with pytest.raises(Refused, match="chưa báo cáo"):
        checking.settle(Draft(state), CODE, OPENING, Source.INSPECTOR, Stands.OWN, "x", Seen(0), MORNING)


def test_a_settled_difference_opens_again_with_another_figure() -> None:
    state = live()
    reported(state, 60)
    checked(state, 52)
    settle = checking.settle(
        Draft(state), CODE, OPENING, Source.INSPECTOR, Stands.OWN, "đếm lúc giải lao", Seen(52), MORNING
    )
    told(state, settle, ANN)
    (difference,) = differences(state.affairs.sources, state.points)
    assert difference.settled is not None
    assert (difference.settled.by, difference.settled.reason) == ("ann", "đếm lúc giải lao")
    assert not difference.awaits
    reported(state, 58)
    (again,) = differences(state.affairs.sources, state.points)
    assert again.settled is None
    assert again.awaits
    reported(state, 52)
    assert differences(state.affairs.sources, state.points) == ()


def test_the_second_figure_may_stand_and_still_waits_for_the_correction() -> None:
    state = live()
    reported(state, 60)
    checked(state, 52)
    judged = checking.settle(
        Draft(state), CODE, OPENING, Source.INSPECTOR, Stands.SECOND, "ảnh cho thấy", Seen(52), MORNING
    )
    told(state, judged, ANN)
    (difference,) = differences(state.affairs.sources, state.points)
    assert difference.settled is not None
    assert difference.awaits
    assert state.points[CODE].figures[OPENING].count.present == 60


def test_nobody_settles_what_they_have_not_seen() -> None:
    state = live()
    reported(state, 60)
    checked(state, 52)
    with pytest.raises(Refused) as refused:
        checking.settle(Draft(state), CODE, OPENING, Source.INSPECTOR, Stands.OWN, "x", Seen(50), MORNING)
    assert refused.value.code == "version"
    with pytest.raises(Refused) as none:
        checking.settle(Draft(state), CODE, OPENING, Source.CHAIR, Stands.OWN, "x", Seen(52), MORNING)
    assert none.value.code == "no_difference"


def test_the_same_said_again_is_nothing_new() -> None:
    state = live()
    checked(state, 52)
    assert checking.give(Draft(state), CODE, OPENING, Source.INSPECTOR, Seen(52), MORNING) == ()


def test_a_draw_is_drawn_again_from_what_stands_in_the_journal() -> None:
    state = live()
    decided = checking.draw(Draft(state), SITTING, "001", 2, "5eed", MORNING)
    ((event, _),) = decided
    assert isinstance(event, events.SpotCheckDrawn)
    frozen = state.plan
    assert frozen is not None
    halls = pool(state.points, checking.paths(frozen), event.sitting, event.unit)
    assert halls == (HALL_1.code, HALL_2.code, "00004-02", "001-01")
    assert event.among == len(halls)
    assert event.pool_sha256 == hashlib.sha256("\n".join(halls).encode()).hexdigest() == pool_sha256(halls)
    assert lot(event.seed, halls, event.times, 2) == event.points
    # Reckoned otherwise: among halls that nobody has looked at, the highest hashes.
    assert lot("5eed", halls, {}, 4) == tuple(
        sorted(halls, key=lambda code: hashlib.sha256(b"5eed " + code.encode()).hexdigest(), reverse=True)
    )


def test_who_was_looked_at_comes_up_later_but_may_come_up() -> None:
    codes = [f"{number:05}-01" for number in range(40)]
    times = dict.fromkeys(codes[:20], 1)
    drawn = Counter(code for seed in range(600) for code in lot(f"s{seed}", codes, times, 4))
    seen, fresh = sum(drawn[code] for code in codes[:20]), sum(drawn[code] for code in codes[20:])
    assert set(drawn) == set(codes)
    assert 2.2 < fresh / seen < 3.6


def test_an_inspector_who_counted_without_being_sent_counts_as_a_look() -> None:
    state = live()
    checked(state, 52)
    ((event, _),) = checking.draw(Draft(state), SITTING, "", DRAWN_LIMIT, "s", MORNING)
    assert isinstance(event, events.SpotCheckDrawn)
    assert event.times == {CODE: 1}
    assert set(event.points) == {hall.code for hall in HALLS}


def test_photos_of_a_hall_have_an_end() -> None:
    state = live()
    for number in range(1, PHOTOS_OF_A_SITTING + 1):
        told(state, checking.take(Draft(state), CODE, SITTING, number, f"{number:064}", 1000, MORNING), phone(CODE))
    assert checking.take(Draft(state), CODE, SITTING, 99, f"{number:064}", 1000, MORNING) == (), "it is kept already"
    with pytest.raises(Refused) as refused:
        checking.may_take(Draft(state), CODE, SITTING)
    assert refused.value.code == "too_many"
    checking.may_take(Draft(state), HALL_2.code, SITTING)


@given(st.lists(st.integers(0, KINDS - 1), max_size=30))
def test_law_nothing_said_beside_a_hall_moves_its_figures(numbers: list[int]) -> None:
    state = live()
    reported(state, 60)
    before = dict(state.points)
    for place, number in enumerate(numbers):
        event, by = affair(state, number, MORNING + place)
        if isinstance(
            event, events.SourceGiven | events.DifferenceSettled | events.SpotCheckDrawn | events.JudgementChanged
        ):
            state.adopt(happened(event, MORNING + place, by))
            assert all(state.points[code].figures == point.figures for code, point in before.items())
    for each in differences(state.affairs.sources, state.points):
        assert each.own is None or not each.given.seen.agrees(each.own)
