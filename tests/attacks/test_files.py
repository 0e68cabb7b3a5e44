"""Hostile files: each is refused soon and in words, nobody waits meanwhile, and no name becomes a formula or markup."""

import asyncio
import csv
import io

import msgspec
import openpyxl
import pytest

from endpoints_registry import sheets, workbooks
from tests.attacks.city import CANARY, OURS, City
from tests.attacks.hostile import broken, hostile
from tests.attacks.wire import Told, request, sent
from tests.flows.house import PATH, POINTS
from tests.toil import worked_s

pytestmark = pytest.mark.asyncio(loop_scope="session")

REFUSED_S = 20
"""Five seconds are promised; a machine under load gets some more."""
STALLED_S = 2.0
ELSEWHERE_TOO = ("a million rows claimed", "a bomb", "a billion laughs", "macros", "a program", "only a zip")
"""All uploads are read by one reader: at the other doors a few of each kind show it."""


async def put(city: City, raw: bytes, where: str = "/api/v1/registry/imports") -> Told:
    return await sent(city.address, request("POST", where, city.headers("ann"), raw))


ROUTES = (
    "/api/v1/registry/imports",
    f"{PATH}/roster/imports",
    "/api/v1/accounts/imports",
    "/api/v1/accounts/imports/preview",
)


async def test_no_file_harms_us_and_nobody_waits_for_one(city: City) -> None:
    before = (await city.who("ann").get("/api/v1/points?per_page=100")).body
    loop = asyncio.get_running_loop()
    room = await city.there.room(OURS)
    await room.hello()
    slowest = 0.0

    async def meanwhile() -> None:
        nonlocal slowest
        while True:
            began = loop.time()
            pong = await room.line.ping()
            await pong
            slowest = max(slowest, loop.time() - began)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(meanwhile())
    files = hostile()
    assert len(files["a million rows claimed"]) < 6_000
    asked = [(ROUTES[0], name, raw) for name, raw in files.items()]
    asked += [(route, name, files[name]) for route in ROUTES[1:] for name in ELSEWHERE_TOO]
    asked += [(ROUTES[n % 4], f"broken {n}", raw) for n, raw in enumerate(broken(24))]
    for where, name, raw in asked:
        began = loop.time()
        told = await put(city, raw, where)
        assert told.status in (413, 422), f"{name} to {where} -> {told.status} {told.body[:200]!r}"
        assert loop.time() - began < REFUSED_S, name
    watching.cancel()
    await asyncio.wait([watching])
    await room.line.close()
    assert slowest < STALLED_S
    assert (await city.who("ann").get("/api/v1/points?per_page=100")).body == before


async def test_three_hundred_broken_files_are_refused_soon() -> None:
    """The reader's own rule, without the process around it, which has a bound on memory and says in words what failed."""
    slowest = 0.0
    for raw in broken(300):
        began = worked_s()
        with pytest.raises(Exception):  # noqa: B017, PT011 - the reader fails in a hundred ways, and all mean the same
            workbooks.read(raw, sheets.ROWS, sheets.COLUMNS, sheets.UNPACKED_BYTES)
        slowest = max(slowest, worked_s() - began)
    assert slowest < STALLED_S


NAMES = (
    '=HYPERLINK("http://evil","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}${7*7}#{7*7}",
    "#panic() $ \\ ` *",
    "'=1+1",
)


async def test_names_that_would_be_formulas_or_markup_stay_names(alone: City) -> None:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["code", "unit_code", "name", "type", "operator_name"])
    for number, name in enumerate(NAMES, start=20):
        table.writerow([f"00178-{number}", "00178", "'" + name if name[0] in "=+-@" else name, "extra_hall", name])
    assert (await put(alone, out.getvalue().encode())).status == 200
    ann = alone.who("ann")
    told = {each["name"] for each in (await ann.get("/api/v1/points?unit=00178&per_page=100")).body["points"]}
    kept = {name.lstrip("'") if name.startswith("'=") else name for name in NAMES}
    assert kept <= {name.lstrip("'") if name.startswith("'=") else name for name in told}
    raw = (
        await sent(
            alone.address, request("GET", "/api/v1/registry/export?kind=points&format=csv", alone.headers("ann"))
        )
    ).body
    cells = [cell for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    raw = (await sent(alone.address, request("GET", "/api/v1/registry/export?kind=points", alone.headers("ann")))).body
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}
    assert book.active["C2"].hyperlink is None


async def test_a_badge_with_markup_in_its_name_is_printed_as_it_is_written(alone: City) -> None:
    lines = "\n".join(f'{OURS},"{name.replace(chr(34), chr(34) * 2)}",,M-{n}' for n, name in enumerate(NAMES[4:8]))
    told = await put(alone, f"point,name,position,own_code\n{lines}\n".encode(), f"{PATH}/roster/imports")
    assert told.status == 200
    printed = await sent(alone.address, request("GET", f"{PATH}/badges.pdf?point={OURS}", alone.headers("ann")))
    assert (printed.status, printed.body[:5]) == (200, b"%PDF-")


async def test_a_refused_file_is_quoted_no_further_than_helps(city: City) -> None:
    told = await put(city, (POINTS.splitlines()[0] + "\n" + "x" * 1_900 + ",y,z,w\n").encode())
    assert told.status == 422
    assert len(max(each["message"] for each in msgspec.json.decode(told.body)["errors"])) < 400
    assert CANARY not in told.body.decode()
