"""How soon a socket is closed once the right by which it was opened is gone, with halls and boards all around it."""

import asyncio
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import aiohttp
import msgspec

from endpoints_registry.door import csrf_token
from tests.load import figures as measures
from tests.load.bodies import Operator
from tests.load.figures import say
from tests.load.served import Served, serving, take_core
from tests.load.sockets import Socket, dialled, framed
from tests.load.watching import Hall

PROMISED_S = 5.0
LOOK_S = 0.005


class Length(msgspec.Struct, frozen=True):
    rooms: int
    boards: int
    times: int


SIZES = (Length(rooms=800, boards=60, times=12), Length(rooms=3_000, boards=200, times=8))
QUICK = (Length(rooms=40, boards=2, times=2),)


async def closed(socket: Socket, since_s: float) -> float:
    async with asyncio.timeout(10 * PROMISED_S):
        while not socket.why_closed:  # noqa: ASYNC110 - its protocol has no event, and a look costs nothing
            await asyncio.sleep(LOOK_S)
    return perf_counter() - since_s


class City:
    def __init__(self, ours: Served, http: aiohttp.ClientSession) -> None:
        self._ours = ours
        self._http = http
        self._origin = ours.told["origin"]
        token = ours.told["board"]["Cookie"].partition("=")[2]
        self._organiser = {**ours.told["board"], "X-CSRF-Token": csrf_token(token)}

    async def _asked(self, method: str, path: str, body: object = None) -> Any:
        raw = None if body is None else msgspec.json.encode(body)
        async with self._http.request(method, self._origin + path, data=raw, headers=self._organiser) as answer:
            told = await answer.read()
            if answer.status >= 300:
                raise SystemExit(f"{method} {path}: {answer.status} {told.decode()}")
            return msgspec.json.decode(told) if told else None

    async def hall(self, of: Operator) -> float:
        """Its link is revoked while its phone is on the line."""
        headers = {**of.headers, "Origin": self._origin}
        phone = await dialled(self._ours.port, "/ws/point", headers, lambda _: None)
        phone.send(framed(b'{"type":"hello","device":"phone"}'))
        began = perf_counter()
        await self._asked("DELETE", f"/api/v1/registry/links/{of.point}")
        return await closed(phone, began)

    async def board(self, number: int) -> float:
        """The token of a program that watches is revoked."""
        asked = {
            "name": f"bảng {number}",
            "role": "viewer",
            "scope": "01",
            "expires_at": datetime.now(UTC) + timedelta(days=1),
        }
        token = (await self._asked("POST", "/api/v1/tokens", asked))["token"]
        found = next(
            each for each in (await self._asked("GET", "/api/v1/tokens"))["tokens"] if each["name"] == asked["name"]
        )
        path = f"/ws/board?conference={self._ours.told['conference']}"
        board = await dialled(self._ours.port, path, {"Authorization": f"Bearer {token}"}, lambda _: None)
        board.send(framed(b'{"type":"watch"}'))
        began = perf_counter()
        await self._asked("DELETE", f"/api/v1/tokens/{found['id']}")
        return await closed(board, began)


async def stretch(length: Length) -> dict[str, Any]:
    say(f"revoking: {length.rooms} rooms and {length.boards} boards ...")
    with tempfile.TemporaryDirectory(prefix="bridge-revoking-") as folder:
        place = ("--folder", folder, "--points", str(length.rooms), "--delay-s", "0")
        async with serving("tests.load.our_server", *place) as ours, aiohttp.ClientSession() as http:
            operators = msgspec.convert(ours.told["operators"], list[Operator])
            crowd = Hall(ours.port, operators[length.times :], length.boards)
            await crowd.gather(
                f"/ws/board?conference={ours.told['conference']}", ours.told["board"], ours.told["origin"]
            )
            city = City(ours, http)
            halls = [await city.hall(each) for each in operators[: length.times]]
            boards = [await city.board(number) for number in range(length.times)]
            others = list(crowd.hung_up)
            crowd.leave()
    return {
        "rooms": length.rooms,
        "boards": length.boards,
        "hall_s": _spread(halls),
        "board_s": _spread(boards),
        "others_hung_up": others,
        "promised_s": PROMISED_S,
    }


def _spread(took: list[float]) -> dict[str, float]:
    return {"p50": round(measures.median(took), 2), "longest": round(max(took), 2)}


async def bench(sizes: tuple[Length, ...]) -> list[dict[str, Any]]:
    return [await stretch(each) for each in sizes]


def shown(results: list[dict[str, Any]]) -> None:
    rows = [
        (f"{one['rooms']:,} rooms, {one['boards']} boards", *one["hall_s"].values(), *one["board_s"].values())
        for one in results
    ]
    columns = ("", "a hall's link: p50 s", "longest s", "a board's token: p50 s", "longest s")
    measures.show(f"From revoking to the closed socket (promised: {PROMISED_S:g} s)", columns, rows)


def main() -> None:
    chosen = measures.asked(__doc__)
    take_core()
    results = asyncio.run(bench(QUICK if chosen.quick else SIZES))
    told: Mapping[str, object] = {"sizes": results}
    if chosen.json:
        measures.as_json(told)
    else:
        shown(results)


if __name__ == "__main__":
    main()
