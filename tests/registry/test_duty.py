"""Who answers the phone: the roster is put in order by the organiser, and everybody finds the nearest one on duty."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from endpoints_registry.access import Role
from endpoints_registry.conferences import Hotline, Sitting, planned
from endpoints_registry.registry import open_registry
from endpoints_registry.samples import answering, growing
from endpoints_registry.shifts import ON_DUTY_SHOWN, SHIFTS_LIMIT, Shift, on_duty
from endpoints_registry.units import Cluster
from tests.registry.cast import DAY, POINTS, UNITS
from tests.registry.conftest import Browser, Front, quick_passwords, refused, told

ID = "hoc-tap-2026-03"
PATH = f"/conferences/{ID}/duty"
CONFERENCE: dict[str, Any] = {
    "id": ID,
    "title": "Hội nghị học tập nghị quyết",
    "unit": "01",
    "sittings": [{"day": "2026-03-07", "starts_at": "08:00", "ends_at": "11:30"}],
}
EIGHT = datetime(2026, 3, 7, 1, tzinfo=UTC)
TEN = EIGHT + timedelta(hours=2)
ONLY_ON_SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def alone(code: str) -> frozenset[str]:
    """Every code is a unit's."""
    return frozenset({code})


def shift(name: str, unit: str | None = None, starts_at: datetime = EIGHT, ends_at: datetime = TEN) -> Shift:
    return Shift(name, "0900 000 100", "đường truyền", starts_at, ends_at, unit)


def row(name: str, unit: str | None = None, **other: str) -> dict[str, Any]:
    return {
        "name": name,
        "phone": "0900 000 100",
        "what": "đường truyền",
        "from": "2026-03-07T08:00:00.000+07:00",
        "to": "2026-03-07T10:00:00.000+07:00",
        "unit": unit,
    } | other


def names(shifts: tuple[Shift, ...]) -> list[str]:
    return [each.name for each in shifts]


# --- who answers


def test_the_nearest_upward_is_called_first_and_who_answers_for_all_last() -> None:
    roster = [shift("mọi nơi"), shift("thành phố", "01"), shift("phường", "00004"), shift("quận", "001")]
    found = on_duty(roster, ("01", "001", "00004"), EIGHT, alone)
    assert names(found) == ["phường", "quận", "thành phố", "mọi nơi"]


def test_who_answers_for_others_is_not_called() -> None:
    roster = [shift("quận khác", "006"), shift("phường bên", "00008"), shift("quận", "001")]
    assert names(on_duty(roster, ("01", "001", "00004"), EIGHT, alone)) == ["quận"]
    # Nor whoever sits below: a district's hall calls its own desk.
    assert names(on_duty(roster, ("01", "001"), EIGHT, alone)) == ["quận"]


@pytest.mark.parametrize(
    ("at", "answers"),
    [
        (EIGHT - timedelta(seconds=1), []),
        (EIGHT, ["sớm"]),
        (TEN - timedelta(seconds=1), ["sớm"]),
        (TEN, ["muộn"]),
        (TEN + timedelta(hours=2), []),
    ],
)
def test_only_who_is_on_duty_answers_and_a_handover_leaves_no_gap(at: datetime, answers: list[str]) -> None:
    roster = [shift("sớm"), shift("muộn", starts_at=TEN, ends_at=TEN + timedelta(hours=2))]
    assert names(on_duty(roster, ("01",), at, alone)) == answers


def test_a_cluster_answers_for_each_of_its_units() -> None:
    clusters: Mapping[str, frozenset[str]] = {"C-01": frozenset({"00004", "271"})}
    roster = [shift("quận", "001"), shift("cụm", "C-01")]
    for path, called in ((("01", "001", "00004"), ["cụm", "quận"]), (("01", "001", "00008"), ["quận"])):
        assert names(on_duty(roster, path, EIGHT, lambda code: clusters.get(code, frozenset({code})))) == called


