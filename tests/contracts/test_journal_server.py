"""What a journal on a PostgreSQL server promises besides: nodes that die or freeze stop nobody, and a yes stays a yes."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from bridge.journal import Journal, JournalAway, JournalBroken, JournalBusy, Record, Row
from bridge.journal.sql import open_journal
from endpoints_registry.database import UnsafeServer
from tests.contracts.houses import Postgres
from tests.databases import Server, name_of

DAY = "hoc-tap-2026-03"
EVERYBODY_ELSE = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def house(postgres: Server, postgres_url: str) -> Postgres:
    return Postgres(postgres_url, partial(postgres.told, database=name_of(postgres_url)))


def note(act: str) -> Record:
    return Record(at_ms=1, received_ms=1, by="user:ann", kind="noted", point=None, body=b"{}", act=act)


async def appended(journal: Journal, act: str) -> Row:
    head = await journal.head(DAY)
    async with journal.turn(DAY, head.position) as turn:
        (row,) = await turn.append([note(act)])
    return row


async def acts(journal: Journal) -> list[str | None]:
    return [row.record.act for row in await journal.read(DAY)]


async def test_a_connection_cut_inside_a_turn_leaves_nothing_and_the_next_turn_works(house: Postgres) -> None:
    journal = await house.open()
    await appended(journal, "a")

    async def be_cut_off() -> None:
        async with journal.turn(DAY, 1) as turn:
            await turn.append([note("b")])
            house.told(f"SELECT count(pg_terminate_backend(pid, 5000)) {EVERYBODY_ELSE}")

    with pytest.raises(JournalAway):
        await be_cut_off()
    assert await acts(journal) == ["a"]
    assert (await appended(journal, "b")).position == 2
    await journal.close()


async def test_a_node_that_freezes_inside_its_turn_is_thrown_out(house: Postgres) -> None:
    frozen, other = await house.open(patience_s=0.3), await house.open(patience_s=10)

    async def freeze() -> None:
        async with frozen.turn(DAY, 0) as turn:
            await turn.append([note("frozen")])
            assert (await appended(other, "other")).position == 1

    with pytest.raises(JournalAway):
        await freeze()
    assert await acts(other) == ["other"]
    assert (await appended(frozen, "thawed")).position == 2
    await frozen.close()
    await other.close()


async def test_who_waits_too_long_for_a_turn_is_told_to_come_again(house: Postgres) -> None:
    slow, hasty = await house.open(patience_s=30), await house.open(patience_s=0.2)
    async with slow.turn(DAY, 0) as turn:
        await turn.append([note("slow")])
        with pytest.raises(JournalBusy):
            await appended(hasty, "hasty")
    assert (await appended(hasty, "hasty")).position == 2
    await slow.close()
    await hasty.close()


async def test_conferences_do_not_wait_for_each_other(house: Postgres) -> None:
    journal = await house.open(patience_s=0.5)
    async with journal.turn(DAY, 0) as turn:
        await turn.append([note("a")])
        async with journal.turn("another-day", 0) as other:
            (row,) = await other.append([note("a")])
    assert row.position == 1
    assert await journal.conferences() == ("another-day", DAY)
    await journal.close()


async def test_a_server_that_confirms_before_it_has_written_is_refused(house: Postgres) -> None:
    house.told(f"ALTER DATABASE {name_of(house.url)} SET synchronous_commit = off")
    with pytest.raises(UnsafeServer, match="synchronous_commit=off"):
        await house.open()


async def test_a_server_that_begins_to_confirm_early_gets_no_further_turn(house: Postgres) -> None:
    journal = await house.open()
    await appended(journal, "a")
    house.told(f"ALTER DATABASE {name_of(house.url)} SET synchronous_commit = off")
    house.told(f"SELECT count(pg_terminate_backend(pid, 5000)) {EVERYBODY_ELSE}")
    with pytest.raises(JournalBroken, match="synchronous_commit=off"):
        await appended(journal, "b")
    with pytest.raises(JournalBroken, match="synchronous_commit=off"):
        await appended(journal, "c")
    assert await acts(journal) == ["a"]
    await journal.close()


async def test_a_server_that_is_not_there_is_away(tmp_path: Path) -> None:
    with pytest.raises(JournalAway, match="cannot be reached"):
        await open_journal(f"postgresql+asyncpg://bridge@/nothing?host={tmp_path}&port=5432")


async def test_nodes_that_open_an_empty_database_at_once_agree_on_its_epoch(house: Postgres) -> None:
    nodes = await asyncio.gather(*(house.open() for _ in range(3)))
    assert len({(await node.head(DAY)).epoch for node in nodes}) == 1
    for node in nodes:
        await node.close()
