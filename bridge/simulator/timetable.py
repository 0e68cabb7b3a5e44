"""The demo day's timetable: its rounds and phases, what fails when and for how long, and in which words it is explained."""

from datetime import datetime

from bridge.rules.hours import HANOI
from bridge.rules.model import Phase, Round, RoundName

_MIDNIGHT_MS = int(datetime(2026, 3, 7, tzinfo=HANOI).timestamp()) * 1000


def at(clock: str) -> int:
    """A time of the day in the hall, `08:20` or `08:20:12`, as milliseconds since the epoch."""
    hours, minutes, *seconds = map(int, clock.split(":"))
    return _MIDNIGHT_MS + ((hours * 60 + minutes) * 60 + sum(seconds)) * 1000


SECOND, MINUTE = 1_000, 60_000

ROUNDS = (
    Round(RoundName.OPENING, at("07:00"), at("08:15")),
    Round(RoundName.MIDDLE, at("09:15"), at("09:45")),
    Round(RoundName.CLOSING, at("11:15"), at("12:00")),
)

PHASES = (("06:30", Phase.OPEN), ("07:59:30", Phase.LIVE), ("11:30", Phase.CLOSING), ("13:50", Phase.CLOSED))

# The day's own figures, as shares of 766 points where a smaller or larger day needs them.
ON_SITE_BY_SEVEN = 731
UP_BY_HALF_PAST = 742
REPORTS_BY_HALF_PAST, PRESENT_BY_HALF_PAST = 401, 24_880
CENTRE_POINTS, CENTRE_FOR_MS = 430, 40 * SECOND
ON_GENERATORS = 9

EARLY_FLAPS, FLAPS, FLAP_EVERY_MS, FLAP_FOR_MS = 4, 3, 18 * SECOND, 4 * SECOND
"""Three points tremble at 08:23 (4 times), all six at 10:05 (3 times): 30 downs in all."""

LOSSES = (
    *(("08:41:00", 6), ("08:57:30", 4), ("09:21:00", 6), ("09:32:30", 11), ("09:51:00", 5)),
    *(("10:24:00", 6), ("10:52:30", 8)),
)
NO_PICTURE = (("07:41", 6), ("07:52", 4), ("08:47", 7), ("09:38", 5), ("10:31", 6), ("08:17:30", 9))
NO_SOUND = (
    *(("07:36", 5), ("07:48", 6), ("08:33", 6), ("08:56", 4), ("09:12", 8), ("09:53", 6), ("10:20", 12)),
    *(("11:02", 5), ("08:19", 9)),
)
"""When a fault begins and after how many minutes it is solved; the last of each is open at 08:24."""

POWER, CABLE, CARRIER = "Mất điện khu vực", "Đứt cáp nhà mạng", "Nhà mạng chập chờn"
DEVICE, INSIDE, SLIP = "Hỏng thiết bị tại điểm cầu", "Mạng nội bộ của điểm cầu", "Thao tác nhầm"
CENTRE = "Thiết bị tại trung tâm"
"""The words that the board offers, so that causes can be counted."""
CAUSES_OF_LOSS = (CABLE, INSIDE, CARRIER, SLIP, INSIDE, CABLE, CARRIER)
CAUSES_OF_FLAPPING = (CARRIER, INSIDE, CARRIER, CARRIER)
CAUSES_IN_HALLS = (DEVICE, SLIP, DEVICE, DEVICE, SLIP, DEVICE, INSIDE)

DRAWN = 6
"""Halls that the inspectors draw; they count in those where nothing else holds them up."""
