"""What halls and staff say, drawn by lot: figures of all kinds, scans, corrections of each other, second thoughts."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bridge.rules import acts
from bridge.rules.model import RoundName, Stage, Word

STAFF_ONLY = acts.CorrectAct | acts.ReleaseAct | acts.ExpectedAct
"""What a hall's phone is refused, and the journal never sees."""

_HEADS = (0, 3, 30, 50, 60, 64, 66, 129, 640)
_ROUNDS = (RoundName.OPENING, RoundName.OPENING, RoundName.MIDDLE, RoundName.CLOSING)
_HALLS_SAY = (
    "count",
    "count",
    "count",
    "scan",
    "scan",
    "stage",
    "perceived",
    "undo",
    "undo",
    "confirm",
    "release",
    "submit",
)
_STAFF_SAYS = ("count", "correct", "correct", "release", "release", "confirm", "undo", "expected", "scan")


class Stamp(NamedTuple):
    """What every act carries."""

    id: str
    seq: int
    at: datetime
    point: str


def said(
    rng: random.Random, stamp: Stamp, other: str, *, staff: bool, sitting: str, badges: Sequence[str]
) -> acts.AnyAct:
    """Some act; where it speaks of another one, of `other`."""
    id, seq, at, point = stamp
    match rng.choice(_STAFF_SAYS if staff else _HALLS_SAY):
        case "count":
            present, excused, unexcused, guests = _heads(rng)
            return acts.CountAct(
                id=id,
                seq=seq,
                at=at,
                point=point,
                sitting=sitting,
                round=rng.choice(_ROUNDS),
                present=present,
                excused=excused,
                unexcused=unexcused,
                guests=guests,
            )
        case "correct":
            present, excused, unexcused, guests = _heads(rng)
            return acts.CorrectAct(
                id=id,
                seq=seq,
                at=at,
                point=point,
                act=other,
                reason="đếm lại",
                present=present,
                excused=excused,
                unexcused=unexcused,
                guests=guests,
            )
        case "scan":
            return acts.ScanAct(id=id, seq=seq, at=at, point=point, badge=rng.choice(badges))
        case "stage":
            return acts.StageAct(id=id, seq=seq, at=at, point=point, stage=rng.choice(tuple(Stage)))
        case "perceived":
            picture, sound, line = rng.choices(tuple(Word), k=3)
            return acts.PerceivedAct(id=id, seq=seq, at=at, point=point, picture=picture, sound=sound, line=line)
        case "submit":
            return acts.SubmitAct(id=id, seq=seq, at=at, point=point, sitting=sitting)
        case "undo":
            return acts.UndoAct(id=id, seq=seq, at=at, point=point, act=other)
        case "confirm":
            return acts.ConfirmAct(id=id, seq=seq, at=at, point=point, act=other)
        case "release":
            return acts.ReleaseAct(id=id, seq=seq, at=at, point=point, act=other)
        case _:
            value = rng.choice((0, 40, 64, 200))
            return acts.ExpectedAct(id=id, seq=seq, at=at, point=point, sitting=sitting, value=value, reason="bổ sung")


def _heads(rng: random.Random) -> tuple[int, int, int, int]:
    return rng.choice(_HEADS), rng.choice((0, 0, 3)), rng.choice((0, 1)), rng.choice((0, 0, 0, 5, 80))
