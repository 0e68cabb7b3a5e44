"""Which hall plays which part on the day."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.simulator.figures import published
from endpoints_registry.samples.growing import DARK_AREA, DARK_FEEDER, TAN_LINH, Point

BAC_PHU = "00403-01"
LANG_HA = "00199-01"
LIEN_HA = "09802-01"
YET_KIEU = "09547-01"
MY_DUC = "282-01"
KHOI_DOANH_NGHIEP = "D02-01"
SECOND_DIRECT = "D15-01"
"""Halls that the pictures of 08:24:16 name."""

SILENT_EXPECTED = {BAC_PHU: 78, KHOI_DOANH_NGHIEP: 148, MY_DUC: 132, SECOND_DIRECT: 130}
SILENT_COMMUNES = (
    *(("Hoàng Mai", 72), ("Đống Đa", 61), ("Chương Mỹ", 66), ("Đan Phượng", 75), ("Sóc Sơn", 58)),
    *(("Thạch Thất", 70), ("Thường Tín", 64), ("Ứng Hòa", 69), ("Mỹ Đức", 63), ("Thường Tín", 74)),
)
"""Where the other ten halls lie that have not reported at 08:24, and whom they expect: 1.160 people in all 14."""
FLAPPING_AREAS = ("Chương Mỹ", "Chương Mỹ", "Thạch Thất", "Mê Linh", "Phúc Thọ", "Phúc Thọ")


@dataclass(frozen=True, slots=True)
class Cast:
    """Codes of points by part. No point has two parts that would disturb each other."""

    named: bool
    """Whether the halls of the pictures take part."""
    absent: str | None
    """Not opened until somebody calls (Bắc Phú)."""
    latest: str | None
    """Connects only after the beginning."""
    silent: tuple[str, ...]
    """Report the opening round late, some of them by a proxy."""
    dark: tuple[str, ...]
    """On the feeder that fails."""
    flapping: tuple[str, ...]
    blinking: str | None
    """Its socket breaks once and is back before anybody calls it lost (Liên Hà)."""
    lost: tuple[str, ...]
    no_picture: tuple[str, ...]
    no_sound: tuple[str, ...]
    offline: str | None
    """Its phone has no signal for 38 minutes."""
    typo: str | None
    """Types 640 for 60."""
    correcting: tuple[str, ...]
    """Communes that correct after version 1."""
    late: tuple[str, ...]
    """Report the closing round after its deadline."""
    bystanders: tuple[str, ...]
    """Measured points without any part: those whom the centre's failure may hit."""


def cast(points: Sequence[Point], die: random.Random) -> Cast:
    """Parts for the halls of a day; fewer halls play fewer parts."""
    codes = {point.code for point in points}
    named = published(points) and {TAN_LINH, LANG_HA, LIEN_HA, YET_KIEU, *SILENT_EXPECTED} <= codes
    taken: set[str] = {TAN_LINH, LANG_HA}
    free = [point for point in points if point.type == "commune" and point.reception_mode != "tv"]
    scale = min(1.0, len(points) / 766)

    def some(wanted: int, fits: Callable[[Point], bool] = lambda _: True) -> tuple[str, ...]:
        """That many communes that have no part yet; fewer in a small day."""
        there = [point.code for point in free if point.code not in taken and fits(point)]
        found = die.sample(there, min(len(there), wanted if named else round(wanted * scale)))
        taken.update(found)
        return tuple(found)

    def one(area: str, people: int = 0) -> str:
        """A commune of that area, with seats for so many."""
        return some(1, lambda point: point.area == area and point.seats >= people + 2)[0]

    dark = _dark(points, named=named)
    taken.update(dark)
    if named:
        taken.update({BAC_PHU, LIEN_HA, YET_KIEU, MY_DUC, KHOI_DOANH_NGHIEP, SECOND_DIRECT})
        communes = [one(area, people) for area, people in SILENT_COMMUNES]
        silent = (BAC_PHU, KHOI_DOANH_NGHIEP, MY_DUC, SECOND_DIRECT, *communes)
        flapping = tuple(one(area) for area in FLAPPING_AREAS)
        no_picture = (*some(5), one("Gia Lâm"))
        no_sound = (*some(8), YET_KIEU)
    else:
        silent, flapping = some(14), some(6)
        no_picture, no_sound = some(6), some(9)
    lost, others = some(7), some(7)
    parts = (*others, *(None,) * 7)
    cast_so_far = {*taken}
    return Cast(
        named=named,
        absent=BAC_PHU if named else None,
        latest=silent[-1] if named else None,
        silent=silent,
        dark=dark,
        flapping=flapping,
        blinking=LIEN_HA if named else None,
        lost=lost,
        no_picture=no_picture,
        no_sound=no_sound,
        offline=parts[0],
        typo=parts[1],
        correcting=tuple(code for code in parts[2:5] if code),
        late=tuple(code for code in parts[5:7] if code),
        bystanders=tuple(
            point.code
            for point in points
            if point.code not in cast_so_far
            and point.reception_mode not in {"tv", "radio"}
            and point.type != "city_hall"
        ),
    )


def _dark(points: Sequence[Point], *, named: bool) -> tuple[str, ...]:
    """The points of the feeder that fails: the demo day's, else the fullest one, never more than a third of all."""
    feeder = (DARK_AREA, DARK_FEEDER)
    if not named:
        measured = [point for point in points if point.reception_mode not in {"tv", "radio", "main_hall"}]
        feeders = Counter((point.area, point.feeder) for point in measured)
        if not feeders:
            return ()
        feeder = max(feeders, key=lambda each: (feeders[each], each))
    there = [point.code for point in points if (point.area, point.feeder) == feeder and point.reception_mode != "tv"]
    return tuple(there[: 14 if named else min(14, max(1, len(points) // 3))])
