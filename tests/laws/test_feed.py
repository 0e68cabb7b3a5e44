"""snapshot(cut) + deltas(cut..end) == snapshot(end), for every screen, whenever it joined, lagged or came back."""

import asyncio
import contextlib
import random
import re
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.link import Line, terms
from bridge.rules.rollup import ROOT
from bridge.rules.scene import Placed, Scene
from bridge.rules.trouble import Bond, CallOutcome, Shared, Trouble
from dashboards import feed, view
from dashboards.affairs import NOTICES_SHOWN, RESOLVED_SHOWN_MS
from dashboards.feed import Channel, Feed, Screen
from tests.cast import ANN, CONFERENCE, MORNING, SECOND, SITTING, at, happened
from tests.laws.affairs import KINDS, affair
from tests.laws.days import CODES, Step, beginning, lived, steps

SCOPES = (ROOT, "01", "001", "00004", "D01")
WATCHED = ((ROOT, True), (ROOT, False), *((scope, len(scope) != 3) for scope in SCOPES), ("001", True))
"""Scopes, and whether their screens see the names of people."""


DAYS_OF_AFFAIRS = 8


def called(user: str) -> str:
    """How the holder of an account is called."""
    return f"Đồng chí {user}"


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
        self.incidents: dict[int, Any] = {}
        self.calls: dict[str, Any] = {}
        self.notices: dict[int, Any] = {}
        self.told: list[str] = []
        """Every frame, as it came, until somebody has looked at it."""

    def take(self, frame: bytes) -> None:
        told = msgspec.json.decode(frame)
        self.told.append(frame.decode())
        if told["type"] == "snapshot":
            self.incidents, self.calls, self.notices = {}, {}, {}
            self._take_affairs(told["affairs"])
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
        self._take_affairs(told.get("affairs", {"incidents": [], "calls": {}, "notices": []}))

    def _take_affairs(self, told: dict[str, Any]) -> None:
        self.incidents |= {each["number"]: each for each in told["incidents"]}
        self.calls |= told["calls"]
        self.notices |= {each["number"]: each for each in told["notices"]}

    def affairs(self, now_ms: int) -> tuple[Any, ...]:
        """What the page shows of them at this hour: it takes away by itself what time has taken away."""
        over_s = (now_ms - RESOLVED_SHOWN_MS) // 1000
        incidents = {
            number: each
            for number, each in self.incidents.items()
            if each["status"] != "resolved" or each["moved_at_s"] > over_s
        }
        calls = {code: claim for code, claim in self.calls.items() if claim and claim["until_s"] * 1000 > now_ms}
        return incidents, calls, sorted(self.notices.items())[-NOTICES_SHOWN:]

    def figures(self) -> dict[str, Any]:
        return {name: value for name, value in self.totals.items() if name != "at"}


class Watcher:
    """One screen and the task that carries its frames, as `dashboards.sockets` does."""

    def __init__(self, hall: Hall, boards: Feed, unit: str, names: bool = True) -> None:
        self.screen = Screen()
        self.boards = boards
        self.unit = unit
        self.names = names
        self.channel = boards.join(hall, unit, self.screen, names)
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
        st.tuples(st.just("affairs"), st.integers(0, KINDS - 1)),
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


@pytest.mark.parametrize("seed", range(DAYS_OF_AFFAIRS))
async def test_the_same_holds_on_a_day_of_incidents_calls_and_notices(seed: int) -> None:
    die = random.Random(seed)
    doings = [("joins", place) for place in range(len(WATCHED))]
    for _ in range(100):
        doings += [("affairs", die.randrange(KINDS)) for _ in range(die.randrange(1, 5))]
        doings.append(die.choice((("frames go out", 0), ("are compared", 0), ("is read", 1), ("comes back", 0))))
        if die.random() < 0.1:
            doings.append(die.choice((("goes away", die.randrange(6)), ("turns", 10), ("expects", die.randrange(7)))))
    await played([], doings)


async def played(day: list[Step], doings: list[tuple[str, int]]) -> None:
    hall = Hall()
    hall.adopt(beginning())
    hall.scene.show_round(hall.now_ms)
    boards = Feed(lambda: hall.now_ms, lambda: 1.0, called)
    coming = lived(day)[len(beginning()) :]
    watchers = [Watcher(hall, boards, ROOT), Watcher(hall, boards, ROOT), Watcher(hall, boards, "001", names=False)]
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
        case "affairs":
            event, by = affair(hall.scene.state, number, hall.now_ms)
            told, touched = hall.adopt([happened(event, hall.now_ms, by)])
            boards.tell(hall, told, touched)
        case "expects":
            changed = events.ExpectedChanged(point=CODES[number], sitting=SITTING, value=hall.scene.position, reason="")
            told, touched = hall.adopt([happened(changed, hall.now_ms, ANN)])
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
            watcher = Watcher(hall, boards, *WATCHED[number])
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
            back = Watcher(hall, boards, gone.unit, gone.names)
            back.mirror = gone.mirror
            watchers.append(back)
            await back.watch(resuming=True)
        case "looks over HTTP":
            boards.snapshot(hall, SCOPES[number])
        case "frames go out":
            for watcher in watchers:
                watcher.channel.flush()
        case "are compared":
            for watcher in watchers:
                await _agrees(watcher, hall)
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
    named = called if watcher.names else None
    fresh.take(Channel(hall, watcher.unit, lambda: hall.now_ms, 1.0, named).snapshot())
    mine = watcher.mirror
    assert mine.affairs(hall.now_ms) == fresh.affairs(hall.now_ms)
    assert mine.rows == fresh.rows
    assert mine.figures() == fresh.figures()
    # A page keeps its own older news; the newest are the same.
    assert mine.news[: len(fresh.news)] == fresh.news[: len(mine.news)]
    assert (mine.units, mine.groups) == (fresh.units, fresh.groups)
    _tells_nothing_foreign(watcher, hall)


