"""From what somebody does to the act that a server is sent, with its id, number and time."""

import random
from collections.abc import Mapping
from typing import Any, assert_never

from bridge.rules.model import RoundName
from bridge.rules.wire import rfc3339
from bridge.simulator.deeds import Correct, CountHeads, Perceive, StageTap, Submit, SwitchMode, TellFault, Told

Act = dict[str, Any]


def uuid7(now_ms: int, chance: random.Random) -> str:
    """An id ordered by time (RFC 9562), drawn from the play's own chance: the same day has the same ids."""
    number = (
        (now_ms & (2**48 - 1)) << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62 | chance.getrandbits(62)
    )
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Pad:
    """A device's running number and ids."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._seq = 0

    def act(
        self, told: Told, point: str, now_ms: int, sitting: str, figures: Mapping[tuple[str, RoundName], str]
    ) -> Act:
        """An act of this device. `figures` says which act each point's figure stands on, for corrections."""
        self._seq += 1
        return {
            "id": uuid7(now_ms, self._chance),
            "seq": self._seq,
            "at": rfc3339(now_ms),
            "point": point,
            **content(told, point, sitting, figures),
        }


def content(told: Told, point: str, sitting: str, figures: Mapping[tuple[str, RoundName], str]) -> Act:
    match told:
        case StageTap(stage):
            return {"kind": "stage", "stage": stage}
        case Perceive(picture, sound, line):
            return {"kind": "perceived", "picture": picture, "sound": sound, "line": line}
        case CountHeads(name, count):
            return {
                "kind": "count",
                "sitting": sitting,
                "round": name,
                "present": count.present,
                "excused": count.excused,
                "unexcused": count.unexcused,
                "guests": count.guests,
            }
        case Correct(name, count, reason):
            return {
                "kind": "correct",
                "act": figures.get((point, name), ""),
                "reason": reason,
                "present": count.present,
                "excused": count.excused,
                "unexcused": count.unexcused,
                "guests": count.guests,
            }
        case Submit():
            return {"kind": "submit", "sitting": sitting}
        case SwitchMode(mode, reason):
            return {"kind": "mode", "reception_mode": mode, "reason": reason}
        case TellFault(fault, note):
            return {"kind": "incident", "fault": fault, "note": note}
        case _:
            assert_never(told)