def test_a_phone_gets_a_few_numbers_in_the_rosters_own_order() -> None:
    roster = [shift(f"người {number}") for number in range(9)]
    assert names(on_duty(roster, ("01",), EIGHT, alone)) == [f"người {number}" for number in range(ON_DUTY_SHOWN)]


def test_the_demos_roster_answers_everybody_all_day_with_numbers_that_ring_nowhere() -> None:
    sample = growing.grown(growing.DEMO)
    roster = answering.roster(sample, EIGHT, EIGHT + timedelta(hours=8))
    assert {each.phone[:8] for each in roster} == {"0900 999"}
    for hour in range(8):
        assert len(on_duty(roster, ("01", "001", "00004"), EIGHT + timedelta(hours=hour), alone)) == 3


# --- the roster


async def made(front: Front) -> Browser:
    """The organiser, with a conference."""
    ann = await front.staff(Role.ORGANISER)
    assert (await ann.post("/api/v1/conferences", json=CONFERENCE)).status == 201
    return ann


async def put(browser: Browser, *rows: Mapping[str, Any]) -> list[dict[str, Any]]:
    async with browser.put(f"/api/v1{PATH}", json=rows) as answer:
        assert answer.status == 200, await answer.text()
        found: list[dict[str, Any]] = await answer.json()
        return found


async def test_a_roster_is_kept_as_it_was_put_and_the_next_takes_its_place(front: Front) -> None:
    ann = await made(front)
    assert await told(ann, PATH) == []
    roster = [row("Mai", "001"), row("An", "01", what="số liệu"), row("Bình", None, phone="(024) 3000 0801")]
    assert await put(ann, *roster) == roster
    assert await told(ann, PATH) == roster
    assert await put(ann, row("Chi")) == [row("Chi")]
    await front.registry.reload()
    assert await told(ann, PATH) == [row("Chi")]
    assert await put(ann) == []
    assert await told(ann, PATH) == []


async def test_a_roster_outlives_a_restart(url: str) -> None:
    sitting = Sitting("2026-03-07-am", "Buổi sáng", DAY, EIGHT, TEN, False, ())
    async with open_registry(url, passwords=quick_passwords()) as first:
        for text in (UNITS, POINTS):
            await first.import_file(text.encode())
        conference = planned(ID, "Hội nghị", "city", "online", "01", Hotline(), [sitting])
        await first.create_conference(conference, first.holdings.points, {})
        await first.put_duty(ID, [shift("Mai", "001"), shift("An")])
    async with open_registry(url, passwords=quick_passwords()) as again:
        assert names(again.on_duty(ID, "00004", EIGHT)) == ["Mai", "An"]
        assert names(again.on_duty(ID, "09619", EIGHT)) == ["An"]
        assert again.on_duty("khong-co", "00004", EIGHT) == ()


@ONLY_ON_SQLITE
async def test_times_of_any_zone_are_shown_as_the_halls(front: Front) -> None:
    ann = await made(front)
    given = row("Mai", **{"from": "2026-03-07T01:00:00Z", "to": "2026-03-07T10:00:00+07:00"})
    assert await put(ann, given) == [row("Mai")]


@ONLY_ON_SQLITE
@pytest.mark.parametrize(
    ("wrong", "code", "why"),
    [
        ({"unit": "77777"}, "impossible", "không có đơn vị hay cụm mã 77777"),
        ({"to": "2026-03-07T08:00:00+07:00"}, "impossible", "kết thúc trước khi bắt đầu"),
        ({"phone": "gọi sau"}, "invalid", "không phải số điện thoại"),
        ({"name": "  "}, "invalid", "0.name"),
        ({"name": "Mai\x00"}, "invalid", "0.name"),
        ({"from": "2026-03-07T08:00:00"}, "invalid", "0.from"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "invalid", "năm 1 không phải ngày trực"),
        ({"to": "9999-12-31T23:59:59Z"}, "invalid", "năm 9999 không phải ngày trực"),
        ({"extra": "x"}, "invalid", "0.extra"),
    ],
)
async def test_a_shift_that_cannot_be_is_named_and_nothing_changes(
    front: Front, wrong: dict[str, Any], code: str, why: str
) -> None:
    ann = await made(front)
    await put(ann, row("Mai"))
    async with ann.put(f"/api/v1{PATH}", json=[row("An") | wrong]) as answer:
        problem = await answer.json()
    assert (answer.status, problem["code"]) == (422, code)
    assert why in problem["detail"]
    assert await told(ann, PATH) == [row("Mai")]


