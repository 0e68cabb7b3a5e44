"""The feed of the boards: a snapshot, then conflated deltas, encoded once for every screen of the same scope.

The first change after a quiet moment goes out at once; later ones come as one frame, whose spacing follows what a frame
costs. Each screen holds at most one waiting frame; what it cannot take it gets as a fresh snapshot.
"""

import asyncio
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Protocol

import structlog

from bridge.rules import wire
from bridge.rules.events import ConferenceFrozen
from bridge.rules.rollup import ROOT
from bridge.rules.scene import Placed, Scene, newsworthy
from dashboards import affairs, news, view
from dashboards.affairs import Touched
from dashboards.sight import Named, Sight

log = structlog.get_logger("feed")

SPACING_LEAST_S = 0.005
SPACING_MOST_S = 0.25
SPACING_SHARE = 0.2
"""A frame may cost at most this share of the time until the next one."""
RESUME_KEPT = 64
RESUME_BYTES = 256 * 1024
QUIET_S = 4.0
"""After so long without a change an empty delta says that the feed is alive."""
KEPT_UNWATCHED = 15
"""A channel is kept for so many quiet moments (a minute) after its last screen has gone."""


class Hall(Protocol):
    """What the feed needs of a running conference."""

    @property
    def conference(self) -> str: ...
    @property
    def scene(self) -> Scene: ...


