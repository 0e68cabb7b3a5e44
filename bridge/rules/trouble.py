"""What goes wrong in halls, what failing halls have in common, and what a phone call came to."""

from enum import StrEnum

import msgspec


class Trouble(StrEnum):
    """What an incident is. Points of one incident have the same trouble, or it was found to be the same."""

    LOST = "lost"
    """Lines fell silent, nobody knows why yet."""
    POWER_CUT = "power_cut"
    FLAPPING = "flapping"
    NO_PICTURE = "no_picture"
    NO_SOUND = "no_sound"
    NOT_RECEIVING = "not_receiving"
    """Connected, and the broadcast does not arrive."""
    CENTRE = "centre"
    """Ours to answer for."""
    OTHER = "other"


class Bond(StrEnum):
    """What failing points have in common."""

    ALONE = "alone"
    AREA = "area"
    PROVIDER = "provider"
    FEEDER = "feeder"
    CENTRE = "centre"


class Shared(msgspec.Struct, frozen=True):
    """Why points are taken for one incident: «cùng khu vực Liên Hà»."""

    bond: Bond
    name: str = ""


class CallOutcome(StrEnum):
    """What a phone call to a hall came to."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    WILL_REPORT = "will_report"
    BEING_MENDED = "being_mended"
