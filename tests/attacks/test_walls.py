"""A screen on a wall that somebody has got hold of: it looks at its own part, and stops when it is told to."""

import asyncio

import pytest

from tests.attacks.city import CANARY, City
from tests.attacks.test_revoking import PROMISED_S, watching
from tests.flows.house import CONFERENCE, Browser
from tests.matrix.city import hung

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_wall_whose_link_is_renewed_or_revoked_goes_dark_at_once(alone: City) -> None:
    registry, ann = alone.ours.house.registry, alone.who("ann")
    renewed, revoked, other = [await hung(registry, "006") for _ in range(3)]
    lines = [await watching(alone, "006", {**wall}) for wall in (renewed, revoked)]
    untouched = await watching(alone, "", {**other})
    began = asyncio.get_running_loop().time()
    path = "/api/v1/registry/walls"
    assert (await ann.post(f"{path}/{renewed['Bridge-Wall']}/renewal", {})).status == 200
    assert (await ann.ask("DELETE", f"{path}/{revoked['Bridge-Wall']}", None, {})).status == 204
    assert await asyncio.gather(*(line.closed() for line in lines)) == [4503, 4503]
    assert asyncio.get_running_loop().time() - began < 10 * PROMISED_S
    await untouched.say("watch")
    assert (await untouched.next())["type"] == "snapshot"


async def test_a_wall_that_shows_something_else_from_now_on_is_told_to_come_anew_and_no_other_is(alone: City) -> None:
    registry, ann = alone.ours.house.registry, alone.who("ann")
    changed, other = await hung(registry, "006"), await hung(registry, "006")
    line, untouched = await watching(alone, "006", {**changed}), await watching(alone, "006", {**other})
    look = {"name": "Sảnh", "unit": "006", "views": [{"view": "tiles", "seconds": 60}]}
    path = f"/api/v1/registry/walls/{changed['Bridge-Wall']}"
    assert (await ann.ask("PUT", path, look, {})).status == 200
    assert await line.closed() == 1012
    await untouched.say("watch")
    assert (await untouched.next())["type"] == "snapshot"
    # It is not kept out, as one is whose link was taken back.
    await watching(alone, "006", {**changed})


async def test_a_wall_sees_its_own_part_without_people_and_its_cookie_opens_no_other(city: City) -> None:
    registry = city.ours.house.registry
    ours, theirs = await hung(registry, "006"), await hung(registry, "001")
    board = await Browser(city._http, city.address, {**ours}).get(f"/api/v1/conferences/{CONFERENCE}/board")
    assert board.status == 200
    plan = await Browser(city._http, city.address, {**ours}).get(f"/api/v1/conferences/{CONFERENCE}")
    assert plan.body["hotline"] == {"name": "", "phone": ""}
    assert CANARY not in repr(board.body)
    token = ours["Cookie"].partition("=")[2]
    for mixed in (
        {**ours, "Bridge-Wall": theirs["Bridge-Wall"]},
        {"Bridge-Wall": theirs["Bridge-Wall"], "Cookie": f"wall-{theirs['Bridge-Wall']}={token}"},
        {"Cookie": ours["Cookie"]},
        {"Cookie": f"bridge={token}"},
        {"Authorization": f"Bearer {token}"},
        {"Bridge-Link": ours["Bridge-Wall"], "Cookie": f"link-{ours['Bridge-Wall']}={token}"},
        {"Bridge-Wall": ours["Bridge-Wall"], "Cookie": city.headers("ann")["Cookie"]},
    ):
        assert (await Browser(city._http, city.address, mixed).get("/api/v1/conferences")).status == 401, mixed
