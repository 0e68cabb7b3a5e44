"""The demo: one whole conference day on a driven clock, real sockets and real HTTP, in a folder of its own."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import cycle
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bridge.agent import Follower
from bridge.clock import RealClock
from bridge.demo.concluding import conclude, reports_folder, written
from bridge.demo.furnishing import furnished
from bridge.demo.introducing import introduce
from bridge.demo.options import Options
from bridge.house import Unusable, opened_house
from bridge.rules.model import Mode
from bridge.rules.wire import rfc3339
from bridge.settings import BroadcastSettings, LineSettings, Server, Settings, Storage
from bridge.simulator.broadcast import TARGET_S, Origin, on_air
from bridge.simulator.clock import DrivenClock
from bridge.simulator.deeds import Story
from bridge.simulator.playing import Player
from bridge.simulator.reels import filmed
from bridge.simulator.story import told
from bridge.simulator.traffic import Traffic
from endpoints_registry.collecting import for_days
from endpoints_registry.samples import growing

__all__ = ["Options", "run"]

WALL = ("Hội trường thành phố", None, ("numbers:20", "units:20", "tiles:30", "attention:20"))
FOLLOWERS = 3
FOLLOWED_UP_TO_SPEED = 10
HURRIED_HEARTBEAT_S = 20
"""A day in a hurry is nearly all heartbeats: half as many are sent, and a silence is noticed 20 s later."""
GRAIN_MS = 1_000
"""As fast as the machine keeps up, rooms that beat in the same second beat together."""
STUCK_S = 180
"""While a report is written the hall's clock stands still: some seconds, and on a machine that does other things, many."""


async def run(options: Options) -> None:
    """Play the day; with `until_end` print its closing figures and go, otherwise stay until Ctrl-C. Raises Unusable."""
    try:
        sample = growing.grown(options.registry, options.points)
    except ValueError as wrong:
        raise Unusable(str(wrong)) from wrong
    story = told(sample, options.seed, faults=options.faults)
    traffic = Traffic()
    clock = (
        DrivenClock(story.starts_ms, None, stuck_after_s=STUCK_S, grain_ms=GRAIN_MS)
        if options.until_end
        else DrivenClock(story.starts_ms, options.speed, stuck_after_s=STUCK_S)
    )
    with _folder(options.data) as folder:
        async with _on_air(options, story) as (stream, followed):
            settings = Settings(
                server=Server(port=options.port),
                storage=Storage(folder=folder),
                broadcast=BroadcastSettings(url=stream),
                line=LineSettings(heartbeat_s=HURRIED_HEARTBEAT_S if options.until_end else 0),
            )
            async with opened_house(settings, clock, cycle(story.seeds).__next__) as house:
                keys, nearby = await furnished(house, story, sample)
                wall = house.address + (await house.registry.hang_wall(*WALL)).path
                house.rooms.counted = "room-"
                clock.quiet = lambda: (
                    traffic.settled(house.rooms.frames_received, house.rooms.rooms_greeted) and house.at_rest()
                )
                introduce(options, house, story, keys, nearby, wall, stream)
                async with _driven(clock, story) as driving:
                    player = Player(
                        story,
                        house.address,
                        keys,
                        clock,
                        traffic,
                        options.seed,
                        followed,
                        visited=not options.until_end,
                    )
                    with for_days(), _progress(clock, story, shown=options.until_end and not options.json):
                        played = await player.run()
                    if not options.until_end:
                        await asyncio.Event().wait()
                    driving.cancel()
                signed, files = await written(house, story.plan.conference, reports_folder(options))
                conclude(options, house, story.plan, played, signed, files)


@contextmanager
def _folder(wished: Path | None) -> Iterator[Path]:
    if wished is None:
        with tempfile.TemporaryDirectory(prefix="bridge-demo-") as made:
            yield Path(made)
        return
    if wished.exists() and any(wished.iterdir()):
        raise Unusable(f"{wished} is not empty; name a new folder, so that the demo does not mix with another day")
    yield wished


@asynccontextmanager
async def _driven(clock: DrivenClock, story: Story) -> AsyncIterator[asyncio.Task[None]]:
    """The clock runs beside the play until the day is over; a clock that is stuck ends the play."""
    try:
        async with asyncio.TaskGroup() as together:
            driving = together.create_task(clock.run(story.ends_ms + 5 * 60_000))
            yield driving
            driving.cancel()
    except* RuntimeError as failed:
        raise Unusable(f"the play got stuck: {failed.exceptions[0]}") from failed


@asynccontextmanager
async def _on_air(options: Options, story: Story) -> AsyncIterator[tuple[str, dict[str, Follower]]]:
    """A real broadcast beside the day, in real time, and the few rooms that really follow it; none for a day in a hurry."""
    if options.until_end:
        yield "", {}
        return
    origin = Origin(RealClock().now, await filmed(TARGET_S))
    async with on_air(origin) as address:
        streaming = sorted(point.code for point in story.plan.points if point.mode is Mode.STREAM)
        # In a day that runs faster, a moment without pictures would be an hour.
        chosen = streaming[:FOLLOWERS] if options.speed <= FOLLOWED_UP_TO_SPEED else []
        followed = {code: Follower(address) for code in chosen}
        following = [asyncio.create_task(follower.run()) for follower in followed.values()]
        try:
            yield address, followed
        finally:
            for each in following:
                each.cancel()
            if following:
                await asyncio.wait(following)


@contextmanager
def _progress(clock: DrivenClock, story: Story, *, shown: bool) -> Iterator[None]:
    """A bar on a terminal: the hour of the hall."""
    if not (shown and sys.stdout.isatty()):
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, refresh_per_second=4) as bar:
        task = bar.add_task("06:30", total=story.ends_ms - story.starts_ms)

        async def follow() -> None:
            while True:
                bar.update(task, completed=clock.now() - story.starts_ms, description=rfc3339(clock.now())[11:16])
                await asyncio.sleep(0.25)

        following = asyncio.ensure_future(follow())
        try:
            yield
        finally:
            following.cancel()
