"""The same house on PostgreSQL: served, restarted, and every answer the same."""

import asyncio
from pathlib import Path

from tests.flows.house import HALL, PATH, act, count, furnished, own, visited
from tests.flows.served import configured, serving


async def test_a_conference_runs_and_restarts_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    keys = await furnished(folder, postgres_url)
    told = count(HALL, 60, excused=4)
    async with own(folder, keys, postgres_url) as house:
        screen = await house.there.screen()
        await screen.watch()
        await (await house.there.room(HALL)).hello()
        (first,) = (await house.there.phone(HALL).send(told)).outcomes
        await screen.shows(HALL, present=60, link="steady")
    async with serving(configured(folder, postgres_url)) as server, visited(server.address, keys) as there:
        assert (await there.nobody.get("/readyz")).status == 200
        (again,) = (await there.phone(HALL).send(told)).outcomes
        (other,) = (await there.phone(HALL).send(told | {"present": 61})).outcomes
        assert (again, other["code"]) == (first | {"duplicate": True}, "id_reuse")
        point = (await there.ann.get(f"{PATH}/points/{HALL}")).body
        opening = point["sittings"][0]["rounds"][0]
        assert (opening["present"], opening["excused"], point["link"]["link"]) == (60, 4, "unknown")
        answers = await asyncio.gather(
            *(there.phone(HALL).send(act(HALL, "incident", fault="no_sound")) for _ in range(20))
        )
        positions = {answer.outcomes[0]["position"] for answer in answers}
        assert len(positions) == 20
        assert {event["position"] for event in await there.ann.events()} >= positions
        assert (await there.ann.post(f"{PATH}/phase", {"phase": "closing", "version": 0})).status == 409
        assert await server.told_to_go() == 0
