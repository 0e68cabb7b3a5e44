"""What belongs to the world's time and not to the hall's: sweeping, and whatever else is done every so often."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import DBAPIError

log = structlog.get_logger("chores")

LATE_S = 3_600
"""A chore that could not be done in time is done then: the scheduler's own second would drop it."""


FIRST = timedelta(minutes=1)
"""So long after the house has opened everything is done once: one that stands for a day only has its daily chores too."""


class Chore(msgspec.Struct, frozen=True):
    name: str
    every: timedelta
    do: Callable[[], Awaitable[object]]


async def run(chores: Sequence[Chore], first: timedelta = FIRST) -> None:
    """Until cancelled. A chore that fails is done again at its next time."""
    scheduler = AsyncIOScheduler(
        timezone="Asia/Ho_Chi_Minh",
        # Done late once, however often it was due: a laptop that slept needs no ten sweeps.
        job_defaults={"misfire_grace_time": LATE_S, "coalesce": True, "max_instances": 1},
    )
    for chore in chores:
        # In memory: a shared store made each node do everything. What must be done once has its name in the journal.
        scheduler.add_job(
            partial(_done, chore),
            IntervalTrigger(seconds=round(chore.every.total_seconds())),
            id=chore.name,
            next_run_time=datetime.now(UTC) + min(first, chore.every),
        )
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)


async def _done(chore: Chore) -> None:
    try:
        told = await chore.do()
    except (DBAPIError, OSError) as failed:
        log.error("chore-failed", chore=chore.name, why=type(failed).__name__)
    else:
        log.info("chore-done", chore=chore.name, told=told)
