"""Second sources beside the halls' own word: what was counted by others, which halls were drawn, what was settled.

Nothing here moves a hall's own figure: a difference is listed with both numbers until somebody settles it.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping

import msgspec

from bridge.rules import events
from bridge.rules.attendance import is_summoned
from bridge.rules.events import Happened
from bridge.rules.model import Count, Point, RoundKey
from bridge.rules.witness import Roll, Seen, Source, Stands

PHOTOS_OF_A_SITTING = 5
"""Of one hall. A hall is seen on one photo; whoever sends more than that sends the same again."""
DRAWS_LIMIT = 500
"""Of one conference: more are asked for by mistake, or until the lot suits somebody."""
DRAWN_LIMIT = 200
"""Halls of one draw: nobody visits more in a sitting."""


class Given(msgspec.Struct, frozen=True):
    """The newest figure of one second source for a round of a hall."""

    seen: Seen
    by: str
    """User name."""
    at_ms: int
    note: str = ""


class Settled(msgspec.Struct, frozen=True):
    """Which of two figures stands, and the two as they were then: another figure is another difference."""

    stands: Stands
    own: Count | None
    seen: Seen
    by: str
    at_ms: int
    reason: str


class Draw(msgspec.Struct, frozen=True):
    """Halls drawn by lot for inspectors. With `seed`, the plan and `times` anybody draws the same ones again."""

    number: int
    unit: str
    """Below which was drawn; empty: everywhere."""
    sitting: str
    seed: str
    points: tuple[str, ...]
    """In the order of the lot."""
    among: int
    pool_sha256: str
    times: dict[str, int]
    by: str
    at_ms: int


class Photo(msgspec.Struct, frozen=True):
    """A photo of a hall, as the journal knows it: the picture itself is kept apart and goes with the names."""

    number: int
    point: str
    sitting: str
    sha256: str
    size: int
    by: str
    """The credential."""
    at_ms: int


class Edited(msgspec.Struct, frozen=True):
    """Somebody put a hall on a list, or took it off."""

    added: bool
    by: str
    at_ms: int
    reason: str


Place = tuple[str, RoundKey, Source]
"""(point, round, source)."""


class Sources(msgspec.Struct, frozen=True):
    given: dict[Place, Given] = {}
    settled: dict[Place, Settled] = {}
    draws: dict[int, Draw] = {}
    photos: dict[int, Photo] = {}
    edited: dict[tuple[Roll, str], Edited] = {}
    """The newest word on a hall and a list of the report."""

    def photo(self, code: str, sitting: str, sha256: str) -> Photo | None:
        """This very photo, if it was taken before."""
        same = (code, sitting, sha256)
        return next((each for each in self.photos.values() if (each.point, each.sitting, each.sha256) == same), None)

    def times(self) -> dict[str, int]:
        """How often each hall was drawn or counted by an inspector before; the others never."""
        found: dict[str, int] = {}
        for draw in self.draws.values():
            for code in draw.points:
                found[code] = found.get(code, 0) + 1
        for code, _, source in self.given:
            if source is Source.INSPECTOR:
                found[code] = found.get(code, 0) + 1
        return found


def after(sources: Sources, happened: Happened) -> Sources:
    """The second sources after something happened; the very same value where it does not concern them."""
    event, by, at_ms = happened.event, happened.by.removeprefix("user:"), happened.at_ms
    match event:
        case events.SourceGiven():
            place = (event.point, (event.sitting, event.round), event.source)
            given = Given(event.seen, by, at_ms, event.note)
            return msgspec.structs.replace(sources, given={**sources.given, place: given})
        case events.DifferenceSettled():
            place = (event.point, (event.sitting, event.round), event.source)
            settled = Settled(event.stands, event.own, event.seen, by, at_ms, event.reason)
            return msgspec.structs.replace(sources, settled={**sources.settled, place: settled})
        case events.SpotCheckDrawn():
            draw = Draw(
                number=event.draw,
                unit=event.unit,
                sitting=event.sitting,
                seed=event.seed,
                points=event.points,
                among=event.among,
                pool_sha256=event.pool_sha256,
                times=event.times,
                by=by,
                at_ms=at_ms,
            )
            return msgspec.structs.replace(sources, draws={**sources.draws, draw.number: draw})
        case events.PhotoTaken():
            photo = Photo(event.photo, event.point, event.sitting, event.sha256, event.size, happened.by, at_ms)
            return msgspec.structs.replace(sources, photos={**sources.photos, photo.number: photo})
        case events.JudgementChanged():
            edited = Edited(event.added, by, at_ms, event.reason)
            return msgspec.structs.replace(sources, edited={**sources.edited, (event.roll, event.point): edited})
        case _:
            return sources


# --- differences


class Difference(msgspec.Struct, frozen=True):
    """Where a second source says otherwise than the hall."""

    point: str
    key: RoundKey
    source: Source
    own: Count | None
    """None: the hall has said nothing, which is not 0."""
    own_at_ms: int | None
    own_by: str
    """`own` or `proxy`; empty where nobody said anything."""
    given: Given
    settled: Settled | None = None
    """As long as both figures are those that were settled."""

    @property
    def awaits(self) -> bool:
        """Whether somebody has still to do something: say which stands, or correct what does not."""
        return self.settled is None or self.settled.stands is Stands.SECOND


def differences(
    sources: Sources, points: Mapping[str, Point], among: Collection[str] | None = None
) -> tuple[Difference, ...]:
    """Every difference of these halls (None: of all), by hall and round. What agrees is none."""
    found = []
    for place, given in sources.given.items():
        code, key, source = place
        point = points.get(code)
        if point is None or (among is not None and code not in among):
            continue
        figure = point.figures.get(key)
        own = figure.count if figure else None
        if own is not None and given.seen.agrees(own):
            continue
        settled = sources.settled.get(place)
        holds = settled is not None and (settled.own, settled.seen) == (own, given.seen)
        found.append(
            Difference(
                point=code,
                key=key,
                source=source,
                own=own,
                own_at_ms=figure.at_ms if figure else None,
                own_by=figure.author.value if figure else "",
                given=given,
                settled=settled if holds else None,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.point, each.key[0], each.given.at_ms, each.source)))


# --- the lot


LEAST_CHANCE = 9
"""Nobody's chance is made smaller than that of a hall which was looked at four times: everybody may come up."""


