"""Long thinking beside the halls' own work: in a thread, one thought at a time, so that nobody waits but for moments."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Beside:
    """What is thought over must stand still meanwhile: a `still()` state, and plain values."""

    def __init__(self) -> None:
        # One at a time: each thread more would take its share of the processor from the loop, and take it five
        # milliseconds long.
        self._one = asyncio.Lock()

    async def think(self, work: Callable[[], Found]) -> Found:
        """What comes of it; what it raises is raised here."""
        async with self._one:
            return await asyncio.to_thread(work)
