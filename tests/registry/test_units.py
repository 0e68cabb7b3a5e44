"""Units form a tree of free depth that changes with the days."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from endpoints_registry.units import Successor, Tree, Unit, circle, heirs

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)

CITY = Unit("01", "Thành phố Hà Nội", "city")
BA_DINH = Unit("001", "Quận Ba Đình", "district", "01", valid_to=BEFORE)
BA_VI = Unit("271", "Huyện Ba Vì", "district", "01", valid_to=BEFORE)
TRUC_BACH = Unit("00004", "Phường Trúc Bạch", "ward", "001", valid_to=BEFORE)
BA_DINH_WARD = Unit("00004", "Phường Ba Đình", "ward", "01", valid_from=AFTER)
YEARS = (CITY, BA_VI, BA_DINH, TRUC_BACH, BA_DINH_WARD)


def test_a_code_means_what_it_meant_on_the_day() -> None:
    assert Tree(YEARS, BEFORE).units["00004"].name == "Phường Trúc Bạch"
    assert Tree(YEARS, AFTER).units["00004"].name == "Phường Ba Đình"


def test_the_tree_has_three_levels_before_and_two_after() -> None:
    assert Tree(YEARS, BEFORE).path("00004") == ("01", "001", "00004")
    assert Tree(YEARS, AFTER).path("00004") == ("01", "00004")
    assert Tree(YEARS, AFTER).path("001") == ()


def test_children_stand_in_vietnamese_order() -> None:
    assert [unit.name for unit in Tree(YEARS, BEFORE).children("01")] == ["Quận Ba Đình", "Huyện Ba Vì"]


def test_a_subtree_names_each_parent_before_its_children() -> None:
    assert [unit.code for unit in Tree(YEARS, BEFORE).subtree("01")] == ["01", "001", "00004", "271"]


def test_whoever_has_lost_the_unit_above_stands_at_the_top() -> None:
    orphan = Unit("00001", "Phường Phúc Xá", "ward", "001")
    assert Tree((*YEARS, orphan), AFTER).path("00001") == ("00001",)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_any_depth_is_a_path_from_the_top(parents: list[int]) -> None:
    units = [Unit(str(n), f"Xã {n}", "commune", str(parent % n) if n else None) for n, parent in enumerate(parents)]
    tree = Tree(units, AFTER)
    for unit in units:
        path = tree.path(unit.code)
        assert path[0] == "0"
        assert path[-1] == unit.code
        assert all(tree.parent_of(below) == above for above, below in pairwise(path))
    assert {unit.code for unit in tree.subtree("0")} == {unit.code for unit in units}


def test_a_circle_is_named() -> None:
    assert circle("a", {"a": "b", "b": "c", "c": "a"}) == ("a", "b", "c", "a")
    assert circle("a", {"a": "b", "b": None}) == ()


def test_people_are_followed_through_merges_and_splits() -> None:
    steps = [
        Successor("00001", "00004", AFTER),
        Successor("00002", "00004", AFTER),
        Successor("00004", "00004", AFTER),
        Successor("00004", "00008", AFTER),
        Successor("00008", "00009", date(2027, 1, 1)),
    ]
    assert heirs("00001", BEFORE, steps) == {"00001"}
    assert heirs("00001", AFTER, steps) == {"00004"}
    assert heirs("00004", AFTER, steps) == {"00004", "00008"}
    assert heirs("00004", date(2027, 1, 1), steps) == {"00004", "00009"}
