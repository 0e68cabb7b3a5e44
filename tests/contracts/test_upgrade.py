"""A database of the first version comes to the newest with all that it holds, also when it is killed on the way."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, insert, select, text

from bridge.archive import Kind
from bridge.archive import digest as sealed
from bridge.archive import sql as shelf
from bridge.house import opened_house
from bridge.journal import Record, sql
from bridge.journal.chain import chained, genesis
from bridge.keeping.checking import checked
from bridge.post import book
from bridge.rules import events
from bridge.rules.model import Phase
from bridge.settings import Server, Settings, Storage
from endpoints_registry.accounts import digest
from endpoints_registry.database import Store, migrate, open_store
from endpoints_registry.registry import MIGRATIONS
from tests.flows.served import ROOT

FOLDERS = {
    "registry": MIGRATIONS,
    "journal": sql.MIGRATIONS,
    "post": book.MIGRATIONS,
    "archive": shelf.MIGRATIONS,
}
CONFERENCE = "hoc-tap-2026-03"
AT = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)

Rows = dict[str, list[tuple[Any, ...]]]


def steps(schema: str) -> list[Path]:
    return sorted((FOLDERS[schema] / "versions").glob("v*.py"))


STEPS = [(schema, number) for schema in FOLDERS for number in range(1, len(steps(schema)))]


def only(schema: str, folder: Path, number: int) -> Path:
    """The first so many steps, as somebody's older version has them."""
    made = folder / f"{schema}-{number}"
    (made / "versions").mkdir(parents=True)
    for step in steps(schema)[:number]:
        shutil.copy(step, made / "versions")
    return made


