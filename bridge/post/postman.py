"""The postman: letters are written by the hall's time and carried by the world's."""

import asyncio
import random
from collections.abc import Sequence

import structlog

from bridge.clock import Clock
from bridge.halls import Halls
from bridge.post import Channel, Letter
from bridge.post.book import Book
from bridge.post.carrying import Carrier
from bridge.post.writing import Writer

LOOK_MS = 1_000


class Log:
    """The way that is always open: the server's own log, for whoever watches that.

    Only what the letter is about: a cause that somebody wrote may name people, and nobody ever takes a log's lines away.
    """

    name = "log"

    async def send(self, letter: Letter) -> None:
        structlog.get_logger("told").info(letter.kind.value, id=letter.id(self.name), title=letter.title)


class Postman:
    def __init__(
        self, halls: Halls, book: Book, writer: Writer, channels: Sequence[Channel], clock: Clock, real: Clock
    ) -> None:
        self._halls = halls
        self._book = book
        self._names = [each.name for each in channels]
        self._real = real
        self._clock = clock
        self._writer = writer
        # What a receiver is spared must not be guessable from what another one was: no seed.
        self._carriers = tuple(Carrier(each, book, real.now, random.SystemRandom()) for each in channels)
        self.idle = True
        """Whether nothing is being written; what is on its way out keeps nobody waiting."""

    async def run(self) -> None:
        async with asyncio.TaskGroup() as going:
            for carrier in self._carriers:
                going.create_task(carrier.run(), name=f"post by {carrier.name}")
            going.create_task(self._write(), name="post")

    async def bring(self, letter: Letter) -> None:
        """What no conference gave cause for goes the same ways."""
        await self._book.write(letter.conference, letter.position, (), (letter,), self._names, self._real.now())
        for carrier in self._carriers:
            carrier.call()

    async def _write(self) -> None:
        while True:
            self.idle = False
            for hall in self._halls:
                if await self._writer.look(hall.coordinator):
                    for carrier in self._carriers:
                        carrier.call()
            self.idle = True
            # On the clockwork's grid: a driven clock then has one moment for both.
            await self._clock.sleep_until((self._clock.now() // LOOK_MS + 1) * LOOK_MS)
