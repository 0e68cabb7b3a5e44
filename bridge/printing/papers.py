"""What stands on the forms for the day on which the network dies: a hall's counts, or its roll call, to fill in by hand."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from endpoints_registry.attendees import Attendees
from endpoints_registry.conferences import HANOI, Conference
from endpoints_registry.directory import PlannedPoint
from endpoints_registry.words import ROUNDS

HALLS = 1_000
"""Of one print: as many sheets of counts, and some seconds of work. More are printed unit by unit."""
LINES = 20_000
"""Of all roll calls of one print."""
SPARE = 5
"""Empty lines under the names, for guests and substitutes."""
UNKNOWN = 40
"""Empty lines where nobody has said how many will come: two pages."""
MOST = 400
"""Lines of one hall that nobody named."""


class RoundLine(TypedDict):
    name: str
    due: str


class SittingTold(TypedDict):
    name: str
    short: str
    """Over a narrow column."""
    expected: int | None
    rounds: list[RoundLine]


class Person(TypedDict):
    name: str
    position: str


class Hall(TypedDict):
    point: str
    name: str
    place: str
    sittings: list[SittingTold]
    people: list[Person]


class Paper(TypedDict):
    title: str
    form: str
    hotline: str
    halls: list[Hall]


def paper(
    conference: Conference, form: str, halls: Iterable[tuple[PlannedPoint, str]], roster: Attendees | None
) -> Paper:
    """The forms of some halls, each given with where it lies. `form`: counts or roll; the roster where names are kept."""
    return {
        "title": conference.title,
        "form": form,
        "hotline": " ".join(part for part in (conference.hotline.name, conference.hotline.phone) if part),
        "halls": [_hall(conference, kept, place, form, roster) for kept, place in halls],
    }


def _hall(conference: Conference, kept: PlannedPoint, place: str, form: str, roster: Attendees | None) -> Hall:
    told = [_sitting(conference, kept, index) for index, each in enumerate(conference.sittings) if not each.rehearsal]
    return {
        "point": kept.point.code,
        "name": kept.point.name,
        "place": place,
        "sittings": told,
        "people": _people(kept, told, roster) if form == "roll" else [],
    }


def _sitting(conference: Conference, kept: PlannedPoint, index: int) -> SittingTold:
    sitting = conference.sittings[index]
    summoned = kept.summoned.get(sitting.id)
    return {
        "name": sitting.name,
        "short": f"{sitting.starts_at.astimezone(HANOI):%d/%m %H:%M}",
        "expected": summoned.people if summoned else None,
        "rounds": [
            {"name": ROUNDS[each.name], "due": f"{each.due_at.astimezone(HANOI):%H:%M}"} for each in sitting.rounds
        ],
    }


def _people(kept: PlannedPoint, told: Sequence[SittingTold], roster: Attendees | None) -> list[Person]:
    named: list[Person] = [
        {"name": each.name, "position": ", ".join(part for part in (each.position, each.unit) if part)}
        for each in (roster.of_point(kept.point.code) if roster else ())
    ]
    most = max((each["expected"] or 0 for each in told), default=0)
    lines = max(len(named), min(most or (0 if named else UNKNOWN), MOST)) + SPARE
    empty: Person = {"name": "", "position": ""}
    return [*named, *[empty] * (lines - len(named))]
