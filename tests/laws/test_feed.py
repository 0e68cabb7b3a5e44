"""snapshot(cut) + deltas(cut..end) == snapshot(end), for every screen, whenever it joined, lagged or came back."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules.events import Happened
from bridge.rules.link import Line, terms
from bridge.rules.rollup import ROOT
from bridge.rules.scene import Placed, Scene
from dashboards import feed, view
from dashboards.feed import Channel, Feed, Screen
from tests.cast import CONFERENCE, MORNING, SECOND, at
from tests.laws.days import CODES, Step, beginning, lived, steps

SCOPES = (ROOT, "01", "001", "00004", "D01")
WATCHED = (ROOT, *SCOPES)


class Hall:
    """A conference as the feed sees it."""

    conference = CONFERENCE

    def __init__(self) -> None:
        self.scene = Scene()
        self.now_ms = MORNING

    def adopt(self, journal: Sequence[Happened]) -> tuple[list[Placed], set[str]]:
        told: list[Placed] = []
        touched: set[str] = set()
        for each in journal:
            position = self.scene.position + 1
            touched |= set(self.scene.adopt(position, each))
            told.append((position, each))
        return told, touched


class Mirror:
    """A screen as the page keeps it: it applies a delta only to the very offset that it stands at."""

    def __init__(self) -> None:
        self.epoch = ""
        self.offset = -1
        self.rows: dict[str, dict[str, Any]] = {}
        self.totals: dict[str, Any] = {}
        self.news: list[dict[str, Any]] = []
        self.units: Any = None
        self.groups: Any = None

    def take(self, frame: bytes) -> None:
        told = msgspec.json.decode(frame)
        if told["type"] == "snapshot":
            self.epoch, self.offset = told["epoch"], told["offset"]
            columns = told["points"]["columns"]
            self.rows = {row[0]: dict(zip(columns, row, strict=True)) for row in told["points"]["rows"]}
            self.totals, self.news = told["totals"], told["news"]
            self.units, self.groups = told["units"], told["groups"]
            return
        assert (told["epoch"], told["prev"]) == (self.epoch, self.offset), "a gap: this screen would have to ask again"
        self.offset = told["offset"]
        for code, changed in told["points"].items():
            self.rows[code] |= changed
        self.totals = told.get("totals", self.totals)
        self.news = told.get("news", []) + self.news

    def figures(self) -> dict[str, Any]:
        return {name: value for name, value in self.totals.items() if name != "at"}


class Watcher:
    """One screen and the task that carries its frames, as `dashboards.sockets` does."""

    def __init__(self, hall: Hall, boards: Feed, unit: str) -> None:
        self.screen = Screen()
        self.boards = boards
        self.unit = unit
        self.channel = boards.join(hall, unit, self.screen)
        self.mirror = Mirror()
        self.sender: asyncio.Task[None] | None = None

    async def watch(self, *, resuming: bool) -> None:
        """Ask to watch, from where the page stands if it may resume."""
        await self.stop()
        first = None
        if resuming and self.mirror.epoch == self.channel.epoch:
            first = self.channel.resume(self.screen, self.mirror.offset)
        self.sender = asyncio.create_task(self._send(first))

    async def _send(self, frames: list[bytes] | None) -> None:
        while True:
            if frames is None:
                self.mirror.take(self.channel.watch(self.screen))
            else:
                for frame in frames:
                    self.mirror.take(frame)
            frames = await self.screen.next()

    async def stop(self) -> None:
        if self.sender is not None:
            self.sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.sender

    async def leave(self) -> None:
        await self.stop()
        self.boards.leave(self.channel, self.screen)


doings = st.lists(
    st.one_of(
        st.tuples(st.just("happens"), st.integers(1, 4)),
        st.tuples(st.just("happens"), st.integers(1, 4)),
        st.tuples(st.just("turns"), st.sampled_from((8, 10, 13, 17))),
        st.tuples(st.just("connects"), st.integers(0, len(CODES) - 1)),
        st.tuples(st.just("closes"), st.integers(0, len(CODES) - 1)),
        st.tuples(st.just("joins"), st.integers(0, len(WATCHED) - 1)),
        st.tuples(st.just("leaves"), st.integers(0, 3)),
        st.tuples(st.just("asks again"), st.integers(0, 3)),
        st.tuples(st.just("goes away"), st.integers(0, 2)),
        st.tuples(st.just("comes back"), st.just(0)),
        st.tuples(st.just("looks over HTTP"), st.integers(0, len(SCOPES) - 1)),
        st.tuples(st.just("frames go out"), st.just(0)),
        st.tuples(st.just("is quiet"), st.just(0)),
        st.tuples(st.just("is read"), st.integers(1, 3)),
    ),
    min_size=20,
    max_size=50,
)


@given(day=steps(), doings=doings)
async def test_a_screen_shows_what_a_fresh_snapshot_shows(day: list[Step], doings: list[tuple[str, int]]) -> None:
    await played(day, doings)


@given(day=steps(), doings=doings)
async def test_the_same_holds_for_screens_that_can_hold_next_to_nothing(
    day: list[Step], doings: list[tuple[str, int]]
) -> None:
    kept, limit = feed.RESUME_KEPT, feed.QUEUE_LIMIT
    feed.RESUME_KEPT, feed.QUEUE_LIMIT = 2, 1_500
    try:
        await played(day, doings)
    finally:
        feed.RESUME_KEPT, feed.QUEUE_LIMIT = kept, limit


async def played(day: list[Step], doings: list[tuple[str, int]]) -> None:
    hall = Hall()
    hall.adopt(beginning())
    hall.scene.show_round(hall.now_ms)
    boards = Feed(lambda: hall.now_ms, lambda: 1.0)
    coming = lived(day)[len(beginning()) :]
    watchers = [Watcher(hall, boards, ROOT), Watcher(hall, boards, ROOT)]
    away: list[Watcher] = []
    for watcher in watchers:
        await watcher.watch(resuming=False)
    await asyncio.sleep(0)
    try:
        for what, number in doings:
            await _do(what, number, hall, boards, watchers, away, coming)
        while away:
            await _do("comes back", 0, hall, boards, watchers, away, coming)
        for watcher in watchers:
            await _agrees(watcher, hall)
    finally:
        for watcher in watchers:
            await watcher.leave()
    assert boards.watchers == 0


async def _do(
    what: str,
    number: int,
    hall: Hall,
    boards: Feed,
    watchers: list[Watcher],
    away: list[Watcher],
    coming: list[Happened],
) -> None:
    chosen = watchers[number] if number < len(watchers) else None
    match what:
        case "happens":
            told, touched = hall.adopt(coming[:number])
            del coming[:number]
            boards.tell(hall, told, touched)
        case "turns":
            hall.now_ms = max(hall.now_ms, at(f"{number:02}:20"))
            if hall.scene.show_round(hall.now_ms):
                boards.turned(hall)
        case "connects":
            code = CODES[number]
            line = hall.scene.lines.setdefault(code, Line(terms=terms(7)))
            line.come(hall.now_ms, flapped=False)
            boards.stir(hall, (code,))
        case "closes":
            if CODES[number] in hall.scene.lines:
                hall.scene.lines[CODES[number]].close(hall.now_ms)
                boards.stir(hall, (CODES[number],))
        case "joins":
            watcher = Watcher(hall, boards, WATCHED[number])
            watchers.append(watcher)
            await watcher.watch(resuming=False)
        case "leaves" if chosen is not None and len(watchers) > 1:
            watchers.remove(chosen)
            await chosen.leave()
        case "asks again" if chosen is not None:
            await chosen.watch(resuming=False)
        case "goes away" if chosen is not None and len(watchers) > 1:
            # The page stays, its socket does not.
            watchers.remove(chosen)
            await chosen.leave()
            away.append(chosen)
        case "comes back" if away:
            gone = away.pop()
            back = Watcher(hall, boards, gone.unit)
            back.mirror = gone.mirror
            watchers.append(back)
            await back.watch(resuming=True)
        case "looks over HTTP":
            boards.snapshot(hall, SCOPES[number])
        case "frames go out":
            for watcher in watchers:
                watcher.channel.flush()
        case "is quiet":
            for watcher in watchers:
                watcher.channel.flush(even_if_empty=True)
        case "is read":
            for _ in range(number):
                await asyncio.sleep(0)
    hall.now_ms += SECOND


async def _agrees(watcher: Watcher, hall: Hall) -> None:
    watcher.channel.flush()
    for _ in range(8):
        await asyncio.sleep(0)
    assert watcher.sender is not None
    assert not watcher.sender.done(), watcher.sender.exception()
    fresh = Mirror()
    fresh.take(Channel(hall, watcher.unit, lambda: hall.now_ms, 1.0).snapshot())
    mine = watcher.mirror
    assert mine.rows == fresh.rows
    assert mine.figures() == fresh.figures()
    # A page keeps its own older news; the newest are the same.
    assert mine.news[: len(fresh.news)] == fresh.news[: len(mine.news)]
    assert (mine.units, mine.groups) == (fresh.units, fresh.groups)


# --- stories


def begun_hall() -> Hall:
    hall = Hall()
    hall.adopt(beginning())
    hall.scene.show_round(hall.now_ms)
    return hall


async def test_a_screen_that_has_not_asked_yet_is_not_forgotten_when_the_others_leave() -> None:
    hall = begun_hall()
    boards = Feed(lambda: hall.now_ms, lambda: 1.0)
    first, second = Watcher(hall, boards, ROOT), Watcher(hall, boards, ROOT)
    await first.watch(resuming=False)
    await first.leave()
    boards.snapshot(hall, ROOT)
    await second.watch(resuming=False)
    await asyncio.sleep(0)
    line = hall.scene.lines[CODES[0]] = Line(terms=terms(7))
    line.come(hall.now_ms, flapped=False)
    boards.stir(hall, (CODES[0],))
    assert boards.channel(hall, ROOT) is second.channel
    await _agrees(second, hall)
    await second.leave()


async def test_a_frame_from_before_the_snapshot_is_not_sent_after_it() -> None:
    hall = begun_hall()
    boards = Feed(lambda: hall.now_ms, lambda: 1.0)
    screen = Screen()
    channel = boards.join(hall, ROOT, screen)
    channel.watch(screen)
    channel.flush(even_if_empty=True)
    mirror = Mirror()
    mirror.take(channel.watch(screen))
    channel.flush(even_if_empty=True)
    for frame in await screen.next() or ():
        mirror.take(frame)
    assert mirror.offset == channel.offset
    boards.leave(channel, screen)


async def test_a_slow_screen_holds_at_most_its_limit_and_is_renewed() -> None:
    screen = Screen()
    screen.begin()
    for _ in range(3):
        screen.offer(b"x" * 400, 1_000)
    assert await screen.next() is None


async def test_a_frame_tells_only_what_has_changed() -> None:
    hall = begun_hall()
    boards = Feed(lambda: hall.now_ms, lambda: 1.0)
    screen = Screen()
    channel = boards.join(hall, ROOT, screen)
    channel.watch(screen)
    boards.stir(hall, CODES)
    channel.flush()
    frames = await screen.next()
    assert frames is not None
    told = msgspec.json.decode(frames[-1])
    assert told["points"] == {}
    assert "totals" not in told
    boards.leave(channel, screen)


@pytest.mark.parametrize("unit", SCOPES)
async def test_a_scope_tells_nothing_of_what_lies_beside_it(unit: str) -> None:
    hall = begun_hall()
    seen = Mirror()
    seen.take(Channel(hall, unit, lambda: hall.now_ms, 1.0).snapshot())
    inside = {point.code for point in hall.scene.points_under(unit)}
    assert set(seen.rows) == inside
    assert seen.totals["points"]["total"] == len(inside)
    assert {row[3] for row in (list(each.values()) for each in seen.rows.values())} <= {
        row[0] for row in seen.groups["rows"]
    }
    assert tuple(next(iter(seen.rows.values()))) == view.COLUMNS
