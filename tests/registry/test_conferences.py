"""A conference is made from a rule, keeps the tree of its day, and is seen by those who take part."""

from typing import Any

import pytest

from endpoints_registry.access import Role
from tests.registry.conftest import Front, refused, told

CONFERENCE: dict[str, Any] = {
    "id": "hoc-tap-2026-03",
    "title": "Hội nghị học tập nghị quyết",
    "unit": "01",
    "origin": "central",
    "hotline": {"name": "Trực kỹ thuật", "phone": "0900 000 100"},
    "sittings": [
        {"day": "2026-03-06", "starts_at": "14:00", "ends_at": "16:00", "rehearsal": True},
        {"day": "2026-03-07", "starts_at": "08:00", "ends_at": "11:30"},
    ],
    "expected": {"2026-03-07-am": {"00004-01": 64, "001-01": 120}},
}


async def test_a_conference_is_made_with_its_sittings_rounds_and_all_points_below_its_unit(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.post("/api/v1/conferences", json=CONFERENCE)
    assert (answer.status, await answer.json()) == (
        201,
        {"id": "hoc-tap-2026-03", "points": 5, "sittings": ["2026-03-06-pm", "2026-03-07-am"]},
    )
    (line,) = (await told(ann, "/conferences"))["conferences"]
    assert (line["phase"], line["version"], line["points"]) == ("draft", 0, 5)
    assert line["starts_at"] == "2026-03-07T08:00:00.000+07:00"
    whole = await told(ann, "/conferences/hoc-tap-2026-03")
    assert whole["hotline"] == {"name": "Trực kỹ thuật", "phone": "0900 000 100"}
    assert [sitting["rehearsal"] for sitting in whole["sittings"]] == [True, False]
    assert whole["sittings"][1]["name"] == "Buổi sáng 07/03/2026"
    assert [(each["round"], each["due_at"][11:16]) for each in whole["sittings"][1]["rounds"]] == [
        ("opening", "08:15"),
        ("middle", "09:45"),
        ("closing", "12:00"),
    ]


async def test_the_plan_that_is_frozen_holds_the_tree_of_the_day_and_the_expected_numbers(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    await ann.post("/api/v1/conferences", json=CONFERENCE)
    plan = await front.registry.plan("hoc-tap-2026-03")
    assert plan is not None
    codes = [unit.code for unit in plan.units]
    assert codes == ["01", "001", "00004", "00008", "271", "09619", "006", "268", "09538"]
    summoned = {each.point.code: each.summoned["2026-03-07-am"] for each in plan.points}
    assert (summoned["00004-01"].people, summoned["001-01"].people, summoned["01-01"].people) == (64, 120, None)
    assert (summoned["00004-02"].mode, summoned["01-01"].mode) == ("tv", "main_hall")
    assert await front.registry.plan("another") is None


async def test_expected_numbers_come_in_from_a_file_too(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    await ann.post("/api/v1/conferences", json=CONFERENCE)
    rows = "conference,sitting,point,expected,reception_mode\n"
    rows += "hoc-tap-2026-03,2026-03-07-am,00004-01,70,\nhoc-tap-2026-03,2026-03-07-am,01-01,320,Truyền hình"
    report = await (await ann.post("/api/v1/registry/imports", data=rows.encode())).json()
    assert report["tallies"]["expected"] == {"new": 1, "changed": 1, "unchanged": 0}
    plan = await front.registry.plan("hoc-tap-2026-03")
    assert plan is not None
    summoned = {each.point.code: each.summoned["2026-03-07-am"] for each in plan.points}
    assert (summoned["00004-01"].people, summoned["01-01"].people, summoned["01-01"].mode) == (70, 320, "tv")


@pytest.mark.parametrize(
    ("rule", "taken"),
    [
        ({"under": ["001"]}, 3),
        ({"types": ["commune"]}, 2),
        ({"levels": ["ward"]}, 2),
        ({"codes": ["01-01"]}, 1),
        ({"but": ["001"]}, 2),
        ({"but": ["00004-02"]}, 4),
        ({"under": ["001", "271"], "types": ["commune"], "but": ["00004"]}, 1),
    ],
)
async def test_points_are_chosen_by_rule(front: Front, rule: dict[str, list[str]], taken: int) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.post("/api/v1/conferences", json={**CONFERENCE, "points": rule, "expected": {}})
    assert (await answer.json())["points"] == taken


SITTING = {"day": "2026-03-07", "starts_at": "08:00", "ends_at": "11:30"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "Học tập"}, "Mã hội nghị"),
        ({"unit": "99999"}, "99999"),
        ({"points": {"under": ["99999"]}}, "99999"),
        ({"points": {"types": ["kho"]}}, "kho"),
        ({"points": {"codes": ["00004-01"], "but": ["00004-01"]}, "expected": {}}, "không lấy điểm cầu nào"),
        ({"expected": {"2026-03-09-am": {"00004-01": 1}}}, "2026-03-09-am"),
        ({"expected": {"2026-03-07-am": {"77777-01": 1}}}, "77777-01"),
        ({"sittings": [SITTING | {"ends_at": "07:00"}]}, "kết thúc trước"),
        ({"sittings": [SITTING, SITTING]}, "Hai buổi"),
        ({"sittings": [SITTING | {"rehearsal": True}]}, "ít nhất một buổi"),
    ],
)
async def test_a_conference_that_cannot_be_held_is_refused_with_the_reason(
    front: Front, changed: dict[str, Any], said: str
) -> None:
    ann = await front.staff(Role.ORGANISER)
    answer = await ann.post("/api/v1/conferences", json=CONFERENCE | changed)
    assert answer.status == 422
    assert said in (await answer.json())["detail"]
    assert (await told(ann, "/conferences"))["conferences"] == []


async def test_a_slug_names_one_conference(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    assert (await ann.post("/api/v1/conferences", json=CONFERENCE)).status == 201
    assert await refused(ann, "POST", "/conferences", json=CONFERENCE) == (409, "exists")


async def test_a_conference_is_seen_by_those_who_take_part(front: Front) -> None:
    ann = await front.staff(Role.ORGANISER)
    narrow = {**CONFERENCE, "points": {"under": ["001"]}}
    assert (await ann.post("/api/v1/conferences", json=narrow)).status == 201
    inside, outside = await front.staff(Role.COORDINATOR, "00004"), await front.staff(Role.COORDINATOR, "271")
    assert len((await told(inside, "/conferences"))["conferences"]) == 1
    assert (await told(outside, "/conferences"))["conferences"] == []
    assert await refused(outside, "GET", "/conferences/hoc-tap-2026-03") == (404, "not_found")
