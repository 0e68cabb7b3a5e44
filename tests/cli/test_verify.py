"""`bridge verify`, `backup` and `restore`: whoever changes one byte of what is kept is found, and the row is named."""

import asyncio
import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bridge.archive import Kind
from bridge.archive import kept as shelf
from bridge.archive.sql import open_archive
from bridge.house import opened_house
from bridge.house.stores import addresses
from bridge.journal.checking import Broken
from bridge.keeping.checking import checked
from tests.cli.terminal import Told, bridge
from tests.databases import Server, name_of
from tests.flows.house import CONFERENCE, HALL, act, furnished, own
from tests.flows.house import settings as furnished_settings

TABLES = {"journal": ("journal", "journal_text"), "registry": ("audit", "audit_text")}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with a conference under way, closed."""
    folder = tmp_path_factory.mktemp("kept") / "data"
    asyncio.run(lived(folder))
    return folder


async def lived(folder: Path) -> None:
    """Somebody has said something in their own words."""
    keys = await furnished(folder)
    async with open_archive(addresses(furnished_settings(folder)).archive) as archive:
        report = shelf(CONFERENCE, Kind.REPORT, 1, "pdf", "application/pdf", b"%PDF-1.7", at_ms=1, by="user:ann")
        await archive.keep([report, msgspec.structs.replace(report, name="xlsx")])
    async with own(folder, keys) as house:
        for note in ("Chị Lê Canary báo mất tiếng", "Anh Vũ Canary gọi lại"):
            said = act(HALL, "incident", fault="no_sound", note=note)
            (outcome,) = (await house.there.phone(HALL).send(said)).outcomes
            assert outcome["outcome"] == "accepted"


@pytest.fixture
def here(kept: Path, desk: Path) -> Path:
    """The data folder of this desk."""
    shutil.copytree(kept, desk / "data", ignore=shutil.ignore_patterns("*.lock", "*.sock"))
    (desk / "config.toml").write_text(f'[storage]\nfolder = "{desk / "data"}"\n')
    return desk / "data"


def told(store: Path, statement: str, *given: object) -> list[tuple[object, ...]]:
    """Carried out in the file itself, through none of our code."""
    with closing(sqlite3.connect(store, isolation_level=None)) as raw:
        raw.text_factory = bytes
        return raw.execute(statement, given).fetchall()


async def beside(*words: object) -> Told:
    return await asyncio.to_thread(bridge, *words)


def test_what_nobody_touched_is_whole(here: Path) -> None:
    found = bridge("verify")
    assert (found.status, found.lines[-1]) == (0, "Nguyên vẹn.")
    assert any(CONFERENCE in line for line in found.lines)


@pytest.mark.parametrize(
    ("file", "change", "named"),
    [
        ("journal", "UPDATE journal SET message = 'x' WHERE position = 2", "table journal.*position 2"),
        ("journal", "DELETE FROM journal WHERE position = 1", "table journal.*position 1"),
        (
            "journal",
            "UPDATE journal SET position = 0 WHERE position = (SELECT max(position) FROM journal)",
            "position 0",
        ),
        ("journal", "UPDATE journal SET body = x'7b7d' WHERE position = 1", "table journal.*position 1"),
        ("registry", "UPDATE audit SET done_by = 'user:eve' WHERE position = 3", "table audit, position 3"),
        ("registry", "UPDATE audit SET what = CAST('{}' AS TEXT) WHERE position = 1", "table audit, position 1"),
        ("registry", "UPDATE audit_text SET text = 'Eve' WHERE rowid = 1", "table audit_text, position"),
        (
            "archive",
            "UPDATE kept SET content = x'25' WHERE name = 'xlsx'",
            f"table kept.*{CONFERENCE}, report 1, «xlsx»",
        ),
        ("archive", "UPDATE kept SET sha256 = replace(sha256, 'a', 'b') WHERE name = 'pdf'", "report 1, «pdf»"),
    ],
)
def test_a_changed_row_is_named(here: Path, file: str, change: str, named: str) -> None:
    told(here / f"{file}.sqlite", change)
    found = bridge("verify")
    assert found.status == 1
    assert found.err.startswith("bridge: Dữ liệu không còn nguyên vẹn: ")
    assert re.search(named, found.err), found.err


def _addresses(folder: Path) -> tuple[str, str]:
    where = addresses(furnished_settings(folder))
    return where.registry, where.journal


def columns_of(store: Path, table: str) -> list[str]:
    return [bytes(line[1]).decode() for line in told(store, f"PRAGMA table_info({table})")]  # type: ignore[call-overload]


@contextmanager
def altered(store: Path, table: str, row: object, column: str, place: int, bit: int) -> Iterator[bool]:
    """One bit of one value is another one for a while; False where the database itself does not take it."""
    ((kind, before),) = told(store, f"SELECT typeof({column}), {column} FROM {table} WHERE rowid = ?", row)
    new: object
    change = f"UPDATE {table} SET {column} = "
    match before:
        case int():
            new, words = before ^ (1 << (place * 8 + bit) % 62), "?"
        case bytes() if before:
            raw = bytearray(before)
            raw[place % len(raw)] ^= 1 << bit
            # As the text that it was, also where it is none any more.
            new, words = bytes(raw), "CAST(? AS TEXT)" if kind == b"text" else "?"
        case _:
            new, words = b"x", "CAST(? AS TEXT)"
    try:
        told(store, f"{change}{words} WHERE rowid = ?", new, row)
    except sqlite3.IntegrityError:
        yield False
        return
    try:
        yield True
    finally:
        told(store, f"{change}{'CAST(? AS TEXT)' if kind == b'text' else '?'} WHERE rowid = ?", before, row)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.data())
def test_one_byte_of_any_column_of_any_row_is_found(kept: Path, chosen: st.DataObject) -> None:
    file = chosen.draw(st.sampled_from(sorted(TABLES)))
    table = chosen.draw(st.sampled_from(TABLES[file]))
    store = kept / f"{file}.sqlite"
    row = chosen.draw(st.sampled_from([id for (id,) in told(store, f"SELECT rowid FROM {table}")]))
    column = chosen.draw(st.sampled_from(columns_of(store, table)))
    place, bit = chosen.draw(st.integers(0, 2**20)), chosen.draw(st.integers(0, 7))
    with altered(store, table, row, column, place, bit) as taken:
        assume(taken)
        with pytest.raises(Broken, match=f"table {table}"):
            asyncio.run(checked(_addresses(kept)))
    asyncio.run(checked(_addresses(kept)))


@pytest.mark.parametrize("file", sorted(TABLES))
def test_every_column_is_in_the_chain_and_the_row_is_named(kept: Path, file: str) -> None:
    store, table = kept / f"{file}.sqlite", TABLES[file][0]
    (row, position), *_ = told(store, f"SELECT rowid, position FROM {table} ORDER BY position LIMIT 1 OFFSET 2")
    # What moves a row elsewhere leaves a gap behind: that is named, or the row where it lies now.
    moved = {"position", "conference"}
    for column in columns_of(store, table):
        # A number becomes a very large one, which no other row has.
        with altered(store, table, row, column, 5, 0) as taken:
            assert taken, f"{column} cannot be spoilt so; choose another bit"
            with pytest.raises(Broken, match=f"table {table}") as found:
                asyncio.run(checked(_addresses(kept)))
        if column not in moved:
            assert re.search(rf"position {position}\b", str(found.value)), (column, str(found.value))


async def test_beside_a_running_server_it_is_looked_at_and_copied(here: Path) -> None:
    async with opened_house(furnished_settings(here)):
        assert (await beside("verify")).status == 0
        made = await beside("backup", "copy.zip")
        assert (made.status, made.lines[-1][:31]) == (0, "Đã sao lưu và mở thử copy.zip (")
        again = await beside("backup", "copy.zip")
        assert (again.status, "không bị ghi đè" in again.err) == (1, True)


def test_a_backup_comes_back_in_an_empty_folder_only(here: Path, desk: Path) -> None:
    assert bridge("backup", "copy.zip").status == 0
    full = bridge("restore", "copy.zip")
    assert (full.status, "đã có dữ liệu" in full.err) == (1, True)
    (desk / "config.toml").write_text(f'[storage]\nfolder = "{desk / "other"}"\n')
    back = bridge("restore", "copy.zip")
    assert back.status == 0, back.err
    assert "Nguyên vẹn." in back.lines
    epochs = [told(folder / "journal.sqlite", "SELECT epoch FROM journal_epoch") for folder in (here, desk / "other")]
    assert epochs[0] != epochs[1]
    rows = [told(folder / "journal.sqlite", "SELECT * FROM journal") for folder in (here, desk / "other")]
    assert rows[0] == rows[1]
    things = [told(folder / "archive.sqlite", "SELECT * FROM kept ORDER BY name") for folder in (here, desk / "other")]
    assert (len(things[0]), things[0]) == (2, things[1])
    assert oct((desk / "other" / "registry.sqlite").stat().st_mode)[-3:] == "600"


def forged(backup: Path) -> bytes:
    """The same files under a manifest that says that one chain ends elsewhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(backup) as packed, zipfile.ZipFile(out, "w") as forged:
        for name in packed.namelist():
            raw = packed.read(name)
            if name == "manifest.json":
                said = msgspec.json.decode(raw)
                said["ends"]["audit"]["position"] += 1
                raw = msgspec.json.encode(said)
            forged.writestr(name, raw)
    return out.getvalue()