def pool(points: Mapping[str, Point], paths: Mapping[str, Collection[str]], sitting: str, unit: str) -> tuple[str, ...]:
    """The halls that may be drawn: those that owe figures of the sitting, below the unit, in the order of their codes.

    `paths` gives, by unit, the codes from the root down to it.
    """
    return tuple(
        sorted(
            code
            for code, point in points.items()
            if is_summoned(point, sitting) and (not unit or unit in paths.get(point.planned.unit, ()))
        )
    )


def lot(seed: str, candidates: Iterable[str], times: Mapping[str, int], number: int) -> tuple[str, ...]:
    """So many of these halls, by lot. The same seed draws the same halls, on any machine and in any language.

    Each hall throws u = the first 8 bytes of SHA-256("<seed> <code>") over 2^64, raised to 1 + 2 x the times it was drawn or
    counted before (at most LEAST_CHANCE); the highest throws win. That is drawing without replacement with the
    weights 1, 1/3, 1/5 ... (Efraimidis and Spirakis, 2006): all of them may come up, those looked at before less likely.
    """

    def thrown(code: str) -> tuple[int, str]:
        u = int.from_bytes(hashlib.sha256(f"{seed} {code}".encode()).digest()[:8])
        power = min(1 + 2 * times.get(code, 0), LEAST_CHANCE)
        # u^power as a fraction of one, over the same denominator for all: whole numbers are the same everywhere.
        return -(u**power << 64 * (LEAST_CHANCE - power)), code

    return tuple(sorted(candidates, key=thrown)[:number])


def pool_sha256(candidates: Iterable[str]) -> str:
    """By which whoever draws again sees that it is from the same halls."""
    return hashlib.sha256("\n".join(candidates).encode()).hexdigest()
