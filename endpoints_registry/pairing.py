"""A screen that waits with a code is taken in to a wall: what is tried is counted, what is done is written down."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from endpoints_registry import attempts, walls
from endpoints_registry.database import Store
from endpoints_registry.waiting import NO_SUCH_CODE, Screen, UnknownScreen, Waiting
from endpoints_registry.walls import Wall, WallSession


class Pairing:
    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._waiting = Waiting()

    def begin(self, address: str, browser: str) -> tuple[Screen, str]:
        """A screen waits from now on: its code stands in it, its own secret beside it. Raises waiting.TooManyWait."""
        return self._waiting.begin(address, browser, self._now())

    async def enter(self, secret: str) -> tuple[str, WallSession] | Screen:
        """A token and its session, once, if the screen was taken in; else the screen, which waits.

        Raises waiting.UnknownScreen and waiting.AskedTooSoon, and credentials.UnknownLink where the wall's link was taken back
        meanwhile.
        """
        screen = self._waiting.ask(secret, self._now())
        if screen.wall is None:
            return screen
        self._waiting.let_go(screen)
        async with self._store.writing() as connection:
            return await walls.let_in(connection, screen.wall, self._now())

    async def find(self, code: str, by: str) -> Screen:
        """The screen that shows this code. `by` is whose tries are counted.

        Raises waiting.UnknownScreen, attempts.TooManyTries.
        """
        async with self._store.writing() as connection:
            screen = await self._tried(connection, code, by)
        if screen is None:
            raise UnknownScreen(NO_SUCH_CODE)
        return screen

    async def take_in(self, code: str, wall: Wall, by: str) -> Screen:
        """The screen that shows this code may come in to this wall; the code is used up. Raises as `find` does."""
        screen: Screen | None = None
        try:
            async with self._store.writing() as connection:
                screen = await self._tried(connection, code, by)
                if screen is not None:
                    # Nobody else finds it while this is being written.
                    screen.taken = True
                    await walls.paired(connection, wall, f"{screen.address} {screen.browser}".strip(), self._now())
        except BaseException:
            if screen is not None:
                screen.taken = False
            raise
        if screen is None:
            raise UnknownScreen(NO_SUCH_CODE)
        screen.wall = wall.handle
        return screen

    async def _tried(self, connection: AsyncConnection, code: str, by: str) -> Screen | None:
        """Also a right code must wait where too many wrong ones were tried: unlike a link's secret it can be guessed."""
        now, subject = self._now(), f"pairing:{by}"
        await attempts.check(connection, subject, now)
        screen = self._waiting.shown(code, now)
        if screen is None:
            await attempts.note(connection, subject, now)
        return screen
