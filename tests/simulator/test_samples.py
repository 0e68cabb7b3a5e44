"""The registries that ship: official units, and the demo day's points grown from them."""

from collections import Counter
from pathlib import Path

import pytest

from endpoints_registry.samples.growing import DARK_AREA, DARK_FEEDER, REGISTRIES, grown, official, written

DEMO = grown("hanoi-2023")


def test_the_demo_registry_has_as_many_points_of_each_type_as_the_published_table() -> None:
    assert Counter(point.type for point in DEMO.points) == {
        "city_hall": 1,
        "district": 30,
        "direct_unit": 20,
        "commune": 579,
        "extra_hall": 136,
    }


def test_every_point_has_a_unit_its_own_code_and_four_people_who_cannot_be_dialled() -> None:
    units = {unit.code for unit in DEMO.units}
    assert all(point.unit_code in units and point.code.startswith(f"{point.unit_code}-") for point in DEMO.points)
    assert len({point.code for point in DEMO.points}) == 766
    phones = [
        phone
        for point in DEMO.points
        for phone in (point.chair_phone, point.operator_phone, point.technician_phone, point.secretary_phone)
    ]
    assert len(set(phones)) == 4 * 766
    assert all(phone.startswith("0900 0") and len(phone) == 12 for phone in phones)


def test_invented_codes_meet_no_official_one() -> None:
    everywhere = {unit.code for registry in REGISTRIES for unit in official(registry)}
    invented = {unit.code for unit in DEMO.units} - {unit.code for unit in official("hanoi-2023")}
    assert len(invented) == 20
    assert not invented & everywhere


def test_the_feeder_that_fails_carries_fourteen_points_of_one_area() -> None:
    assert Counter((point.area) for point in DEMO.points if point.feeder == DARK_FEEDER) == {DARK_AREA: 14}


def test_the_pictured_hall_has_the_people_of_its_picture() -> None:
    hall = next(point for point in DEMO.points if point.name == "Xã Tản Lĩnh")
    assert (hall.operator_name, hall.operator_phone) == ("Nguyễn Văn Hùng", "0900 000 141")
    assert (hall.technician_name, hall.technician_phone) == ("Phùng Thị Lan", "0900 000 142")


def test_the_files_that_ship_are_what_the_generator_writes(tmp_path: Path) -> None:
    import endpoints_registry.samples.growing as growing

    for path in written(tmp_path):
        assert path.read_bytes() == (growing.SAMPLES / path.name).read_bytes()


@pytest.mark.parametrize(
    ("registry", "asked"), [("hanoi-2023", 1), ("hanoi-2023", 50), ("hanoi-2023", 3000), ("vietnam-2023", 800)]
)
def test_any_registry_grows_as_many_different_points_as_asked(registry: str, asked: int) -> None:
    codes = [point.code for point in grown(registry, asked).points]
    assert len(codes) == len(set(codes)) == asked


def test_a_registry_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"'hue-2023'.*hanoi-2023, hanoi-2025"):
        grown("hue-2023")
