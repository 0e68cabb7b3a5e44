"""How much somebody may still ask for: so much at once, and it comes back with time."""

from collections.abc import Callable

KEPT = 50_000
"""Names whose allowance is remembered. Beyond, those who have all of it again are forgotten, then those who spent first."""


class Allowances:
    def __init__(self, now_s: Callable[[], float], most: float, refill_s: float) -> None:
        """`most` at once for each name; all of it is back within `refill_s`."""
        self._now_s = now_s
        self._most = most
        self._refill_s = refill_s
        self._spent: dict[str, tuple[float, float]] = {}
        """What is not back yet, as of when; whoever spent longest ago stands first."""

    def spend(self, name: str, size: float) -> int:
        """Take so much of a name's allowance; 0, or seconds until there is so much."""
        now_s = self._now_s()
        spent = self._owed(name, now_s)
        if spent + size > self._most:
            return max(1, round((spent + size - self._most) * self._refill_s / self._most))
        self._spent.pop(name, None)
        if len(self._spent) >= KEPT:
            self._forget(now_s)
        self._spent[name] = spent + size, now_s
        return 0

    def _owed(self, name: str, now_s: float) -> float:
        spent, at_s = self._spent.get(name, (0.0, now_s))
        return max(0.0, spent - (now_s - at_s) * self._most / self._refill_s)

    def _forget(self, now_s: float) -> None:
        for name in [each for each in self._spent if not self._owed(each, now_s)]:
            del self._spent[name]
        if len(self._spent) >= KEPT:
            del self._spent[next(iter(self._spent))]
