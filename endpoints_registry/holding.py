"""Who is on an open socket is asked again and again: what was revoked does not stay open."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import structlog
from aiohttp import web
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from endpoints_registry.access import Caller, Role
from endpoints_registry.door import CREDENTIAL
from endpoints_registry.keyring import Keyring

log = structlog.get_logger("holding")

EVERY_S = 2.0
"""Within five seconds a revoked session's socket is closed: promised. What is revoked is looked at at once; so often, what runs
out or moves by itself."""
SPACING_S = 0.5
"""Between two looks: a whole city may sign out at noon."""
BREATH = 250
"""So many are asked at a stretch."""

SendAway = Callable[[bool], Awaitable[None]]
"""Close the socket; told whether its holder may come again, to be judged anew."""


class Held:
    """The open sockets, each with the request that opened it."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._held: dict[SendAway, web.Request] = {}
        self._epoch = keyring.epoch
        self._farewells: set[asyncio.Task[None]] = set()

    @contextmanager
    def holding(self, request: web.Request, send_away: SendAway) -> Iterator[None]:
        """For as long as the block lasts the socket is open only to whoever still has the right."""
        self._held[send_away] = request
        try:
            yield
        finally:
            self._held.pop(send_away, None)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(SPACING_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S - SPACING_S):
                    await self._keyring.revoked.wait()
            self._keyring.revoked.clear()
            try:
                await self.look()
            except (DBAPIError, PoolTimeout) as failed:
                # A store that does not answer closes nobody's board; the next look asks again.
                log.warning("holders-not-asked", why=str(failed.__cause__ or failed))

    async def look(self) -> None:
        """Ask everybody whose right may have changed."""
        epoch = self._keyring.epoch
        changed = epoch != self._epoch
        if changed:
            await self._keyring.recall(tuple(self._held.values()))
        for number, (send_away, request) in enumerate(tuple(self._held.items()), 1):
            if not number % BREATH:
                await asyncio.sleep(0)
            before = request[CREDENTIAL]
            # A person's scope can move by itself; a hall's cannot, and halls are many.
            if not changed and before.caller.role in (Role.OPERATOR, Role.AGENT):
                continue
            found = await self._keyring.found(request)
            if found is None or (found.caller, found.terms) != (before.caller, before.terms):
                self._farewell(send_away, before.caller, may_come_again=found is not None)
        self._epoch = epoch

    def _farewell(self, send_away: SendAway, who: Caller, *, may_come_again: bool) -> None:
        self._held.pop(send_away, None)
        log.info("sent-away", caller=who.name, revoked=not may_come_again)

        async def farewell() -> None:
            await send_away(may_come_again)

        # Beside: who hangs on must not keep the others' from being asked.
        going = asyncio.create_task(farewell())
        self._farewells.add(going)
        going.add_done_callback(self._farewells.discard)