@pytest.fixture(params=["sqlite", "postgres"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    if request.param == "postgres":
        return dict.fromkeys(FOLDERS, request.getfixturevalue("postgres_url"))
    (tmp_path / "data").mkdir()
    return {schema: f"sqlite+aiosqlite:///{tmp_path / 'data' / schema}.sqlite" for schema in FOLDERS}


@pytest.fixture
async def of_the_first_version(urls: dict[str, str], tmp_path: Path) -> dict[str, Rows]:
    """What the three databases hold, table by table."""
    held = {}
    for schema, url in urls.items():
        store = await open_store(url, schema)
        await migrate(store, only(schema, tmp_path / "first", 1))
        async with store.writing() as connection:
            await connection.run_sync(_filled, schema)
        held[schema] = await rows(store)
        assert any(held[schema].values())
        await store.close()
    return held


async def rows(store: Store, columns: Rows | None = None) -> Rows:
    """Every table's rows; of the columns that it had then, if told."""
    async with store.reading() as connection:
        return await connection.run_sync(_rows, store.schema, columns)


def _tables(connection: Connection, schema: str) -> dict[str, Table]:
    known = MetaData()
    known.reflect(connection, schema=schema if connection.dialect.name == "postgresql" else None)
    return {table.name: table for table in known.tables.values() if not table.name.endswith("_version")}


def _rows(connection: Connection, schema: str, before: Rows | None) -> Rows:
    found: Rows = {}
    for name, table in _tables(connection, schema).items():
        if before is not None and name not in before:
            continue
        # Columns that came later stand behind those that were there.
        columns = list(table.columns)[: len(before[name][0])] if before is not None and before[name] else table.columns
        found[name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    return found


def _filled(connection: Connection, schema: str) -> None:
    tables = _tables(connection, schema)
    for name, some in {"registry": _registry, "journal": _journal, "post": _post, "archive": _archive}[
        schema
    ]().items():
        connection.execute(insert(tables[name]), some)


def _registry() -> dict[str, list[dict[str, Any]]]:
    day = AT.date()
    key = {"conference_id": CONFERENCE, "sitting_id": "2026-03-07-am"}
    point = {"unit_id": 1, "name": "Trúc Bạch", "type": "commune", "seats": 100, "mode": "stream"}
    place = {"address": "2 Trấn Vũ", "area": "Ba Đình", "provider": "VNPT", "feeder": ""}
    unit = {"name": "Phường Trúc Bạch", "level": "ward", "parent_code": None, "valid_from": day, "valid_to": None}
    account = {"name": "Ann", "role": "organiser", "scope": None, "password_hash": "x", "disabled_at": None}
    conference = {"title": "Học tập", "origin": "city", "mode": "online", "unit_code": "00004"}
    return {
        "unit": [{"id": 1, "code": "00004", **unit}],
        "point": [{"id": 1, "number": 1, "code": "00004-01", **point, **place}],
        "person": [{"point_id": 1, "role": "operator", "name": "Phạm Dung", "phone": "0900 000 004"}],
        "conference": [
            {"id": CONFERENCE, **conference, "hotline_name": "Trực", "hotline_phone": "024", "created_at": AT}
        ],
        "sitting": [
            {
                "conference_id": CONFERENCE,
                "id": "2026-03-07-am",
                "name": "Buổi sáng",
                "day": day,
                "starts_at": AT,
                "ends_at": AT.replace(hour=4),
                "rehearsal": False,
            }
        ],
        "round": [{**key, "name": "opening", "opens_at": AT, "due_at": AT.replace(hour=2)}],
        "chosen_point": [{"conference_id": CONFERENCE, "point_id": 1}],
        "expected": [{**key, "point_id": 1, "people": 64, "mode": None}],
        "account": [{"id": 1, "username": "ann", **account, "created_at": AT}],
        "staff_session": [
            {"token_hash": digest("t"), "account_id": 1, "created_at": AT, "seen_at": AT, "address": "127.0.0.1"}
        ],
        "point_link": [
            {"handle": "abc", "point_id": 1, "secret_hash": digest("s"), "created_at": AT, "revoked_at": None}
        ],
        "link_session": [{"token_hash": digest("p"), "handle": "abc", "device": "phone", "created_at": AT}],
        "agent_token": [{"token_hash": digest("a"), "point_id": 1, "created_at": AT, "revoked_at": None}],
    }


def _journal() -> dict[str, list[dict[str, Any]]]:
    changed: Sequence[events.AnyEvent] = (
        events.PhaseChanged(phase=Phase.REHEARSAL, version=1),
        events.ModeChanged(point="00004-01", mode="tv", reason="chị Hoa gọi"),  # type: ignore[arg-type]
    )
    records = [
        Record(at_ms=1, received_ms=2, by="user:ann", kind=events.tag(each), point=None, body=events.encode(each))
        for each in changed
    ]
    return {
        "journal": [
            {
                "conference": CONFERENCE,
                "position": row.position,
                "hash": row.hash,
                "at_ms": row.record.at_ms,
                "received_ms": row.record.received_ms,
                "done_by": row.record.by,
                "kind": row.record.kind,
                "point": None,
                "body": row.record.body,
                "act": None,
                "device": "",
                "seq": 0,
                "digest": b"",
                "outcome": "",
                "code": "",
                "message": "",
                "skew_ms": 0,
            }
            for row in chained(0, genesis(CONFERENCE), records)
        ]
    }


def _post() -> dict[str, list[dict[str, Any]]]:
    return {"post_cursor": [{"conference": CONFERENCE, "position": 2}]}


def _archive() -> dict[str, list[dict[str, Any]]]:
    report = b"%PDF-1.7 as it was signed"
    return {
        "kept": [
            {
                "conference": CONFERENCE,
                "kind": Kind.REPORT.value,
                "number": 1,
                "name": "pdf",
                "media_type": "application/pdf",
                "size": len(report),
                "sha256": sealed(report),
                "at_ms": 1,
                "done_by": "user:ann",
                "facts": b"{}",
                "version": 1,
                "content": report,
            }
        ]
    }


async def test_everything_is_there_in_the_newest_version(
    urls: dict[str, str], of_the_first_version: dict[str, Rows]
) -> None:
    for schema, url in urls.items():
        store = await open_store(url, schema)
        await migrate(store, FOLDERS[schema])
        assert await rows(store, of_the_first_version[schema]) == of_the_first_version[schema]
        await store.close()
    found = await checked((urls["registry"], urls["journal"]), archive=urls["archive"])
    assert found.journals[CONFERENCE].rows == 2


async def test_the_house_stands_on_it_with_its_logins_and_links(
    urls: dict[str, str], of_the_first_version: dict[str, Rows], tmp_path: Path
) -> None:
    assert of_the_first_version
    database = urls["registry"] if urls["registry"].startswith("postgresql") else "sqlite"
    wishes = Settings(server=Server(port=0), storage=Storage(folder=tmp_path / "data", database=database))
    async with opened_house(wishes) as house:
        assert house.registry.on(AT.date()).points.keys() == {"00004-01"}
        hall = house.halls.get(CONFERENCE)
        assert hall is not None
        assert hall.coordinator.scene.state.phase is Phase.REHEARSAL
        assert await house.registry.keyring.agent("a") is not None


@pytest.mark.parametrize(("schema", "number"), STEPS, ids=lambda value: str(value))
async def test_whoever_is_killed_at_a_step_begins_again_and_arrives(
    schema: str, number: int, urls: dict[str, str], of_the_first_version: dict[str, Rows], tmp_path: Path
) -> None:
    folder = only(schema, tmp_path / "killed", number + 1)
    # The power goes when the step has done its work, and nobody has been told.
    step = max((folder / "versions").glob("v*.py"))
    step.write_text(step.read_text() + "    import os\n\n    os.kill(os.getpid(), 9)\n")
    told = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from endpoints_registry.database import migrate, open_store\n"
        "async def go():\n"
        "    await migrate(await open_store(sys.argv[1], sys.argv[2]), Path(sys.argv[3]))\n"
        "asyncio.run(go())\n"
    )
    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", told, urls[schema], schema, str(folder)], cwd=ROOT, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    store = await open_store(urls[schema], schema)
    async with store.reading() as connection:
        versions = await connection.execute(text(f"SELECT version_num FROM {schema}_version"))
        assert versions.scalar_one() == "0001"
    assert await rows(store) == of_the_first_version[schema]
    await migrate(store, FOLDERS[schema])
    assert await rows(store, of_the_first_version[schema]) == of_the_first_version[schema]
    await store.close()
