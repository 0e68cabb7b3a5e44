"""A backup is made while halls report; what came after it the devices send again, and nothing is lost."""

import asyncio
import hashlib
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.typing import EventDict

from bridge.archive import Kind, kept
from bridge.control import servers_office
from bridge.house import opened_house
from bridge.house.stores import addresses
from bridge.journal import pages
from bridge.journal.sql import journal_to_read
from bridge.keeping.backups import Backups, Terms, thinned
from bridge.keeping.checking import checked
from bridge.keeping.copying import copied
from bridge.keeping.restoring import restored
from bridge.notdone import NotDone
from bridge.records import happened_in
from bridge.rules.scene import Scene
from bridge.settings import BackupSettings
from endpoints_registry.access import Role
from tests.flows.house import (
    CONFERENCE,
    HALL,
    HALLS,
    PATH,
    PATIENCE_S,
    Browser,
    Keys,
    Own,
    Standing,
    act,
    count,
    own,
    settings,
)
from tests.flows.test_closing import approved, asked, at_the_end, closed, ended
from tests.flows.test_photos import send
from tests.flows.test_reports import REPORTS, drafted, fetched, sign
from tests.pictures.test_darkroom import picture, told_jpeg

PEOPLE = ("present", "excused", "unexcused")


class Sent(dict[str, dict[str, Any]]):
    """Every act that was sent, by its id."""

    def __init__(self) -> None:
        self.moved = asyncio.Event()
        self.enough = False

    async def reach(self, number: int) -> None:
        while len(self) < number:
            self.moved.clear()
            await self.moved.wait()


async def _reporting(there: Standing, code: str, sent: Sent) -> None:
    number = 0
    while not sent.enough:
        number += 1
        said = count(code, 40 + number % 20) if number % 3 else act(code, "incident", fault="no_sound")
        sent[said["id"]] = said
        sent.moved.set()
        (outcome,) = (await there.phone(code).send(said)).outcomes
        assert outcome["outcome"] == "accepted"


def _addresses(folder: Path) -> tuple[str, str]:
    where = addresses(settings(folder))
    return where.registry, where.journal


async def _scene(folder: Path, to: int) -> Scene:
    """The hall as its journal had it at a position."""
    scene, journal = Scene(), journal_to_read(_addresses(folder)[1])
    async for rows in pages(journal, CONFERENCE):
        for row in rows:
            if row.position <= to:
                scene.adopt(row.position, happened_in(row.record))
    await journal.close()
    return scene


async def test_a_backup_under_load_comes_back_as_it_was_and_the_devices_bring_the_rest(
    ours: Own, folder: Path, keys: Keys, tmp_path: Path
) -> None:
    sent = Sent()
    phones = [asyncio.create_task(_reporting(ours.there, code, sent)) for code in HALLS]
    # Of those that were sent, each hall has one on its way.
    await sent.reach(50 + len(HALLS))
    async with servers_office(folder) as office:
        assert office is not None
        made = await office.back_up(tmp_path / "copy.zip")
    await sent.reach(len(sent) + 100)
    sent.enough = True
    await asyncio.gather(*phones)
    assert made.bytes == os.stat(tmp_path / "copy.zip").st_size
    board = await ours.there.ann.board()
    whole = await ours.there.ann.events()
    epoch = (await ours.there.phone(HALLS[0]).get("/api/v1/desk")).body["journal_epoch"]
    await ours.close()

    other = tmp_path / "other"
    manifest = await asyncio.to_thread(restored, tmp_path / "copy.zip", other)
    position = manifest.ends.journals[CONFERENCE].position
    assert 50 <= position < len(whole)
    found = await checked(_addresses(other))
    assert found.journals[CONFERENCE].rows == position
    before, after = await _scene(folder, position), await _scene(other, position)
    assert (before.state, before.rollup.tallies) == (after.state, after.rollup.tallies)

    async with own(other, keys) as back:
        assert (await back.there.phone(HALLS[0]).get("/api/v1/desk")).body["journal_epoch"] != epoch
        kept = {event["act"] for event in whole[:position]}
        again = {}
        for id, said in sent.items():
            (outcome,) = (await back.there.phone(said["point"]).send(said)).outcomes
            assert (outcome["outcome"], outcome["duplicate"]) == ("accepted", id in kept)
            again[id] = outcome
        assert len({outcome["position"] for outcome in again.values()}) == len(sent)
        now = await back.there.ann.board()
        assert {code: [point[name] for name in PEOPLE] for code, point in now.items()} == {
            code: [point[name] for name in PEOPLE] for code, point in board.items()
        }