@ONLY_ON_SQLITE
async def test_a_roster_has_a_bound(front: Front) -> None:
    ann = await made(front)
    too_many = [row(f"Người {number}") for number in range(SHIFTS_LIMIT + 1)]
    assert await refused(ann, "PUT", PATH, json=too_many) == (422, "invalid")
    assert len(await put(ann, *too_many[:-1])) == SHIFTS_LIMIT


# --- whose it is


@ONLY_ON_SQLITE
async def test_only_the_organiser_puts_the_roster_in_order(front: Front) -> None:
    await made(front)
    for role, scope in ((Role.COORDINATOR, "001"), (Role.VIEWER, "01"), (Role.INSPECTOR, "01")):
        assert await refused(await front.staff(role, scope), "PUT", PATH, json=[]) == (403, "not_allowed")
    for role in (Role.VIEWER, Role.INSPECTOR):
        # Who sees no names sees no roster.
        browser = await front.staff(role, "001")
        assert await refused(browser, "GET", PATH) == (403, "not_allowed")
    assert await refused(await front.browser(), "GET", PATH) == (401, "signed_out")


@ONLY_ON_SQLITE
async def test_a_coordinator_sees_who_answers_for_anything_of_theirs_and_nobody_else(front: Front) -> None:
    ann = await made(front)
    await front.registry.assign_cluster(Cluster("C-01", "Cụm một", frozenset({"09619", "00008"})))
    await put(
        ann,
        row("mọi nơi"),
        row("thành phố", "01"),
        row("quận", "001"),
        row("phường", "00004"),
        row("nơi khác", "271"),
        row("cụm", "C-01"),
    )
    bob = await front.staff(Role.COORDINATOR, "001")
    assert [each["name"] for each in await told(bob, PATH)] == ["mọi nơi", "thành phố", "quận", "phường", "cụm"]
    ward = await front.staff(Role.COORDINATOR, "00004")
    assert [each["name"] for each in await told(ward, PATH)] == ["mọi nơi", "thành phố", "quận", "phường"]
    cluster = await front.staff(Role.COORDINATOR, "C-01")
    seen = [each["name"] for each in await told(cluster, PATH)]
    assert seen == ["mọi nơi", "thành phố", "quận", "nơi khác", "cụm"]


@ONLY_ON_SQLITE
async def test_the_roster_of_a_conference_without_a_part_of_theirs_does_not_exist(front: Front) -> None:
    ann = await made(front)
    bob = await front.staff(Role.COORDINATOR, "268")
    missing = await refused(bob, "GET", "/conferences/khong-co/duty")
    assert await refused(bob, "GET", PATH) == missing == (404, "not_found")
    assert await refused(ann, "PUT", "/conferences/khong-co/duty", json=[]) == (404, "not_found")


@ONLY_ON_SQLITE
async def test_no_name_or_number_of_the_roster_reaches_the_log(front: Front) -> None:
    ann = await made(front)
    with capture_logs() as lines:
        await put(ann, row("Khuất Thị Lan", phone="0900 999 011"))
        await refused(ann, "PUT", PATH, json=[row("Khuất Thị Lan", "77777")])
    assert "duty-put" in {line["event"] for line in lines}
    assert [word for word in ("Khuất", "0900 999") if word in repr(lines)] == []