@pytest.mark.parametrize("cut", ["byte", "half", "text", "manifest"])
def test_a_broken_backup_leaves_the_folder_as_it_was(here: Path, desk: Path, cut: str) -> None:
    assert bridge("backup", "copy.zip").status == 0
    raw = bytearray((desk / "copy.zip").read_bytes())
    match cut:
        case "byte":
            # Within what is kept: a zip's own headers hold bytes that mean nothing.
            kept = max(zipfile.ZipFile(desk / "copy.zip").infolist(), key=lambda each: each.compress_size)
            raw[kept.header_offset + 30 + len(kept.filename) + kept.compress_size // 2] ^= 1
        case "half":
            del raw[len(raw) // 2 :]
        case "text":
            raw[:] = b"not a backup"
        case "manifest":
            raw[:] = forged(desk / "copy.zip")
    (desk / "copy.zip").write_bytes(raw)
    (desk / "config.toml").write_text(f'[storage]\nfolder = "{desk / "other"}"\n')
    back = bridge("restore", "copy.zip")
    assert back.status == 1
    assert back.err.splitlines()[-1].startswith("bridge: ")
    assert not (desk / "other").exists() or not list((desk / "other").iterdir())


def test_where_nothing_is_there_is_nothing_to_look_at(desk: Path) -> None:
    found = bridge("verify")
    assert (found.status, "Không có gì để kiểm tra" in found.err) == (1, True)
    assert not (desk / "data").exists()
    assert bridge("backup", "copy.zip").status == 1
    assert bridge("restore", "nowhere.zip").status == 1


async def test_on_postgresql_the_chains_are_walked_and_the_dump_is_named(
    postgres: Server, postgres_url: str, desk: Path
) -> None:
    await furnished(desk / "data", postgres_url)
    (desk / "config.toml").write_text(f'[storage]\nfolder = "{desk / "data"}"\ndatabase = "{postgres_url}"\n')
    assert (await beside("verify")).status == 0
    dumped = await beside("backup", "copy.zip")
    assert (dumped.status, "pg_dump" in dumped.err) == (1, True)
    database = name_of(postgres_url)
    for change, named in (
        ("UPDATE journal.journal SET skew_ms = skew_ms + 1 WHERE position = 2", "table journal"),
        ("UPDATE registry.audit SET address = 'x' WHERE position = 2", "table audit, position 2"),
    ):
        postgres.told(change, database)
        found = await beside("verify")
        assert (found.status, named in found.err) == (1, True)
