"""What is on the way between a play and its server, so that the driven clock can wait until it has arrived."""

from dataclasses import dataclass, field


class Latencies:
    """How long answers took: counts by size, so that a day of them takes no more room than a minute."""

    BUCKETS = 400
    STEP = 1.05
    SMALLEST_MS = 0.02

    def __init__(self) -> None:
        self._counts = [0] * self.BUCKETS
        self.total = 0
        self.worst_ms = 0.0

    def add(self, ms: float) -> None:
        bucket, edge = 0, self.SMALLEST_MS
        while edge < ms and bucket < self.BUCKETS - 1:
            bucket += 1
            edge *= self.STEP
        self._counts[bucket] += 1
        self.total += 1
        self.worst_ms = max(self.worst_ms, ms)

    def quantile(self, share: float) -> float:
        """The time within which this share was answered, to 5 %; 0 without any answer."""
        wanted, seen, edge = share * self.total, 0, self.SMALLEST_MS
        for count in self._counts:
            seen += count
            if seen >= wanted and seen:
                return min(edge, self.worst_ms)
            edge *= self.STEP
        return self.worst_ms

    def summary(self) -> dict[str, float]:
        return {
            "count": self.total,
            "p50_ms": round(self.quantile(0.5), 2),
            "p99_ms": round(self.quantile(0.99), 2),
            "max_ms": round(self.worst_ms, 2),
        }


@dataclass(slots=True)
class Traffic:
    """Counted on our side; the server counts on its own."""

    frames_sent: int = 0
    """Text frames from rooms, over all connections ever."""
    requests_in_flight: int = 0
    """HTTP requests without an answer yet, and rooms between dialling and welcome."""
    agents_connected: int = 0
    """Open connections of rooms, silent ones included."""
    answers: Latencies = field(default_factory=Latencies)
    """HTTP acts, from sending to the answer, in real milliseconds."""

    def settled(self, frames_received: int, rooms_greeted: int) -> bool:
        """Whether the server has heard everything that was said and knows of everybody who is there."""
        return (
            self.requests_in_flight == 0
            and frames_received == self.frames_sent
            and rooms_greeted == self.agents_connected
        )
