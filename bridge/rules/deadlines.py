"""Who must be heard from by when."""

import heapq
from collections.abc import Callable, Iterator


class Deadlines:
    """A beat costs nothing here: a deadline is looked at when it falls due, and moved if the line was heard since."""

    def __init__(self) -> None:
        self._due: list[tuple[int, str]] = []
        self._watched: set[str] = set()

    def watch(self, code: str, due_ms: int) -> None:
        """Look at this point when its deadline falls due. Watching twice is watching once."""
        if code not in self._watched:
            self._watched.add(code)
            heapq.heappush(self._due, (due_ms, code))

    def overdue(self, now_ms: int, due: Callable[[str], int | None]) -> Iterator[str]:
        """The points whose true deadline (`due`; None: no longer watched) has passed. Each is told once."""
        while self._due and self._due[0][0] <= now_ms:
            _, code = heapq.heappop(self._due)
            due_ms = due(code)
            if due_ms is not None and due_ms > now_ms:
                heapq.heappush(self._due, (due_ms, code))
                continue
            self._watched.discard(code)
            if due_ms is not None:
                yield code