async def test_a_restored_house_shows_what_the_other_one_showed_and_opens_to_the_same_people(
    ours: Own, folder: Path, keys: Keys, tmp_path: Path
) -> None:
    there = ours.there
    await at_the_end(ours)
    for number, code in enumerate(HALLS):
        await ended(there, code, ours.clock.now(), present=50 + number, submits=number % 2 == 0)
    await there.phone(HALL).send(act(HALL, "incident", ours.clock.now(), fault="no_sound"))
    assert (await send(there.phone(HALL), HALL, told_jpeg(picture())))[0] == 201
    # The closing round is due at noon.
    await ours.pass_time(30 * 60)
    await closed(ours)
    signed = await drafted(there.ann, formats=["docx", "csv"])
    assert (await sign(there.ann, signed["number"])).status == 200
    await drafted(there.ann, formats=["csv"])
    before, at_ms = await shown(there.ann), ours.clock.now()
    theirs, told = await shown(there.binh), await there.ann.events()
    async with servers_office(folder) as office:
        assert office is not None
        await office.back_up(tmp_path / "copy.zip")
    # What comes after the copy is not in it.
    number = await asked(there.binh, HALL, 40)
    assert (await approved(there.ann, number)).status == 200
    assert (await shown(there.ann))["totals"] != before["totals"]
    await ours.close()
    await asyncio.to_thread(restored, tmp_path / "copy.zip", tmp_path / "other")
    async with own(tmp_path / "other", keys, starts_ms=at_ms) as back:
        assert await shown(back.there.ann) == before
        assert await shown(back.there.binh) == theirs
        assert (await back.there.ann.events())[: len(told)] == told
        assert (await back.there.ann.get("/api/v1/session")).status == 200
        assert (await back.there.phone(HALLS[0]).get("/api/v1/desk")).status == 200


async def shown(who: Browser) -> dict[str, Any]:
    """What somebody sees over HTTP, but for which server it is and how late; of files their SHA-256."""
    pages = ("board", "totals", "totals?unit=001", "closing", "incidents", "judgement", "photos", "reports")
    found: dict[str, Any] = {}
    for page in pages:
        body = (await who.get(f"{PATH}/{page}")).body
        found[page] = {name: value for name, value in body.items() if name not in ("epoch", "offset", "at")}
    for report in found["reports"].get("reports", ()):
        for each in report["files"]:
            path = f"{REPORTS}/{report['number']}/files/{each['format']}"
            _, content, _ = await fetched(who, path)
            assert hashlib.sha256(content).hexdigest() == each["sha256"]
            found[path] = each["sha256"]
    for photo in found["photos"]["photos"]:
        _, content, _ = await fetched(who, f"{PATH}/photos/{photo['number']}")
        assert hashlib.sha256(content).hexdigest() == photo["sha256"]
    return found


# --- by the clock


