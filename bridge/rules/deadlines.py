"""Who must be heard from by when."""

import heapq
from collections.abc import Callable, Iterator


class Deadlines:
    """A beat costs nothing here: a deadline is looked at when it falls due, and moved if the line was heard since."""

    def __init__(self) -> None:
        self._due: list[tuple[int, str]] = []
        self._watched: dict[str, int] = {}
        """When each point is looked at next; what else lies in the heap for it is out of date."""

    def watch(self, code: str, due_ms: int) -> None:
        """Look at this point when its deadline falls due. Watching twice is watching once, by the earlier deadline."""
        if due_ms < self._watched.get(code, due_ms + 1):
            self._watched[code] = due_ms
            heapq.heappush(self._due, (due_ms, code))

    def overdue(self, now_ms: int, due: Callable[[str], int | None]) -> Iterator[str]:
        """The points whose true deadline (`due`; None: no longer watched) has passed. Each is told once."""
        while self._due and self._due[0][0] <= now_ms:
            looked_ms, code = heapq.heappop(self._due)
            if self._watched.get(code) != looked_ms:
                continue
            del self._watched[code]
            due_ms = due(code)
            if due_ms is not None and due_ms > now_ms:
                self.watch(code, due_ms)
                continue
            if due_ms is not None:
                yield code
