"""What time brings about: once a second, who is silent, and which round is shown."""

from collections.abc import Callable

import structlog

from bridge.clock import Clock
from bridge.coordinator import Coordinator
from bridge.halls import Halls

log = structlog.get_logger("clockwork")

BEAT_MS = 1_000


class Clockwork:
    """Sweeps every hall. Its own lateness is taken out: a stall of ours is not the points' silence."""

    def __init__(self, halls: Halls, clock: Clock, turned: Callable[[Coordinator], None]) -> None:
        self._halls = halls
        self._clock = clock
        self._turned = turned

    async def run(self) -> None:
        lag = Lag(self._clock.now())
        while True:
            await self._clock.sleep_until(lag.next_ms)
            lag.passed(self._clock.now())
            for hall in self._halls:
                scene = hall.coordinator.scene
                hall.presence.sweep(self._clock.now(), hall.terms(phone=False), lag.forgiven_ms)
                if scene.show_round(self._clock.now()):
                    self._turned(hall.coordinator)


class Lag:
    """How much time of ours must not be held against anybody.

    After a stall everybody gets the whole of it as grace, until a longest patience later all have had their chance to be
    heard. Pure: it is told what the clock shows.
    """

    GRACE_MS = 120_000
    TOLERATED_MS = 500

    def __init__(self, now_ms: int) -> None:
        self.next_ms = now_ms + BEAT_MS
        self.forgiven_ms = 0
        self._until_ms = 0
        self._seen_ms = now_ms

    def passed(self, now_ms: int) -> None:
        """A beat of the clockwork came, at `now_ms` instead of `next_ms`."""
        # By a clock that was set back the grace would end as much later.
        self._until_ms -= max(0, self._seen_ms - now_ms)
        self._seen_ms = now_ms
        late_ms = now_ms - self.next_ms
        if now_ms >= self._until_ms:
            self.forgiven_ms = 0
        if late_ms > self.TOLERATED_MS:
            log.warning("clockwork-late", late_ms=late_ms)
            self.forgiven_ms += late_ms
            self._until_ms = now_ms + self.GRACE_MS
        # Never further away than one beat: a clock that was set back must not stop the sweep until it has caught up.
        self.next_ms = min(max(self.next_ms + BEAT_MS, now_ms + BEAT_MS // 2), now_ms + BEAT_MS)
