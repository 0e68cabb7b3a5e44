"""Comparing across a reorganisation: merged, split, looked at from both sides, and nobody is lost by it."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bridge.rules.attendance import People
from bridge.rules.comparing import Day, Hall, Step, forward, spread, summed, whole

CHANGE = "2025-07-01"
OLD_TREE = {"01": None, "001": "01", "a": "001", "b": "001", "c": "001"}
NEW_TREE = {"01": None, "x": "01", "y": "01"}
STEPS = (Step("a", "x", CHANGE), Step("b", "x", CHANGE), Step("b", "y", CHANGE), Step("c", "y", CHANGE))
"""a and part of b became x; the rest of b and c became y; the district has nobody after it."""


def hall(unit: str, expected: int, present: int | None = None, *, praised: bool = False) -> Hall:
    heads = expected if present is None else present
    people = People(expected=expected, present=heads, excused=expected - heads)
    return Hall(unit, people, reported=True, on_time=True, praised=praised)


OLD = Day(
    "then", "2024-03-07", OLD_TREE, (hall("01", 300), hall("001", 50), hall("a", 60, 54), hall("b", 40), hall("c", 20))
)
NEW = Day("now", "2026-03-07", NEW_TREE, (hall("01", 320), hall("x", 90, 81), hall("y", 30)))


def test_a_merger_counts_whole_and_a_split_by_those_whom_the_successors_summon() -> None:
    then = summed(OLD, NEW, STEPS, ("x", "y", "01", ""))
    # x summons 90, y 30: three quarters of b's 40 are x's.
    assert (then["x"].people.expected, then["y"].people.expected) == (60 + 30, 10 + 20)
    assert (then["x"].people.present, then["x"].people.excused) == (54 + 30, 6)
    assert then["x"].converted
    assert then["y"].converted


def test_the_whole_is_the_whole_and_not_converted() -> None:
    then = summed(OLD, NEW, STEPS, ("01", ""))
    assert then["01"] == then[""]
    assert (then["01"].people.expected, then["01"].points, then["01"].converted) == (470, 5, False)


def test_a_unit_that_is_gone_looks_at_what_became_of_it() -> None:
    now = summed(NEW, OLD, STEPS, ("001", "a", "b", "c"))
    # x's 90 came from a (60) and three quarters of b (30): two thirds are a's.
    assert (now["a"].people.expected, now["a"].people.present) == (60, 54)
    assert now["001"].people.expected == 90 + 30
    assert now["001"].converted


def test_a_conference_of_the_same_tree_is_not_converted() -> None:
    assert not summed(NEW, NEW, STEPS, ("x",))["x"].converted
    assert summed(NEW, NEW, STEPS, ("x",))["x"].people.present == 81


def test_without_figures_of_the_successors_a_split_is_in_equal_parts() -> None:
    assert forward("b", OLD.day, NEW.day, STEPS, {"x": 90}) == {"x": Fraction(1, 2), "y": Fraction(1, 2)}
    assert forward("b", OLD.day, "2025-06-30", STEPS, {}) == {"b": Fraction(1)}


def test_a_code_that_goes_on_with_other_people_is_followed_too() -> None:
    steps = (Step("a", "a", CHANGE), Step("b", "a", CHANGE))
    now = Day("now", "2026-03-07", {"01": None, "a": "01"}, (hall("a", 100),))
    then = summed(OLD, now, steps, ("a",))["a"]
    assert (then.people.expected, then.converted) == (100, True)


codes = st.sampled_from("abcdefgh")
halls = st.lists(st.tuples(codes, st.integers(0, 90)), min_size=1, max_size=8)


@given(halls, halls, st.lists(st.tuples(codes, codes), max_size=12))
def test_law_nobody_is_lost_and_every_node_adds_up(
    old: list[tuple[str, int]], new: list[tuple[str, int]], steps: list[tuple[str, str]]
) -> None:
    tree = {"01": None, **dict.fromkeys("abcd", "01"), **dict.fromkeys("efgh", "a")}
    later = {"01": None, **dict.fromkeys({code for code, _ in new}, "01")}
    then = Day("then", "2024-01-01", tree, tuple(hall(code, people, people // 2) for code, people in old))
    now = Day("now", "2026-01-01", later, tuple(hall(code, people) for code, people in new))
    moved = tuple(Step(code, heir, CHANGE) for code, heir in steps)
    for day, basis in ((then, now), (now, then)):
        parts = spread(day, basis, moved)
        assert all(sum(each.values()) == 1 for each in parts.values())
        assert all(set(each) <= set(basis.parents) for each in parts.values())
        found = summed(day, basis, moved, (*basis.parents, ""))
        for each in found.values():
            people = each.people
            assert people.expected == people.present + people.excused + people.unexcused + people.unreported
            assert 0 <= each.on_time <= each.reported <= each.points
        assert found["01"] == found[""]
        assert found[""].people.expected == sum(each.people.expected for each in day.halls)


@given(st.lists(st.fractions(0, 50), min_size=1, max_size=6))
def test_law_whole_numbers_add_up_to_the_rounded_sum(parts: list[Fraction]) -> None:
    found = whole(parts)
    assert sum(found) == int(sum(parts) + Fraction(1, 2))
    assert all(abs(each - part) < 1 for each, part in zip(found, parts, strict=True))
