"""The people of one conference in memory, read-only: who holds a badge, and who belongs to which hall.

There is such a value only for a conference that keeps names. A change of the roster makes a new one; a reader keeps the
one it has.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from endpoints_registry import badges, vietnamese
from endpoints_registry.vietnamese import Key


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody summoned by name to a point. `person` is an id drawn by lot; `own_code` is the office's own, if any."""

    person: str
    point: str
    # Kept out of what is shown of a value by the way, in a traceback or a log.
    name: str = field(repr=False)
    position: str = field(default="", repr=False)
    category: str = "other"
    unit: str = field(default="", repr=False)
    own_code: str = field(default="", repr=False)


class Attendees:
    """Everybody of one conference, and the key that proves their badges."""

    def __init__(self, conference: str, key: bytes, revision: int, people: Iterable[Attendee]) -> None:
        self.conference = conference
        self.revision = revision
        self.people: Mapping[str, Attendee] = {attendee.person: attendee for attendee in people}
        """By person."""
        self._key = key
        at: defaultdict[str, list[Attendee]] = defaultdict(list)
        for attendee in self.people.values():
            at[attendee.point].append(attendee)
        self._at: dict[str, tuple[Attendee, ...]] = {point: tuple(some) for point, some in at.items()}
        self._ordered: set[str] = set()

    def __len__(self) -> int:
        return len(self.people)

    def get(self, person: str) -> Attendee | None:
        """None for somebody who was taken off the roster: their badge is still genuine, but no longer welcome."""
        return self.people.get(person)

    def of_point(self, code: str) -> Sequence[Attendee]:
        """A hall's people in Vietnamese order."""
        # Ordered when first asked for: a key costs more than the rest of loading somebody.
        if code in self._at and code not in self._ordered:
            self._at[code] = tuple(sorted(self._at[code], key=_order))
            self._ordered.add(code)
        return self._at.get(code, ())

    # --- what proves something; the key itself stays here

    def badge(self, person: str) -> str:
        """The text of a badge's QR code."""
        return badges.sign(self._key, self.conference, person)

    def read_badge(self, text: str) -> str | None:
        """Whose badge we signed for this conference; None for anything else. Ask `get` whether they are still summoned."""
        return badges.read(self._key, self.conference, text)

    def hall_code(self, point: str, now_ms: int) -> str:
        """What this hall shows now for people to scan; see badges.hall_code."""
        return badges.hall_code(self._key, point, now_ms)

    def read_hall_code(self, point: str, code: str, now_ms: int) -> bool:
        """Whether this hall shows the code now or did a step ago."""
        return badges.read_hall_code(self._key, point, code, now_ms)


def _order(attendee: Attendee) -> tuple[Key, Key, str, str]:
    return *vietnamese.person_key(attendee.name), attendee.position, attendee.person
