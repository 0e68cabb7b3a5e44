"""What is kept for years comes back byte for byte, wherever it lies; what was signed cannot be lost."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from bridge import archive as shelves
from bridge.archive import ITEM_BYTES, Archive, ArchiveError, Fixed, Kept, Kind, TooLarge, digest, label_of
from bridge.archive.memory import MemoryArchive
from bridge.archive.sql import metadata, open_archive
from endpoints_registry.database import open_store

HERE, ELSEWHERE = "hoc-tap-2026-03", "hoc-tap-2026-06"


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def archive(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Archive]:
    if request.param == "memory":
        yield MemoryArchive()
        return
    async with open_archive(address(request, tmp_path)) as opened:
        yield opened


def address(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{folder}/archive.sqlite"


def thing(number: int, name: str = "pdf", content: bytes = b"%PDF", kind: Kind = Kind.REPORT, of: str = HERE) -> Kept:
    return shelves.kept(of, kind, number, name, "application/pdf", content, at_ms=7, by="user:ann", facts=b'{"a":1}')


async def test_what_was_kept_comes_back_byte_for_byte(archive: Archive) -> None:
    report = thing(1, content=bytes(range(256)) * 5_000)
    await archive.keep([report, thing(1, "figures", b"{}", Kind.FIGURES), thing(1, of=ELSEWHERE)])
    assert await archive.one(HERE, Kind.REPORT, 1, "pdf") == report
    assert report.sha256 == digest(report.content)
    for place in ((HERE, Kind.REPORT, 1, "docx"), (HERE, Kind.REPORT, 2, "pdf"), (HERE, Kind.PHOTO, 1, "pdf")):
        assert await archive.one(*place) is None


async def test_labels_are_told_in_order_and_without_bytes(archive: Archive) -> None:
    things = [thing(10), thing(2, "xlsx"), thing(2, "csv"), thing(2, "figures", kind=Kind.FIGURES)]
    await archive.keep([*things, thing(3, of=ELSEWHERE)])
    assert await archive.listed(HERE) == [label_of(things[index]) for index in (3, 2, 1, 0)]
    assert [label.name for label in await archive.listed(HERE, Kind.REPORT, number=2)] == ["csv", "xlsx"]
    assert await archive.listed("another") == []
    assert [await archive.next_number(HERE, kind) for kind in (Kind.REPORT, Kind.PHOTO)] == [11, 1]


async def test_a_draft_is_replaced_and_forgotten(archive: Archive) -> None:
    await archive.keep([thing(1), thing(1, "csv"), thing(2)])
    await archive.keep([thing(1, content=b"better")])
    found = await archive.one(HERE, Kind.REPORT, 1, "pdf")
    assert found is not None
    assert found.content == b"better"
    assert await archive.forget(HERE, Kind.REPORT, 1, "csv") == 1
    assert await archive.forget(HERE, Kind.REPORT, 1) == 1
    assert await archive.forget(HERE, Kind.REPORT, 1) == 0
    assert [label.number for label in await archive.listed(HERE)] == [2]


async def test_what_was_signed_is_neither_replaced_nor_forgotten(archive: Archive) -> None:
    signed = [thing(1, "figures", kind=Kind.FIGURES), thing(1)]
    photo = thing(1, "00004-01", b"JPEG", Kind.PHOTO)
    await archive.keep([*signed, thing(2), photo])
    await archive.fix(HERE, 1, 1)
    assert [(label.kind, label.number, label.version) for label in await archive.listed(HERE)] == [
        (Kind.FIGURES, 1, 1),
        (Kind.PHOTO, 1, None),
        (Kind.REPORT, 1, 1),
        (Kind.REPORT, 2, None),
    ]
    with pytest.raises(Fixed, match="đã ký"):
        await archive.keep([thing(3), thing(1, content=b"forged")])
    assert await archive.next_number(HERE, Kind.REPORT) == 3, "all or nothing"
    assert await archive.forget(HERE, Kind.REPORT, 1) == 0
    found = await archive.one(HERE, Kind.REPORT, 1, "pdf")
    assert found is not None
    assert (found.content, found.version) == (b"%PDF", 1)


async def test_a_version_is_one_report_and_a_report_one_version(archive: Archive) -> None:
    await archive.keep([thing(1), thing(2), thing(1, of=ELSEWHERE)])
    await archive.fix(HERE, 1, 1)
    await archive.fix(HERE, 1, 1)
    with pytest.raises(Fixed):
        await archive.fix(HERE, 1, 2)
    # It was fixed, and then the journal did not take the signature: another one is signed in its place.
    await archive.fix(HERE, 2, 1)
    assert [label.version for label in await archive.listed(HERE)] == [None, 1]
    await archive.loosen(HERE, 2)
    assert [label.version for label in await archive.listed(HERE)] == [None, None]
    assert [label.version for label in await archive.listed(ELSEWHERE)] == [None]
    with pytest.raises(ArchiveError, match="số 9"):
        await archive.fix(HERE, 9, 1)


def test_more_than_is_ever_kept_is_refused() -> None:
    with pytest.raises(TooLarge, match="tối đa 64 MB"):
        thing(1, content=bytes(ITEM_BYTES + 1))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_the_migrated_tables_are_the_codes_own(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url: str = (
        request.getfixturevalue("postgres_url")
        if kind == "postgres"
        else f"sqlite+aiosqlite:///{tmp_path}/archive.sqlite"
    )
    async with open_archive(url):
        pass

    def differences(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "version_table": "archive_version"}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    store = await open_store(url, "archive")
    async with store.reading() as connection:
        found = await connection.run_sync(differences)
    await store.close()
    assert found == []
