"""Whoever asks for much of our work again and again is told to wait, alone; nobody else is."""

from pathlib import Path

import pytest

from endpoints_registry import allowances, gate
from endpoints_registry.allowances import Allowances
from tests.attacks.city import City, Everybody, standing
from tests.attacks.wire import request, sent
from tests.flows.house import PATH

pytestmark = pytest.mark.asyncio(loop_scope="session")

COSTLY = (
    ("POST", "/api/v1/registry/imports"),
    ("GET", "/api/v1/registry/export"),
    ("POST", f"{PATH}/roster/imports"),
    ("POST", "/api/v1/accounts/imports/preview"),
    ("GET", "/api/v1/audit/export"),
    ("POST", "/api/v1/registry/links/sheet"),
    ("GET", f"{PATH}/badges.pdf"),
    ("POST", "/api/v1/backups"),
    ("POST", f"{PATH}/reports"),
    ("PUT", "/api/v1/report-templates/{form}"),
    ("GET", f"{PATH}/flash.png"),
    ("GET", "/api/v1/comparison"),
    ("GET", f"{PATH}/judgement"),
    ("POST", "/api/v1/people/held"),
)


async def test_what_costs_much_is_bounded_by_account_with_a_clear_word(
    everybody: Everybody, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "WORK", 25)
    async with standing(folder, everybody) as city:
        path = "/api/v1/registry/imports"
        told = [await sent(city.address, request("POST", path, city.headers("ann"), b"x")) for _ in range(4)]
        assert [each.status for each in told] == [422, 422, 429, 429]
        assert b"too_often" in told[-1].body
        assert 0 < int(told[-1].head.lower().partition("retry-after: ")[2].partition("\r")[0]) <= gate.WORK_S
        # Nothing else is kept from her, and nothing from others.
        assert (await city.who("ann").get(f"{PATH}/totals")).status == 200
        assert (await city.who("ann").get("/api/v1/units")).status == 200
        assert (await city.who("ada").get("/api/v1/audit")).status == 200


async def test_every_door_to_costly_work_has_its_price_and_says_so(city: City) -> None:
    routes = {(route.method, route.path): route for route in city.ours.house.routes}
    document = (await city.who("ann").get("/api/v1/openapi.json")).body["paths"]
    for method, path in COSTLY:
        shown = path.replace(PATH, "/api/v1/conferences/{conference}")
        assert routes[method, shown].costs > 0, path
        assert "429" in document[shown][method.lower()]["responses"], path
    # What a hall's phone and its room do in the course of a day has none.
    assert [
        path for (_, path), route in routes.items() if route.costs and path.startswith(("/ws/", "/api/v1/desk"))
    ] == []
    assert routes["POST", "/api/v1/conferences/{conference}/acts"].costs == 0


async def test_an_allowance_comes_back_with_time_and_takes_a_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0
    allowed = Allowances(lambda: now_s, 10, 60)
    assert [allowed.spend("a", 5) for _ in range(3)] == [0, 0, 30]
    assert allowed.spend("b", 10) == 0
    now_s = 30
    assert [allowed.spend("a", 5) for _ in range(2)] == [0, 30]
    monkeypatch.setattr(allowances, "KEPT", 100)
    for n in range(1_000):
        allowed.spend(f"stranger {n}", 1)
    assert len(allowed._spent) <= 100
