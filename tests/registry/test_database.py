"""A store says yes only to what is on disk, and belongs to one process."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from endpoints_registry.database import InUse, Store, UnsafeServer, WrongAddress, migrate, open_store
from endpoints_registry.registry import MIGRATIONS
from endpoints_registry.tables import ATTEMPT, METADATA
from tests.databases import Server


async def test_migrating_twice_leaves_exactly_the_tables_that_the_code_speaks_of(store: Store) -> None:
    await migrate(store, MIGRATIONS)

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"version_table": "registry_version", "compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, METADATA))

    async with store.writing() as connection:
        assert await connection.run_sync(differences) == []


async def test_two_stores_keep_their_own_versions_side_by_side(url: str) -> None:
    first = await open_store(url, "registry")
    # On SQLite a store is a file of its own, on PostgreSQL a schema.
    second = await open_store(url.replace("registry.sqlite", "journal.sqlite"), "journal")
    newest = max(step.name[1:5] for step in (MIGRATIONS / "versions").glob("v*.py"))
    for store in (first, second):
        await migrate(store, MIGRATIONS)
        async with store.reading() as connection:
            versions = await connection.execute(text(f"SELECT version_num FROM {store.schema}_version"))
            assert versions.scalar_one() == newest
        await store.close()


async def test_a_migration_that_fails_half_way_leaves_nothing_behind(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "steps"
    (folder / "versions").mkdir(parents=True)
    step = folder / "versions" / "v1.py"
    written = (
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '1'\ndown_revision = None\n"
        "def upgrade():\n    op.create_table('hall', sa.Column('id', sa.Integer, primary_key=True))\n"
    )
    step.write_text(written + "    raise RuntimeError('the power went')\n")
    store = await open_store(url, "registry")
    with pytest.raises(RuntimeError, match="the power went"):
        await migrate(store, folder)
    async with store.reading() as connection:
        with pytest.raises(DBAPIError):
            await connection.execute(text("SELECT * FROM hall"))
    step.write_text(written)
    await migrate(store, folder)
    async with store.reading() as connection:
        assert (await connection.execute(text("SELECT * FROM hall"))).all() == []
    await store.close()


async def test_what_raises_is_undone(store: Store) -> None:
    async def half_done() -> None:
        async with store.writing() as connection:
            await connection.execute(ATTEMPT.insert().values(subject="x", at=datetime.now(UTC)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half_done()
    async with store.reading() as connection:
        assert (await connection.execute(ATTEMPT.select())).all() == []


async def test_reading_cannot_write(store: Store) -> None:
    async with store.reading() as connection:
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            await connection.execute(ATTEMPT.insert().values(subject="x", at=datetime.now(UTC)))


async def test_moments_come_back_as_the_same_moment_in_utc(store: Store) -> None:
    at = datetime(2026, 3, 7, 8, 2, 11, 123456, tzinfo=timezone(timedelta(hours=7)))
    async with store.writing() as connection:
        await connection.execute(ATTEMPT.insert().values(subject="x", at=at))
    async with store.reading() as connection:
        back = (await connection.execute(ATTEMPT.select())).one().at
    assert back == at
    assert back.utcoffset() == timedelta(0)


async def test_eight_who_read_and_write_at_once_lose_no_update(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/registry.sqlite", "registry")
    await migrate(store, MIGRATIONS)

    async def one_more() -> None:
        async with store.writing() as connection:
            known = (await connection.execute(text("SELECT count(*) FROM attempt"))).scalar_one()
            await connection.execute(ATTEMPT.insert().values(subject=f"{known}", at=datetime.now(UTC)))

    await asyncio.gather(*(one_more() for _ in range(8)))
    async with store.reading() as connection:
        subjects = (await connection.execute(text("SELECT subject FROM attempt ORDER BY id"))).scalars().all()
    assert subjects == [str(number) for number in range(8)]
    await store.close()


async def test_sqlite_is_opened_so_that_a_commit_outlives_a_power_cut(tmp_path: Path) -> None:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/registry.sqlite", "registry")
    async with store.writing() as connection:
        kept = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar_one() for name in ("journal_mode", "synchronous")
        ]
    assert kept == ["wal", 2]
    await store.close()


async def test_files_that_somebody_owns_are_refused_and_free_again_afterwards(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/registry.sqlite"
    store = await open_store(url, "registry")
    with pytest.raises(InUse, match=r"đang được tiến trình \d+ sử dụng"):
        await open_store(url, "registry")
    await store.close()
    await (await open_store(url, "registry")).close()


async def test_a_server_that_confirms_before_it_writes_is_refused(postgres: Server) -> None:
    with postgres.fresh() as url:
        name = url.split("@/")[1].split("?")[0]
        postgres.told(f"ALTER DATABASE {name} SET synchronous_commit = off")
        with pytest.raises(UnsafeServer, match="synchronous_commit=off"):
            await open_store(url, "registry")


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:///x", "sqlite+aiosqlite://", "not an address"])
async def test_an_address_that_we_do_not_open_is_named_with_what_we_do(url: str) -> None:
    with pytest.raises(WrongAddress, match=r"sqlite\+aiosqlite"):
        await open_store(url, "registry")
