"""Names stay where they belong: in no log, and in no row of a journal; whoever asks has them erased everywhere."""

import asyncio
import io
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import structlog

from bridge import logs
from bridge.rules.wire import Close
from endpoints_registry.access import Role
from tests.flows.house import (
    CONFERENCE,
    HALL,
    HALLS,
    PASSWORD,
    PATH,
    POINTS,
    Browser,
    Keys,
    Own,
    act,
    count,
    own,
)

CANARY = "Canary"
ROSTER = f"Mã điểm cầu,Họ và tên,Chức vụ,Thành phần\n{HALL},Lê Thị {CANARY},Bí thư {CANARY},Chủ chốt\n"


async def a_whole_flow(ours: Own, eve: Browser) -> None:
    """Names come in by every door that there is."""
    ann, phone, registry = ours.there.ann, ours.there.phone(HALL), ours.house.registry
    assert not (await registry.import_file(POINTS.replace("Phạm Dung", f"Phạm {CANARY}").encode())).faults
    assert (await ann.get(f"/api/v1/points/{HALL}")).body["contacts"][0]["name"] == f"Phạm {CANARY}"
    shift = {
        "name": f"Trực {CANARY}",
        "phone": "0900 000 009",
        "what": f"gọi {CANARY}",
        "from": "2026-03-07T07:00:00+07:00",
        "to": "2026-03-07T12:00:00+07:00",
        "unit": None,
    }
    assert (await ann.ask("PUT", f"{PATH}/duty", [shift], {})).status == 200
    await registry.add_account("hoa", f"Đỗ {CANARY}", Role.VIEWER, PASSWORD, "001")
    wrong = {"username": "hoa", "password": f"sai {CANARY}"}
    assert (await ours.there.nobody.post("/api/v1/session", wrong)).status == 401
    reported = await phone.send(act(HALL, "incident", fault="no_sound", note=f"Chị {CANARY} báo"))
    assert reported.outcomes[0]["outcome"] == "accepted"
    await phone.send(count(HALL, 60))
    wrongly = act(HALL, "mode", reception_mode="tv", reason=f"theo ông {CANARY}")
    assert (await ann.send(wrongly, device="desk")).outcomes[0]["outcome"] == "accepted"
    posted = await ann.post(f"{PATH}/notices", {"text": f"Đồng chí {CANARY} phát biểu"})
    assert posted.status in (200, 201)
    assert (await eve.get("/api/v1/audit")).status == 200
    assert (await ann.get(f"{PATH}/acts-of-{CANARY}")).status == 404
    assert (await ours.there.nobody.post("/api/v1/session", {"username": CANARY, CANARY: 1})).status == 422
    screen = await ours.there.screen()
    await screen.line.send(f'{{"type": "{CANARY}"}}')
    assert await screen.closed() == Close.NOT_UNDERSTOOD


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log of a server that says as much as it can be told to."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("debug", "json")
    # Whoever has a logger already must not keep this one after us.
    structlog.configure(cache_logger_on_first_use=False)
    out = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(out)
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_no_log_line_ever_names_anybody(written: io.StringIO, folder: Path, keys: Keys) -> None:
    async with own(folder, keys) as ours:
        await a_whole_flow(ours, await ours.there.signed_in(ours.house.registry, "eve", Role.ADMIN))
    lines = written.getvalue().splitlines()
    assert {"open", "duty-put", "notice-posted"} <= {msgspec.json.decode(line)["event"] for line in lines}
    assert [line for line in lines if CANARY in line or "0900 000" in line] == []


async def test_no_row_of_a_journal_or_of_the_audit_log_names_anybody(ours: Own, folder: Path) -> None:
    await a_whole_flow(ours, await ours.there.signed_in(ours.house.registry, "eve", Role.ADMIN))
    await ours.close()
    rows = await asyncio.to_thread(_rows, folder)
    assert len(rows) > 20
    assert [row for row in rows if CANARY.encode() in row] == []


def _rows(folder: Path) -> list[bytes]:
    """Every row of both chains, as bytes."""
    found: list[bytes] = []
    for file, table in (("journal", "journal"), ("registry", "audit")):
        with closing(sqlite3.connect(folder / f"{file}.sqlite")) as store:
            rows = store.execute(f"SELECT * FROM {table}").fetchall()
        found += [b" ".join(v if isinstance(v, bytes) else str(v).encode() for v in row) for row in rows]
    return found


async def test_whoever_asks_is_told_what_is_held_and_erased_everywhere(ours: Own, folder: Path, keys: Keys) -> None:
    eve = await ours.there.signed_in(ours.house.registry, "eve", Role.ADMIN)
    await a_whole_flow(ours, eve)
    asked = {"name": "Phạm Canary", "phone": "0900 000 004"}
    found = (await eve.post("/api/v1/people/held", asked)).body["found"]
    assert {each["where"] for each in found} == {"contact", "audit"}
    note = "Chị Canary báo"
    held = (await eve.post("/api/v1/people/held", {"name": note})).body["found"]
    assert [(each["where"], each["subject"], each["fields"]) for each in held] == [("note", CONFERENCE, {"text": note})]
    # It stands with what the hall said, and with the incident that was made of it.
    gone = await eve.post("/api/v1/people/erasures", {"name": note, "only": [held[0]["id"]]})
    assert (gone.status, gone.body["erased"]) == (200, 2)
    assert note not in str(await ours.there.ann.events())
    assert note not in str((await ours.there.ann.get(f"{PATH}/incidents")).body)
    assert note not in str(await ours.there.ann.board())
    only = [each["id"] for each in found]
    assert (await eve.post("/api/v1/people/erasures", {**asked, "only": only})).body["erased"] == len(only)
    assert (await eve.post("/api/v1/people/held", asked)).body["found"] == []
    await ours.close()
    async with own(folder, keys) as again:
        assert note not in str(await again.there.ann.events())
        assert note not in str((await again.there.ann.get(f"{PATH}/incidents")).body)
        assert len(await again.there.ann.board()) == len(HALLS)


async def test_an_id_that_was_not_told_of_this_person_erases_nobody(ours: Own) -> None:
    eve = await ours.there.signed_in(ours.house.registry, "eve", Role.ADMIN)
    asked = {"name": "Trần Thị Bình", "only": ["contact:00004-01:operator", "account:ann", "x", "duty:a:b"]}
    assert (await eve.post("/api/v1/people/erasures", asked)).body == {"erased": 0}
    assert (await eve.post("/api/v1/people/held", {"name": "An"})).status == 422
    assert (await ours.there.ann.post("/api/v1/people/held", {"name": "Trần Thị Bình"})).status == 403
