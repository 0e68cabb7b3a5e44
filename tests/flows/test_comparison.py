"""Two conferences before and after the reorganisation of 1/7/2025, from the city's own lists and a file of successors."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import aiohttp
import pytest

from bridge.house import opened_house
from bridge.simulator.clock import DrivenClock
from endpoints_registry.access import Role
from endpoints_registry.conferences import HANOI, Hotline, Sitting, planned, usual_rounds
from endpoints_registry.registry import Registry
from endpoints_registry.samples.growing import SAMPLES
from tests.flows.house import Browser, _signed_in, act, settings

THEN, NOW = "hoc-tap-2024-03", "hoc-tap-2026-03"
CHANGE = date(2025, 7, 1)
# The new ward of Ba Đình goes on under the code of Trúc Bạch, with Quán Thánh's people and part of others'.
SUCCESSORS = """\
code,successor_code,on_day
00004,00004,01/07/2025
00013,00004,01/07/2025
00019,00004,01/07/2025
00019,00025,01/07/2025
"""
HALLS = {
    THEN: {"00004": 60, "00013": 40, "00019": 30, "00070": 80},
    NOW: {"00004": 100, "00025": 50, "00070": 90},
}


def dated(name: str, column: str) -> str:
    """A sample's units, standing until or from the reorganisation."""
    head, *rows = (SAMPLES / f"{name}.csv").read_text().splitlines()
    # The city itself goes on.
    rows = [row for row in rows if not row.startswith("01,") or column == "valid_to"]
    day = "30/06/2025" if column == "valid_to" else "01/07/2025"
    return "\n".join([f"{head},{column}", *(f"{row},{'' if row.startswith('01,') else day}" for row in rows)])


async def conference(registry: Registry, id: str, year: int) -> None:
    starts_at = datetime(year, 3, 7, 8, tzinfo=HANOI)
    ends_at = starts_at.replace(hour=11)
    sitting = Sitting(
        f"{year}-03-07-am", "Buổi sáng", starts_at.date(), starts_at, ends_at, False, usual_rounds(starts_at, ends_at)
    )
    held = planned(id, f"Hội nghị năm {year}", "city", "online", "01", Hotline("", ""), [sitting])
    day = registry.on(starts_at.date())
    part = [
        kept for kept in registry.holdings.points if kept.point.unit_code in HALLS[id] and kept.unit.stands_on(day.day)
    ]
    expected = {(sitting.id, kept.point.code): HALLS[id][kept.point.unit_code] for kept in part}
    await registry.create_conference(held, part, expected)


@pytest.fixture
async def ann(tmp_path: Path) -> AsyncIterator[tuple[Browser, Registry]]:
    clock = DrivenClock(int(datetime(2026, 3, 7, 7, 30, tzinfo=HANOI).timestamp()) * 1000, None)
    async with opened_house(settings(tmp_path), clock) as house, aiohttp.ClientSession() as http:
        registry = house.registry
        for day, table in (
            (date(2024, 3, 7), dated("hanoi-2023", "valid_to")),
            (CHANGE, dated("hanoi-2025", "valid_from")),
        ):
            made = await registry.import_file(table.encode(), day)
            assert not made.faults, made.faults[:3]
        made = await registry.import_file(SUCCESSORS.encode(), CHANGE)
        assert not made.faults, made.faults[:3]
        for id, day in ((THEN, date(2024, 3, 7)), (NOW, date(2026, 3, 7))):
            rows = "\n".join(f"{unit}-01,{unit},Hội trường {unit},commune" for unit in HALLS[id])
            made = await registry.import_file(f"code,unit_code,name,type\n{rows}\n".encode(), day)
            assert not made.faults, made.faults[:3]
        await conference(registry, THEN, 2024)
        await conference(registry, NOW, 2026)
        organiser = Browser(http, house.address, await _signed_in(registry, "ann", Role.ORGANISER, None))
        for id in (THEN, NOW):
            for version, phase in enumerate(("open", "live")):
                answer = await organiser.post(f"/api/v1/conferences/{id}/phase", {"phase": phase, "version": version})
                assert answer.status == 200, answer.body
            now_ms = clock.now()
            for unit, expected in HALLS[id].items():
                said = {"sitting": f"{id[-7:-3]}-03-07-am", "present": expected - 4, "excused": 4, "unexcused": 0}
                sent = [act(f"{unit}-01", "count", now_ms, round=round, **said) for round in ("opening", "closing")]
                body = {"device": "x", "sent_at": sent[0]["at"], "acts": sent}
                outcomes = (await organiser.post(f"/api/v1/conferences/{id}/acts", body)).body["outcomes"]
                assert {each["outcome"] for each in outcomes} == {"accepted"}, outcomes
        yield organiser, registry


async def test_a_merged_ward_is_compared_with_what_it_was_made_of(ann: tuple[Browser, Registry]) -> None:
    organiser, registry = ann
    told = (await organiser.get("/api/v1/comparison?unit=00004")).body
    assert told["name"] == "Phường Ba Đình"
    now, then = told["conferences"]
    assert (now["conference"], now["figures"]["expected"], now["figures"]["converted"]) == (NOW, 100, False)
    # Trúc Bạch and Quán Thánh whole, and of 00019 what belongs to 100 of the 150 whom its two successors summon.
    assert (then["conference"], then["figures"]["expected"], then["figures"]["converted"]) == (THEN, 60 + 40 + 20, True)
    assert then["figures"]["points"] == 3
    whole = (await organiser.get("/api/v1/comparison?unit=01")).body
    assert [(each["figures"]["expected"], each["figures"]["converted"]) for each in whole["conferences"]] == [
        (240, False),
        (210, False),
    ]
    lines = {line["unit"]: line["figures"] for line in whole["below"]}
    assert sum(cells[1]["expected"] for cells in lines.values() if cells[1]) == 210
    assert lines["00004"][1]["converted"]
    assert not lines["00070"][1]["converted"]
    assert "kế tiếp" in whole["rule"]
    everything = (await organiser.get("/api/v1/comparison")).body
    assert [each["figures"] for each in everything["conferences"]] == [each["figures"] for each in whole["conferences"]]

    # A district that is gone looks at what became of its wards.
    (now, then) = (await organiser.get("/api/v1/comparison?unit=001")).body["conferences"]
    assert (then["figures"]["expected"], then["figures"]["converted"]) == (130, False)
    assert (now["figures"]["expected"], now["figures"]["converted"]) == (150, True)

    viewer = Browser(organiser._http, organiser.server, await _signed_in(registry, "vy", Role.VIEWER, "00004"))
    assert [each["conference"] for each in (await viewer.get("/api/v1/comparison")).body["conferences"]] == [NOW, THEN]
    for foreign in ("00025", "01", "99999"):
        assert (await viewer.get(f"/api/v1/comparison?unit={foreign}")).status == 404
