"""The house: one server, opened part by part, serving until its block ends, and closed the other way round."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import structlog
from aiohttp import web

from bridge.certificate import Certificate
from bridge.clock import Clock, RealClock
from bridge.control import answering
from bridge.doorstep import DoorstepSite
from bridge.edges import chores as daily
from bridge.edges.checks import by_chance
from bridge.edges.desk import BODY_LIMIT
from bridge.house.address import address, arrivals, listening, origins
from bridge.house.chores import chores
from bridge.house.doors import doors
from bridge.house.parts import House, composed
from bridge.house.signing_in import city_sign_in
from bridge.house.stores import Unusable, openable, opened_stores
from bridge.journal import JournalError
from bridge.post.ways import ways_out
from bridge.reporting import Reporter
from bridge.settings import Settings
from endpoints_registry.arriving import ARRIVALS
from endpoints_registry.door import ORIGINS, RESOLVE
from endpoints_registry.gate import mount

__all__ = ["House", "Unusable", "opened_house"]

log = structlog.get_logger("house")

SILENCE_S = 75
"""A connection on which nothing more was asked for so long is closed. A proxy's own are closed before (nginx: 60)."""


@asynccontextmanager
async def opened_house(
    settings: Settings, clock: Clock | None = None, seed: Callable[[], str] = by_chance
) -> AsyncIterator[House]:
    """The whole server, serving until the block ends. `seed` says by what lots are drawn. Raises Unusable."""
    hall_clock: Clock = clock or RealClock()
    async with AsyncExitStack() as closing:
        stores = await closing.enter_async_context(opened_stores(settings, hall_clock))
        ways = await closing.enter_async_context(ways_out(settings.post, RealClock()))
        certificate = _certificate(settings)
        port_taken = listening(settings)
        closing.callback(port_taken.close)
        port = port_taken.getsockname()[1]
        reached_at = address(settings, port)
        house = composed(settings, stores, ways, hall_clock, reached_at, port, certificate)
        closing.callback(house.backups.close)
        city = city_sign_in(settings, stores.registry, port)
        if city is not None:
            closing.push_async_callback(city.close)
        house = replace(house, routes=doors(settings, house, city, seed))
        reporter = Reporter(stores.archive, house.drafts, house.halls.shown)
        with openable(settings):
            await closing.enter_async_context(
                answering(settings.storage.folder, stores.registry, house.backups, reporter)
            )
        async with _streets() as streets:
            await _set_going(settings, house, streets)
            runner = web.AppRunner(
                _application(settings, house), access_log=None, shutdown_timeout=1, handler_cancellation=False
            )
            await runner.setup()
            tls = certificate.context if certificate else None
            site = DoorstepSite(runner, port_taken, house.doorstep, tls, access_log=None, keepalive_timeout=SILENCE_S)
            await site.start()
            log.info("open", address=house.address, conferences=sum(1 for _ in house.halls))
            try:
                yield house
            finally:
                log.info("closing")
                # Whoever was told to come again must find this door shut.
                await site.stop()
                await _patiently(settings.server.shutdown_s / 2, house.rooms.close(), house.screens.close())
                await _patiently(settings.server.shutdown_s / 2, runner.cleanup())


async def _set_going(settings: Settings, house: House, streets: asyncio.TaskGroup) -> None:
    """Every conference read back, and everything that goes on by itself."""
    await house.halls.start(streets)
    for hall in house.halls:
        # A draft that the calendar has asked for, and that a crash has cut off, is made now.
        house.drafts.stir(hall.conference, hall.coordinator.scene.state)
    streets.create_task(house.clockwork.run(), name="clockwork")
    streets.create_task(house.calendar.run(), name="calendar")
    streets.create_task(house.postman.run(), name="postman")
    streets.create_task(house.drafts.run(), name="drafts")
    streets.create_task(daily.run(chores(settings, house)), name="chores")
    streets.create_task(house.feed.keep_alive(), name="feed")
    streets.create_task(house.held.run(), name="holders")
    streets.create_task(house.metrics.run(), name="metrics")


def _application(settings: Settings, house: House) -> web.Application:
    app = web.Application(client_max_size=BODY_LIMIT)
    app[RESOLVE] = house.registry.keyring
    app[ORIGINS] = origins(settings, house.port)
    app[ARRIVALS] = arrivals(settings, house.port)
    mount(app, house.routes)
    return app


@asynccontextmanager
async def _streets() -> AsyncIterator[asyncio.TaskGroup]:
    """Every task of the house has this owner. One that fails ends the house: the journal brings it back."""
    try:
        async with asyncio.TaskGroup() as streets:
            yield streets
            raise _Closing
    except* _Closing:
        pass
    except* JournalError as broken:
        raise Unusable(f"the journal failed: {broken.exceptions[0]}") from broken


class _Closing(Exception):
    """The block of the house has ended: its tasks go."""


async def _patiently(patience_s: float, *farewells: Awaitable[None]) -> None:
    """Whoever hangs on is let go: a restart must end."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            await asyncio.gather(*farewells)


def _certificate(settings: Settings) -> Certificate | None:
    server = settings.server
    return Certificate(Path(server.tls_cert), Path(server.tls_key)) if server.tls_cert else None