class World:
    """The real clock, told by the test, and who was told that there is no backup."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 7, 1, 0, tzinfo=UTC)
        self.told: list[str] = []

    def __call__(self) -> datetime:
        return self.now

    async def alarm(self, why: str) -> None:
        self.told.append(why)


@pytest.fixture
def world() -> World:
    return World()


def by_the_clock(folder: Path, into: Path, world: World, keep: int = 2) -> Backups:
    return Backups(folder, Terms(into, timedelta(minutes=5), keep), world, world.alarm)


async def test_copies_are_made_by_the_clock_when_something_happened(
    ours: Own, folder: Path, tmp_path: Path, world: World
) -> None:
    backups = by_the_clock(folder, tmp_path / "copies", world)
    assert await backups.by_the_clock() == "bridge-2026-03-07T080000.zip"
    world.now += timedelta(minutes=5)
    assert await backups.by_the_clock() == "unchanged"
    assert not backups.late
    for _ in range(3):
        world.now += timedelta(minutes=5)
        await ours.there.phone(HALLS[0]).send(count(HALLS[0], 50))
        await backups.by_the_clock()
    # The two newest: the last of the day is among them.
    assert sorted(path.name for path in (tmp_path / "copies").iterdir()) == [
        "bridge-2026-03-07T081500.zip",
        "bridge-2026-03-07T082000.zip",
    ]
    assert world.told == []
    backups.close()


async def test_a_copy_that_fails_is_told_once_a_day_until_it_succeeds(
    folder: Path, tmp_path: Path, world: World
) -> None:
    (tmp_path / "copies").write_text("a file where the folder should be")
    backups = by_the_clock(folder, tmp_path / "copies", world)
    for _ in range(5):
        assert await backups.by_the_clock() == "failed"
        world.now += timedelta(hours=6)
    assert len(world.told) == 2
    assert backups.late
    (tmp_path / "copies").unlink()
    await backups.by_the_clock()
    assert (backups.failed, backups.late) == ("", False)
    backups.close()


async def test_an_admin_sees_when_the_last_copy_was_made_and_nobody_else(ours: Own, folder: Path) -> None:
    eve = await ours.there.signed_in(ours.house.registry, "eve", Role.ADMIN)
    told = (await eve.get("/api/v1/backups")).body
    assert (told["scheduled"], told["last"], told["late"], told["failed"]) == (False, None, False, None)
    async with servers_office(folder) as office:
        assert office is not None
        await office.back_up(folder.parent / "copy.zip")
    assert (await eve.get("/api/v1/backups")).body["last"]["file"] == "copy.zip"
    assert (await ours.there.ann.get("/api/v1/backups")).status == 403


async def test_an_admin_has_a_copy_made_now_and_nobody_else(ours: Own, folder: Path) -> None:
    eve = await ours.there.signed_in(ours.house.registry, "eve", Role.ADMIN)
    assert (
        (await eve.post("/api/v1/backups", None)).code,
        (await ours.there.ann.post("/api/v1/backups", None)).code,
    ) == (
        "not_made",
        "not_allowed",
    )
    ours.house.backups.terms = Terms(folder.parent / "copies", timedelta(minutes=5), 2)
    made = await eve.post("/api/v1/backups", None)
    assert made.status == 201, made.body
    (copy,) = (await eve.get("/api/v1/backups")).body["copies"]
    assert (copy["file"], copy["bytes"]) == (made.body["file"], made.body["bytes"])
    assert str(folder.parent) not in str(made.body)


async def test_an_admin_has_every_row_walked_and_is_told_the_first_that_does_not_hold(ours: Own, folder: Path) -> None:
    eve = await ours.there.signed_in(ours.house.registry, "eve", Role.ADMIN)
    path = "/api/v1/audit/verification"
    assert (await eve.get(path)).body == {"running": False, "at": None, "whole": None, "found": ""}
    assert (await ours.there.ann.post(path, None)).code == "not_allowed"
    walked = (await eve.post(path, None)).body
    assert walked["whole"], walked
    # What is kept for years is looked at too, before any row is broken.
    item = kept("", Kind.TEMPLATE, 0, "party", "application/octet-stream", b"ours", at_ms=0, by="user:eve")
    await ours.house.archive.keep([item])
    with closing(sqlite3.connect(folder / "archive.sqlite")) as file, file:
        file.execute("UPDATE kept SET content = 'their'")
    walked = (await eve.post(path, None)).body
    assert not walked["whole"]
    assert "table kept, conference -, template 0, «party»" in walked["found"]
    with closing(sqlite3.connect(folder / "registry.sqlite")) as file, file:
        file.execute("UPDATE audit SET address = 'elsewhere' WHERE position = 2")
    walked = (await eve.post(path, None)).body
    assert not walked["whole"]
    assert "table audit, position 2" in walked["found"]
    assert (await eve.get(path)).body == walked


async def test_the_alarm_goes_the_ways_of_the_post(folder: Path) -> None:
    (folder.parent / "copies").write_text("a file where the folder should be")
    wishes = settings(folder).model_copy(update={"backup": BackupSettings(folder=str(folder.parent / "copies"))})
    heard = asyncio.get_running_loop().create_future()

    def hear(_logger: object, _method: str, line: EventDict) -> EventDict:
        if line["event"] == "backup-missing" and not heard.done():
            heard.set_result(line["title"])
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    before = list(processors)
    processors[:] = [hear]
    try:
        async with opened_house(wishes) as house, asyncio.timeout(PATIENCE_S):
            await house.backups.by_the_clock()
            assert await heard == "[Máy chủ] Chưa có bản sao lưu mới"
    finally:
        processors[:] = before


def test_the_newest_are_kept_and_the_last_of_each_day(tmp_path: Path) -> None:
    for day in range(1, 29):
        for hour in ("070000", "080000"):
            (tmp_path / f"bridge-2026-02-{day:02}T{hour}.zip").touch()
    (tmp_path / "somebody-elses.zip").touch()
    thinned(tmp_path, 3)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left[-1] == "somebody-elses.zip"
    assert len(left) == 1 + 14 + 1
    assert [name[7:] for name in left[:2]] == ["2026-02-15T080000.zip", "2026-02-16T080000.zip"]
    assert "bridge-2026-02-28T070000.zip" in left


def test_a_copy_that_is_given_up_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    def closing(_done: int, _total: int) -> None:
        raise NotDone("máy chủ dừng")

    with pytest.raises(NotDone, match="máy chủ dừng"):
        copied(folder, tmp_path / "copy.zip", datetime.now(UTC), closing)
    assert list(tmp_path.iterdir()) == [folder]