def _tells_nothing_foreign(watcher: Watcher, hall: Hall) -> None:
    """No frame names a hall that is not this screen's, nor, where it sees no names, anybody."""
    mine = {point.code for point in hall.scene.points_under(watcher.unit)}
    foreign = [point for code, point in hall.scene.state.points.items() if code not in mine]
    words = "|".join(
        [*(rf"(?<![0-9A-Z]){each.code}(?!\d)" for each in foreign), *(each.planned.name for each in foreign)]
    )
    for frame in watcher.mirror.told:
        assert not words or not re.search(words, frame)
        assert watcher.names or not re.search(r'"ann"|"binh"|' + called(""), frame)
        assert watcher.unit == ROOT or "job-missed" not in frame
    # Looked at once is enough.
    watcher.mirror.told.clear()


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
    assert boards.channel(hall, ROOT, names=True) is second.channel
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
    assert not {"totals", "affairs", "news"} & told.keys()
    boards.leave(channel, screen)


async def told_of(unit: str, *what: events.AnyEvent, names: bool = False) -> tuple[Mirror, list[dict[str, Any]]]:
    """What a screen shows after all this, and the frames that told it."""
    hall = begun_hall()
    boards = Feed(lambda: hall.now_ms, lambda: 1.0, called)
    screen, mirror = Screen(), Mirror()
    channel = boards.join(hall, unit, screen, names)
    mirror.take(channel.watch(screen))
    frames = []
    for event in what:
        told, touched = hall.adopt([happened(event, hall.now_ms, ANN)])
        before = channel.offset
        boards.tell(hall, told, touched)
        channel.flush()
        # What is none of theirs brings no frame.
        for frame in (await screen.next() or ()) if channel.offset > before else ():
            mirror.take(frame)
            frames.append(msgspec.json.decode(frame))
    boards.leave(channel, screen)
    return mirror, frames


AREA = Shared(Bond.AREA, "Liên Hà")


def opened(number: int, trouble: Trouble, *points: str) -> events.IncidentOpened:
    return events.IncidentOpened(incident=number, trouble=trouble, points=points, shared=AREA, noticed_ms=MORNING)


async def test_an_incident_is_told_to_each_scope_as_far_as_it_concerns_its_own_halls() -> None:
    began = opened(1, Trouble.POWER_CUT, "00001-01", "00004-01", "D01-01")
    taken = events.IncidentAcknowledged(incident=1)
    shown = {unit: await told_of(unit, began, taken) for unit in (ROOT, "001", "D01", "00004")}
    assert {unit: mirror.incidents[1]["count"] for unit, (mirror, _) in shown.items()} == {
        ROOT: 3,
        "001": 2,
        "D01": 1,
        "00004": 1,
    }
    kinds = [(line["kind"], line["points"]) for line in shown["001"][0].news[:2]]
    assert kinds == [("incident-acknowledged", 2), ("incident-opened", 2)]
    # Of one hall it is said which.
    assert [line["point"] for line in shown["00004"][0].news[:2]] == ["00004-01", "00004-01"]
    assert [line["point"] for line in shown["001"][0].news[:2]] == [None, None]
    assert shown["001"][0].totals["incidents"] == {"open": 0, "acknowledged": 1}


async def test_who_has_nothing_to_do_with_an_incident_hears_nothing_of_it() -> None:
    mirror, frames = await told_of("D01", opened(1, Trouble.LOST, "00001-01"), events.IncidentAcknowledged(incident=1))
    assert (mirror.incidents, mirror.totals["incidents"]) == ({}, {"open": 0, "acknowledged": 0})
    assert [line["kind"] for line in mirror.news] == ["phase-changed"]
    assert frames == []


async def test_a_tile_shows_the_gravest_of_its_halls_incidents_while_it_fails() -> None:
    hall = "00001-01"
    small, grave = opened(1, Trouble.NO_SOUND, hall), opened(2, Trouble.POWER_CUT, hall, "00004-01")
    eased = events.IncidentEased(incident=2, points=(hall,))
    _, frames = await told_of(ROOT, small, grave, eased, events.IncidentResolved(incident=1))
    assert [frame["points"].get(hall, {}).get("incident", "same") for frame in frames] == [1, 2, 1, None]
    assert "incident" not in frames[2]["points"].get("00004-01", {})


async def test_a_claim_says_who_to_those_who_see_names_and_to_nobody_else() -> None:
    claimed = events.CallClaimed(point="00001-01", until_ms=MORNING + 600_000)
    claim = {"since_s": MORNING // 1000, "until_s": MORNING // 1000 + 600}
    named, _ = await told_of("001", claimed, names=True)
    assert named.calls == {"00001-01": claim | {"by": "ann", "by_name": called("ann")}}
    wall, _ = await told_of("001", claimed)
    assert wall.calls == {"00001-01": claim | {"by": None, "by_name": None}}


async def test_a_call_that_is_over_holds_no_row_any_more() -> None:
    claimed = events.CallClaimed(point="00001-01", until_ms=MORNING + 600_000)
    ended = events.CallEnded(point="00001-01", outcome=CallOutcome.WILL_REPORT)
    mirror, frames = await told_of("001", claimed, ended, names=True)
    assert frames[-1]["affairs"]["calls"] == {"00001-01": None}
    assert mirror.news[0].items() >= {"kind": "call-ended", "outcome": "will_report", "by_name": called("ann")}.items()


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