class Screen:
    """One watcher: at most one frame waits for it; a frame that would be a second turns into «start anew»."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._bytes = 0
        self._wake = asyncio.Event()
        self.lost = True
        """It needs a snapshot, as it does before it has had its first."""

    def begin(self) -> None:
        """From here on every frame, and none from before."""
        self._frames.clear()
        self._bytes = 0
        self.lost = False
        self._wake.clear()

    def offer(self, frame: bytes, limit: int) -> bool:
        """Whether it falls behind with this frame: then it needs a snapshot instead."""
        if self.lost:
            return False
        if self._bytes + len(frame) > limit:
            self._frames.clear()
            self._bytes = 0
            self.lost = True
        else:
            self._frames.append(frame)
            self._bytes += len(frame)
        self._wake.set()
        return self.lost

    def renew(self) -> None:
        """The next thing this screen needs is a snapshot."""
        self._frames.clear()
        self._bytes = 0
        self.lost = True
        self._wake.set()

    async def next(self) -> list[bytes] | None:
        """Frames to send, in order; None: send a snapshot."""
        await self._wake.wait()
        self._wake.clear()
        if self.lost:
            return None
        frames, self._frames, self._bytes = self._frames, [], 0
        return frames


QUEUE_LIMIT = 1024 * 1024


class Flow:
    """What went out to the screens of all channels."""

    def __init__(self) -> None:
        self.frames = 0
        """Made, each once for all of its screens."""
        self.behind = 0
        """How often a screen could not take one, and had to start anew."""


class Channel:
    """One scope of one conference: what changed since the last frame, and who watches."""

    def __init__(
        self,
        hall: Hall,
        unit: str,
        now: Callable[[], int],
        speed: float,
        named: Named | None = None,
        flow: Flow | None = None,
    ) -> None:
        self._hall = hall
        self._unit = unit
        self._now = now
        self._speed = speed
        self._named = named
        """None: its screens see no names of people."""
        self._flow = flow or Flow()
        self.epoch = uuid.uuid4().hex[:12]
        self.offset = 0
        self.screens: set[Screen] = set()
        self.unwatched = 0
        """Quiet moments that nobody has watched it for."""
        self._groups = view.Groups(hall.scene, unit)
        self._rows: dict[str, view.Row] = {}
        self._pending: set[str] = set()
        self._news: list[Placed] = []
        self._touched: Touched | None = None
        self._recent: list[tuple[int, bytes]] = []
        self._recent_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._next_s = 0.0
        self._totals: wire.Totals | None = None
        self._incidents: dict[str, int] = {}
        self._load()

    def _load(self) -> None:
        scene = self._hall.scene
        self._groups = view.Groups(scene, self._unit)
        self._rows = {
            point.code: view.row(scene, point, self._groups.of(point)) for point in scene.points_under(self._unit)
        }
        self._incidents = affairs.totals(scene, self._unit)
        self._totals = view.totals(scene, self._unit, self._now(), incidents=self._incidents)

    @property
    def _sight(self) -> Sight:
        return Sight(self._hall.scene, self._unit, self._rows.keys(), self._named)

    def watch(self, screen: Screen) -> bytes:
        """Snapshot and watch in one breath: nothing is missed, nothing told twice."""
        self.flush()
        self.screens.add(screen)
        screen.begin()
        return self.snapshot()

    def resume(self, screen: Screen, offset: int) -> list[bytes] | None:
        """Watch on after `offset`: the frames since, or None if they are no longer kept."""
        self.flush()
        frames = [frame for since, frame in self._recent if since >= offset]
        if offset != self.offset and (not frames or self._recent[0][0] > offset or offset > self.offset):
            return None
        self.screens.add(screen)
        screen.begin()
        return frames

    def snapshot(self) -> bytes:
        scene = self._hall.scene
        path = scene.state.path
        units = [unit for unit in scene.state.units.values() if not self._unit or self._unit in path(unit.code)]
        return wire.encode(
            wire.Snapshot(
                epoch=self.epoch,
                offset=self.offset,
                at=wire.rfc3339(self._now()),
                totals=view.totals(scene, self._unit, self._now(), incidents=self._incidents),
                units=view.units_table(units),
                groups=self._groups.table(),
                points=wire.Columns(columns=view.COLUMNS, rows=list(self._rows.values())),
                news=news.newest(scene.news, self._sight),
                speed=self._speed,
                affairs=affairs.shown(self._sight, self._now()),
            )
        )

    def stir(self, codes: Iterable[str], placed: Sequence[Placed], affected: Touched | None = None) -> None:
        """Something changed; a frame goes out now or when its time has come."""
        before = len(self._pending)
        self._pending.update(code for code in codes if code in self._rows)
        touched = len(self._pending) > before
        if affected is not None and affairs.mine(self._sight, affected):
            self._pending.update(code for code in affected.points if code in self._rows)
            self._touched = affected if self._touched is None else self._touched | affected
            touched = True
        for each in placed:
            event = each[1].event
            if newsworthy(event) and self._hears(each):
                self._news.append(each)
                touched = True
        if not touched or self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(max(loop.time(), self._next_s), self.flush)

    def _hears(self, placed: Placed) -> bool:
        """Whether a line of news is for these screens: an empty frame would tell them that there is one for others."""
        point = getattr(placed[1].event, "point", None)
        return point in self._rows if point is not None else news.narrow(self._sight, placed, {})

    def renew(self) -> None:
        """So much changed that every screen starts from a snapshot: another list, another round."""
        self._pending.clear()
        self._news.clear()
        self._touched = None
        self._recent.clear()
        self._recent_bytes = 0
        self.offset += 1
        self._load()
        for screen in self.screens:
            screen.renew()

    def flush(self, *, even_if_empty: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not (self._pending or self._news or self._touched or even_if_empty):
            return
        began = time.perf_counter()
        frame = self._frame()
        for screen in self.screens:
            self._flow.behind += screen.offer(frame, QUEUE_LIMIT)
        self._flow.frames += 1
        cost_s = time.perf_counter() - began + len(self.screens) * _SEND_S
        spacing_s = min(SPACING_MOST_S, max(SPACING_LEAST_S, cost_s / SPACING_SHARE))
        self._next_s = asyncio.get_running_loop().time() + spacing_s

    def _frame(self) -> bytes:
        scene = self._hall.scene
        changed: dict[str, dict[str, Any]] = {}
        for code in self._pending:
            old = self._rows[code]
            new = view.row(scene, scene.state.points[code], old[3])
            difference = {name: value for name, was, value in zip(view.COLUMNS, old, new, strict=True) if was != value}
            if difference:
                changed[code] = difference
                self._rows[code] = new
        touched, self._touched = self._touched, None
        if touched is not None:
            self._incidents = affairs.totals(scene, self._unit)
        totals = view.totals(scene, self._unit, self._now(), incidents=self._incidents)
        same = self._totals is not None and _same_figures(totals, self._totals)
        self._totals = totals
        lines = news.newest(reversed(self._news), self._sight)
        self._pending.clear()
        self._news.clear()
        prev, self.offset = self.offset, self.offset + 1
        frame = wire.encode(
            wire.Delta(
                epoch=self.epoch,
                prev=prev,
                offset=self.offset,
                at=totals.at,
                points=changed,
                totals=None if same else totals,
                news=lines,
                affairs=affairs.changed(self._sight, touched, self._now()) if touched is not None else None,
            )
        )
        self._keep(prev, frame)
        return frame

    def _keep(self, prev: int, frame: bytes) -> None:
        self._recent.append((prev, frame))
        self._recent_bytes += len(frame)
        while len(self._recent) > RESUME_KEPT or self._recent_bytes > RESUME_BYTES:
            self._recent_bytes -= len(self._recent.pop(0)[1])


_SEND_S = 0.00004
"""About what one send to one screen costs the loop."""


def _same_figures(one: wire.Totals, other: wire.Totals) -> bool:
    return (one.phase, one.round, one.points, one.people, one.reports, one.scanned, one.incidents, one.asked) == (
        other.phase,
        other.round,
        other.points,
        other.people,
        other.reports,
        other.scanned,
        other.incidents,
        other.asked,
    )


class Feed:
    """All channels of this process. Each has an epoch of its own, so that none takes up another's offsets."""

    def __init__(self, now: Callable[[], int], speed: Callable[[], float], named: Named = str) -> None:
        """`named` says how the holder of an account is called."""
        self._now = now
        self._speed = speed
        self._named = named
        self.flow = Flow()
        self._channels: dict[tuple[str, str, bool], Channel] = {}

    def tell(self, hall: Hall, placed: Sequence[Placed], codes: Collection[str]) -> None:
        """After a commit: what happened, and the points it touched."""
        frozen = any(isinstance(happened.event, ConferenceFrozen) for _, happened in placed)
        affected = affairs.touched(hall.scene, placed)
        for channel in self._of(hall):
            if frozen:
                channel.renew()
            else:
                channel.stir(codes, placed, affected)

    def stir(self, hall: Hall, codes: Collection[str]) -> None:
        """The volatile side of these points has changed."""
        for channel in self._of(hall):
            channel.stir(codes, ())

    def turned(self, hall: Hall) -> None:
        """The board turns to another round."""
        for channel in self._of(hall):
            channel.renew()

    def channel(self, hall: Hall, unit: str, names: bool = False) -> Channel:
        """The channel of a scope, with names of people or without; made for its first watcher."""
        key = (hall.conference, unit or ROOT, names)
        if key not in self._channels:
            named = self._named if names else None
            self._channels[key] = Channel(hall, unit or ROOT, self._now, self._speed(), named, self.flow)
        return self._channels[key]

    def join(self, hall: Hall, unit: str, screen: Screen, names: bool = False) -> Channel:
        """The channel that a screen is going to watch; kept for it until it leaves, though it has not begun yet."""
        channel = self.channel(hall, unit, names)
        channel.screens.add(screen)
        return channel

    def snapshot(self, hall: Hall, unit: str, names: bool = False) -> bytes:
        """The board as it stands, for somebody who does not stay."""
        channel = self.channel(hall, unit, names)
        channel.flush()
        return channel.snapshot()

    def leave(self, channel: Channel, screen: Screen) -> None:
        """A screen has gone. Its channel stays a while: a line that dropped comes back for what it missed."""
        channel.screens.discard(screen)

    @property
    def watchers(self) -> int:
        return sum(len(channel.screens) for channel in self._channels.values())

    async def keep_alive(self) -> None:
        """A quiet board still says that it is alive, so that a silent one is known to be stale."""
        while True:
            await asyncio.sleep(QUIET_S)
            for channel in tuple(self._channels.values()):
                channel.flush(even_if_empty=True)
            self.forget_unwatched()

    def forget_unwatched(self) -> None:
        """Channels that nobody has watched for a while go. Called at each quiet moment (every QUIET_S)."""
        for channel in self._channels.values():
            channel.unwatched = 0 if channel.screens else channel.unwatched + 1
        self._channels = {key: each for key, each in self._channels.items() if each.unwatched <= KEPT_UNWATCHED}

    def _of(self, hall: Hall) -> list[Channel]:
        return [channel for (conference, _, _), channel in self._channels.items() if conference == hall.conference]
