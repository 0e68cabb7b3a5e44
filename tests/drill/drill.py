"""The drill itself: so many kills at random moments under so many acts, and the reckoning afterwards."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import aiohttp

from bridge.rules import wire
from tests.drill.centre import Centre
from tests.drill.city import CONFERENCE, City, founded
from tests.drill.phones import Device, Street, Talk, ToldTwoThings
from tests.drill.reckoning import Reader, Reckoning, broken_at, reckoned

HALLS = 14
UNDO_MINUTES = 1
UNDO_MS = UNDO_MINUTES * 60_000
WAIT_FOR_ACTS_S = 10
"""A kill comes at the latest so long after the last one: a loaded machine must not keep the drill from its end."""
SHOWN_S = 20
END_S = 300
A_KILL_S = 60
"""No drill takes longer than this for each kill, and that for what is left to be answered at its end."""
RESENDS = 5
AT_ONCE = 200
"""The most acts that one request may carry."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    kills: int
    acts: int
    seed: int


@dataclass
class Done:
    """What befell the server."""

    kills: int = 0
    kills_while_starting: int = 0
    pauses: int = 0


@dataclass(frozen=True)
class Result:
    done: Done
    reckoning: Reckoning
    acts: int
    requests: int
    unanswered: int
    """Requests that brought no answer; their acts were sent again."""
    refused: int
    """Requests that were answered 503, likewise."""
    resent: int
    """Acts that were asked again after the drill, five times each."""
    rows_added: int
    """What the journal grew by that."""
    broken_at: int | None
    """The first row whose place in the chain is wrong."""
    exit_status: int
    start_s: float
    """Median of the starts."""
    whole_s: float

    def told(self) -> dict[str, Any]:
        return asdict(self)


@asynccontextmanager
async def staged(
    folder: Path, compiled: Path, talk: Talk, program: str = "bridge"
) -> AsyncIterator[tuple[City, Centre, Street, aiohttp.ClientSession]]:
    """A running server with a live conference, and everybody who will send to it."""
    city = await founded(folder, HALLS)
    centre = Centre(folder, compiled, program, f"[attendance]\nundo_minutes = {UNDO_MINUTES}\n")
    connections = aiohttp.TCPConnector(limit=0)
    try:
        async with aiohttp.ClientSession(connector=connections) as http:
            await centre.start()
            await _go_live(http, centre, city)
            yield city, centre, Street(city, centre, http, talk), http
    finally:
        await centre.swept()


async def _go_live(http: aiohttp.ClientSession, centre: Centre, city: City) -> None:
    for version, phase in enumerate(("open", "live")):
        url = f"{centre.url}/api/v1/conferences/{CONFERENCE}/phase"
        async with http.post(url, json={"phase": phase, "version": version}, headers=city.organiser) as response:
            response.raise_for_status()
    reader = Reader(http, str(centre.url), city.organiser)
    async with asyncio.timeout(SHOWN_S):
        # The board turns to the round that is due with the clockwork's next beat.
        while (await reader.get("totals"))["round"] is None:
            continue


async def drilled(wanted: Wanted, folder: Path, compiled: Path, say: Say) -> Result:
    began = monotonic()
    rng = random.Random(wanted.seed)
    talk = Talk(left=0, rng=random.Random(rng.random()))
    async with staged(folder, compiled, talk) as (city, centre, street, http):
        done = Done()
        async with asyncio.timeout(END_S + wanted.kills * A_KILL_S), asyncio.TaskGroup() as both:
            both.create_task(street.live())
            both.create_task(_befallen(wanted, rng, centre, talk, done, say))
        reader = Reader(http, str(centre.url), city.watcher)
        reckoning = await reckoned(reader, city, street.devices, UNDO_MS)
        # What is lost would be recorded anew by asking again.
        resent = 0 if reckoning.lost else await _asked_again(street)
        rows_added = len(await reader.events()) - reckoning.rows
        status = await centre.stop()
    return Result(
        done=done,
        reckoning=reckoning,
        acts=talk.made,
        requests=talk.requests,
        unanswered=talk.unanswered,
        refused=talk.refused,
        resent=resent,
        rows_added=rows_added,
        broken_at=await broken_at(folder),
        exit_status=status,
        start_s=round(median(centre.started_s), 2),
        whole_s=round(monotonic() - began, 1),
    )


async def _befallen(wanted: Wanted, rng: random.Random, centre: Centre, talk: Talk, done: Done, say: Say) -> None:
    """Kills until there were enough, each in the midst of its share of the acts."""
    while done.kills < wanted.kills:
        share = (wanted.acts - talk.made - talk.left) // (wanted.kills - done.kills)
        talk.left += share
        unanswered = talk.made + talk.left - talk.answered
        mark = talk.answered + round(unanswered * rng.uniform(0.2, 0.95))
        # Either at the very moment of an answer, which had better be on the disk by then, or anywhere between two.
        on_the_spot = rng.random() < 0.5
        if on_the_spot:
            talk.strike = mark, centre.strike
        await _some_acts(talk, mark)
        if not on_the_spot:
            await asyncio.sleep(rng.uniform(0, 0.02))
        if not on_the_spot and rng.random() < 0.5:
            centre.pause()
            done.pauses += 1
            await asyncio.sleep(rng.uniform(0.05, 0.5))
            if rng.random() < 0.6:
                centre.resume()
                await asyncio.sleep(rng.uniform(0, 0.05))
        talk.strike = None
        await centre.kill()
        done.kills += 1
        if rng.random() < 0.1 and done.kills < wanted.kills:
            await centre.begin()
            await asyncio.sleep(rng.uniform(0, median(centre.started_s)))
            await centre.kill()
            done.kills += 1
            done.kills_while_starting += 1
        await centre.start()
        if done.kills % 10 == 0:
            say(f"{done.kills} kills, {talk.answered} of {wanted.acts} acts answered")
    talk.left += wanted.acts - talk.made - talk.left
    talk.over = True


async def _some_acts(talk: Talk, mark: int) -> None:
    """Until so many are answered, or it takes too long."""
    try:
        async with asyncio.timeout(WAIT_FOR_ACTS_S):
            await talk.until(lambda: talk.answered >= mark)
    except TimeoutError:
        return


async def _asked_again(street: Street) -> int:
    """Everybody's newest acts five times more: the same answer each time, and marked as known."""
    resent = 0
    for device in street.devices:
        some = [act for act in device.said[-AT_ONCE:] if device.answers[act.id].position]
        for _ in range(RESENDS):
            outcomes = await street.ask(device, some, patience_s=30)
            if not some:
                continue
            if outcomes is None:
                raise ToldTwoThings(f"{device.sender.device} asked again and was not answered")
            _same(device, outcomes)
            resent += len(outcomes)
    return resent


def _same(device: Device, outcomes: Sequence[wire.Outcome]) -> None:
    if not all(outcome.duplicate for outcome in outcomes):
        raise ToldTwoThings(f"{device.sender.device} was not told that its acts are known")
    if device.hear(outcomes):
        raise ToldTwoThings(f"{device.sender.device} was told of acts that it did not ask for")
