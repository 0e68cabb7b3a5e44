"""What a journal in a file promises besides: it outlives kill -9, full and failing disks, and has one owner."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bridge.journal import Journal, JournalFull, Record, pages
from bridge.journal.chain import genesis, verify
from bridge.journal.sql import open_journal
from endpoints_registry.database import InUse
from tests.contracts.appender import CONFERENCE
from tests.contracts.houses import Sqlite

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path: Path) -> Sqlite:
    return Sqlite(tmp_path / "journal.sqlite")


def appender(house: Sqlite, largest_file: int = 0) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.contracts.appender", house.url, str(largest_file)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def note(act: str, body: bytes = b"{}") -> Record:
    return Record(at_ms=1, received_ms=1, by="user:ann", kind="noted", point=None, body=body, act=act)


async def positions(journal: Journal) -> list[int]:
    """Of the whole conference, after its chain was found in order."""
    rows = [row async for page in pages(journal, CONFERENCE) for row in page]
    assert verify(rows, genesis(CONFERENCE)) is None
    return [row.position for row in rows]


async def test_what_was_acknowledged_outlives_kill_9(house: Sqlite) -> None:
    acknowledged = 0
    for killed_after in random.Random(7).sample(range(1, 60), 3):
        with appender(house) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(killed_after)]
            process.kill()
            lines += process.stdout.readlines()
            assert process.wait() == -signal.SIGKILL
        assert int(lines[0]) > acknowledged
        acknowledged = int(lines[-1])
        journal = await house.open()
        kept = await positions(journal)
        await journal.close()
        assert len(kept) >= acknowledged
        # A turn is there whole or not at all.
        assert len(kept) % 7 == 0


async def test_a_failing_disk_ends_all_acknowledging_and_no_reading(house: Sqlite) -> None:
    with appender(house, largest_file=300_000) as process:
        said, _ = process.communicate()
    *acknowledged, broken, stays_broken, reads = said.split("\n")[:-1]
    assert (broken, stays_broken, reads) == ("broken", "stays broken", "reads 3")
    journal = await house.open()
    assert len(await positions(journal)) >= int(acknowledged[-1])
    await journal.close()


class SmallDisk:
    """Gives every database file that is opened only so many pages of room, as a full disk would."""

    def __init__(self) -> None:
        self.files: list[sqlite3.Connection] = []

    def opened(self, raw: Any, _: object) -> None:
        if isinstance(raw, sqlite3.Connection):
            self.files.append(raw)

    def leave(self, pages: int) -> None:
        for file in self.files:
            file.execute(f"PRAGMA max_page_count={pages}")


@pytest.fixture
async def disk() -> AsyncIterator[SmallDisk]:
    disk = SmallDisk()
    event.listen(Engine, "connect", disk.opened)
    yield disk
    event.remove(Engine, "connect", disk.opened)


async def test_a_full_disk_refuses_reads_on_and_recovers(house: Sqlite, disk: SmallDisk) -> None:
    journal = await house.open()
    # The migration's connection is closed by now; the writer's is the last.
    del disk.files[:-1]
    disk.leave(40)

    acknowledged = 0

    async def append_a_pair() -> None:
        nonlocal acknowledged
        async with journal.turn(CONFERENCE, acknowledged) as turn:
            rows = await turn.append([note(f"{acknowledged}-{half}", bytes(900)) for half in "ab"])
        acknowledged = rows[-1].position

    async def fill_the_disk() -> None:
        for _ in range(100):
            await append_a_pair()

    with pytest.raises(JournalFull, match="the disk is full"):
        await fill_the_disk()
    assert acknowledged > 0
    assert await positions(journal) == list(range(1, acknowledged + 1))
    with pytest.raises(JournalFull):
        await append_a_pair()
    disk.leave(400)
    full_at = acknowledged
    await append_a_pair()
    assert acknowledged == full_at + 2
    assert await positions(journal) == list(range(1, acknowledged + 1))
    await journal.close()


class FullAtTheCommit:
    """Puts the kernel's always full device in the place of the opened WAL: what is written there has no room."""

    def __init__(self, house: Sqlite) -> None:
        wal = f"{house.path}-wal"
        self._places = [
            int(entry.name)
            for entry in Path("/proc/self/fd").iterdir()
            if entry.is_symlink() and str(entry.readlink()) == wal
        ]
        self._kept = [os.dup(place) for place in self._places]

    def __enter__(self) -> None:
        full = os.open("/dev/full", os.O_RDWR)
        for place in self._places:
            os.dup2(full, place, inheritable=False)
        os.close(full)

    def __exit__(self, *_: object) -> None:
        for place, kept in zip(self._places, self._kept, strict=True):
            os.dup2(kept, place, inheritable=False)
            os.close(kept)


async def test_no_room_at_the_commit_is_no_acknowledgement(house: Sqlite, disk: SmallDisk) -> None:
    journal = await house.open()
    async with journal.turn(CONFERENCE, 0) as turn:
        await turn.append([note("a")])
    # Everything is in the main file: nothing needs to be read from the device that stands in for the WAL.
    assert disk.files[-1].execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)

    async def append(act: str) -> None:
        async with journal.turn(CONFERENCE, 1) as turn:
            await turn.append([note(act)])

    with FullAtTheCommit(house):
        for _ in range(2):
            with pytest.raises(JournalFull, match="the disk is full"):
                await append("b")
    assert await positions(journal) == [1]
    await append("b")
    assert await positions(journal) == [1, 2]
    await journal.close()


async def test_a_second_owner_is_refused(house: Sqlite) -> None:
    journal = await house.open()
    with pytest.raises(InUse):
        await house.open()
    with appender(house) as process:
        said, _ = process.communicate()
    assert (said, process.returncode) == ("", 1)
    await journal.close()
    again = await house.open()
    await again.close()


async def test_two_files_have_two_epochs(tmp_path: Path) -> None:
    first, second = await Sqlite(tmp_path / "a").open(), await Sqlite(tmp_path / "b").open()
    assert (await first.head(CONFERENCE)).epoch != (await second.head(CONFERENCE)).epoch
    await first.close()
    await second.close()


async def test_a_slower_disk_can_be_played(house: Sqlite) -> None:
    journal = await open_journal(house.url, commit_delay_s=0.05)
    started = time.monotonic()
    async with journal.turn(CONFERENCE, 0) as turn:
        await turn.append([note("a")])
    assert time.monotonic() - started >= 0.05
    await journal.close()


async def test_what_was_acknowledged_is_synced_to_the_disk_first(house: Sqlite, disk: SmallDisk) -> None:
    journal = await house.open()
    writer = disk.files[-1]
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    await journal.close()
