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

    def hall_shows(self, conference: str, point: str, code: str) -> bool:
        attendees = self._registry.attendees(conference)
        # By the real clock: a hall's code guards a door, it does not follow a demo's day.
        now_ms = round(self._registry.now().timestamp() * 1000)
        return attendees is not None and attendees.read_hall_code(point, code, now_ms)

    def at_point(self, conference: str, person: str, point: str) -> bool:
        attendees = self._registry.attendees(conference)
        attendee = attendees.get(person) if attendees else None
        return attendee is not None and attendee.point == point
