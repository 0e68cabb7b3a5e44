"""Hostile files: each is refused soon and in words, nobody waits meanwhile, and no name becomes a formula or markup."""

import asyncio
import csv
import gzip
import io
import random
import zipfile

import msgspec
import openpyxl
import pytest

from tests.attacks.city import CANARY, OURS, City
from tests.attacks.wire import Told, request, sent
from tests.flows.house import PATH, POINTS

pytestmark = pytest.mark.asyncio(loop_scope="session")

REFUSED_S = 20
"""Five seconds are promised; a machine under load gets some more."""
STALLED_S = 2.0


def workbook(**parts: bytes) -> bytes:
    """A small real workbook, with these parts put over its own; __ stands for a slash in their names."""
    book = openpyxl.Workbook()
    book.active.append(["code", "name"])
    plain = io.BytesIO()
    book.save(plain)
    made = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        over = {name.replace("__", "/"): body for name, body in parts.items()}
        for name in [*old.namelist(), *(name for name in over if name not in old.namelist())]:
            new.writestr(name, over.get(name) or old.read(name))
    return made.getvalue()


SHEET = "xl__worksheets__sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]><x>&c;&d;</x>'
)
MILLION = (
    HEAD
    + b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
)
ROWS = HEAD + b"<sheetData>" + b"<row/>" * 1_048_576 + b"</sheetData></worksheet>"


def hostile() -> dict[str, bytes]:
    chance = random.Random(5)
    good = workbook()
    files = {
        "a million rows claimed": workbook(**{SHEET: MILLION}),
        "a million empty rows": workbook(**{SHEET: ROWS}),
        "a bomb": workbook(**{SHEET: bytes(130_000_000)}),
        "entities": workbook(**{SHEET: ENTITIES}),
        "entities in strings": workbook(**{"xl__sharedStrings.xml": ENTITIES}),
        "hidden entities": workbook(**{SHEET: ENTITIES.decode().encode("utf-16")}),
        "macros": workbook(**{"xl__vbaProject.bin": b"x"}),
        "an old workbook": b"\xd0\xcf\x11\xe0" + bytes(5_000),
        "a program": b"MZ" + bytes(5_000),
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(5_000),
        "only a zip": _zip({"a.txt": b"x"}),
        "a zip that climbs": _zip({"../../xl/workbook.xml": b"x", "xl/workbook.xml": b"x"}),
        "a zip of thousands": _zip({f"xl/{n}.xml": b"<x/>" for n in range(5_000)} | {"xl/workbook.xml": b"<x/>"}),
        "a gzip": gzip.compress(bytes(1_000)),
        "quotes": b'code,name,level,parent_code\n"' + b"a" * 500_000,
        "columns": b"," * 100_000,
        "lines": b"code,name,level,parent_code\n" + b"x,y,z,w\n" * 60_000,
    }
    for number in range(6):
        wild = bytearray(good)
        for _ in range(20):
            wild[chance.randrange(len(wild))] = chance.randrange(256)
        files[f"broken {number}"] = bytes(wild[: chance.randrange(200, len(wild))])
    return files


def _zip(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, body in parts.items():
            new.writestr(name, body)
    return made.getvalue()


async def put(city: City, raw: bytes, where: str = "/api/v1/registry/imports") -> Told:
    return await sent(city.address, request("POST", where, city.headers("ann"), raw))


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
            await asyncio.sleep(0)

    watching = asyncio.create_task(meanwhile())
    for name, raw in hostile().items():
        began = loop.time()
        told = await put(city, raw)
        assert told.status in (413, 422), f"{name} -> {told.status} {told.body[:200]!r}"
        assert loop.time() - began < REFUSED_S, name
    watching.cancel()
    assert slowest < STALLED_S
    assert (await city.who("ann").get("/api/v1/points?per_page=100")).body == before


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
