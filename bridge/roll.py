"""Who may check in at a conference: the live side's view of the registry's rosters."""

from endpoints_registry.registry import Registry


class RegistryRoll:
    """Asked for every scan, answered from memory."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def by_badge(self, conference: str, badge: str) -> str | None:
        attendees = self._registry.attendees(conference)
        person = attendees.read_badge(badge) if attendees else None
        return person if attendees and person and attendees.get(person) else None

    def at_point(self, conference: str, person: str, point: str) -> bool:
        attendees = self._registry.attendees(conference)
        attendee = attendees.get(person) if attendees else None
        return attendee is not None and attendee.point == point
