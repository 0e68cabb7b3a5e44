"""What stands on a sheet of badges: plain words in the order in which they are cut out."""

from collections.abc import Iterable
from typing import TypedDict

from endpoints_registry.attendees import Attendee, Attendees
from endpoints_registry.words import CATEGORIES

BADGES = 2_000
"""On one sheet: two hundred pages, and some seconds of work. More are printed unit by unit."""


class Badge(TypedDict):
    person: str
    code: str
    """The text of the QR code."""
    name: str
    position: str
    unit: str
    hall: str
    category: str


class Sheet(TypedDict):
    title: str
    people: list[Badge]


def sheet(title: str, roster: Attendees, halls: Iterable[tuple[str, str]]) -> Sheet:
    """The badges of some halls, given by code and by what stands on the badge, hall by hall and in Vietnamese order."""
    return {
        "title": title,
        "people": [_badge(roster, each, called) for code, called in halls for each in roster.of_point(code)],
    }


def _badge(roster: Attendees, attendee: Attendee, hall: str) -> Badge:
    return {
        "person": attendee.person,
        "code": roster.badge(attendee.person),
        "name": attendee.name,
        "position": attendee.position,
        "unit": attendee.unit,
        "hall": hall,
        # "Khác" says nothing on a chest.
        "category": "" if attendee.category == "other" else CATEGORIES.get(attendee.category, ""),
    }
