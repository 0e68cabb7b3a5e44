"""Carries letters out of the house: in order for each incident, again and again until they arrived, but not for ever."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy.exc import DBAPIError

from bridge.post import Channel, Letter, NotSent
from bridge.post.book import Book, Delivery

log = structlog.get_logger("post")

TRIES = 10
FIRST_WAIT_MS = 2_000
LONGEST_WAIT_MS = 5 * 60_000
PATIENCE_S = 20
"""No channel may take longer, whatever its own patience is."""
BOOK_AWAY_S = 5
LOOK_AGAIN_S = 60


def wait_ms(tries: int, chance: float) -> int:
    """How long to wait after so many tries: twice as long each time, anywhere in its upper half, so that many who fell
    together do not come back together. `chance` is from 0 to 1."""
    longest = min(LONGEST_WAIT_MS, FIRST_WAIT_MS << (tries - 1))
    return int(longest * (1 + chance) / 2)


class Carrier:
    """One channel's. Times are the world's: receivers are real, also in a play."""

    def __init__(self, channel: Channel, book: Book, now: Callable[[], int], chance: random.Random) -> None:
        self._channel = channel
        self._book = book
        self._now = now
        self._chance = chance
        self._come = asyncio.Event()

    @property
    def name(self) -> str:
        return self._channel.name

    def call(self) -> None:
        """There may be something to carry."""
        self._come.set()

    async def run(self) -> None:
        while True:
            self._come.clear()
            try:
                rest_s = await self.round()
            except DBAPIError as away:
                # What was sent and could not be written down as sent goes once more, under the same id.
                log.error("post-book-away", channel=self.name, why=type(away).__name__)
                rest_s = BOOK_AWAY_S
            with suppress(TimeoutError):
                async with asyncio.timeout(rest_s):
                    await self._come.wait()

    async def round(self) -> float:
        """Try once whatever is due; after how long the next one is."""
        next_ms = LOOK_AGAIN_S * 1000
        held: set[tuple[str, int | str]] = set()
        for delivery in await self._book.waiting(self.name):
            letter = delivery.letter
            subject = (letter.conference, letter.incident or f"letter {letter.position}")
            if subject in held:
                continue
            left_ms = delivery.due_ms - self._now()
            # A clock that was set back must not hold anything up for longer than its longest wait.
            if left_ms > LONGEST_WAIT_MS or left_ms <= 0:
                left_ms = await self._try(delivery)
            if left_ms:
                held.add(subject)
                next_ms = min(next_ms, left_ms)
        return next_ms / 1000

    async def _try(self, delivery: Delivery) -> int:
        """How long it has to wait now; 0: it need not be tried again."""
        letter, tries = delivery.letter, delivery.tries + 1
        try:
            await self._out(letter)
        except NotSent as failed:
            return await self._failed(letter, tries, str(failed))
        await self._book.sent(letter, self.name, tries, self._now())
        log.info("letter-sent", id=letter.id(self.name), kind=letter.kind.value, tries=tries)
        return 0

    async def _out(self, letter: Letter) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._channel.send(letter)
        except TimeoutError as late:
            raise NotSent(f"chưa xong sau {PATIENCE_S} giây") from late

    async def _failed(self, letter: Letter, tries: int, why: str) -> int:
        if tries >= TRIES:
            await self._book.given_up(letter, self.name, tries, self._now(), why)
            log.error("letter-given-up", id=letter.id(self.name), kind=letter.kind.value, tries=tries, why=why)
            return 0
        left_ms = wait_ms(tries, self._chance.random())
        await self._book.failed(letter, self.name, tries, self._now() + left_ms, why)
        log.warning("letter-not-sent", id=letter.id(self.name), tries=tries, again_s=left_ms // 1000, why=why)
        return left_ms
