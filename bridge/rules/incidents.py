"""The incidents of a conference: one for one cause, however many points it touches."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from bridge.rules import events
from bridge.rules.events import Happened
from bridge.rules.trouble import Shared, Trouble


class Status(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody has taken it in hand."""
    RESOLVED = "resolved"


class Hit(msgspec.Struct, frozen=True):
    """A point of an incident: since when, when we noticed, and until when (None: it still fails)."""

    point: str
    began_ms: int
    noticed_ms: int
    eased_ms: int | None = None


class Incident(msgspec.Struct, frozen=True):
    number: int
    trouble: Trouble
    shared: Shared
    hits: dict[str, Hit]
    began_ms: int
    noticed_ms: int
    status: Status = Status.OPEN
    moved_ms: int = 0
    """When its status became what it is."""
    owner: str = ""
    """User name of whoever has it in hand; empty: nobody yet."""
    cause: str = ""
    level: int = 0
    """How often it was escalated."""
    by_itself: bool = False
    """Whether it was resolved because all its points were well again."""
    reopened: int = 0
    note: str = ""
    """The newest note; all of them stand in the journal."""

    @property
    def failing(self) -> tuple[str, ...]:
        """Its points that are not well yet."""
        return tuple(hit.point for hit in self.hits.values() if hit.eased_ms is None)


class Incidents(msgspec.Struct, frozen=True):
    """Every incident of the day, by number; `of` finds those that a point is in and that are not resolved."""

    known: dict[int, Incident] = {}
    of: dict[str, tuple[int, ...]] = {}

    @property
    def next_number(self) -> int:
        return len(self.known) + 1

    def open(self) -> Iterable[Incident]:
        return (incident for incident in self.known.values() if incident.status is not Status.RESOLVED)


def after(incidents: Incidents, happened: Happened, event: events.IncidentEvent) -> Incidents:
    """The incidents after something happened to one of them."""
    return incidents
