"""A conference to which things happen, with all that follows from them: the street without its journal."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from bridge.rules import events
from bridge.rules.events import AnyEvent, Happened
from bridge.rules.following import follow
from bridge.rules.incidents import Incident
from bridge.rules.model import Fault, Link, Mode, Phase, PlannedPoint, Stage, Stream, Word
from bridge.rules.projection import Draft
from bridge.rules.trouble import Trouble
from tests.cast import ANN, HALLS, MORNING, SYSTEM, begun, happened, phone, planned


class Hall:
    """Tells what happened in the order in which the journal would hold it."""

    def __init__(self, halls: Iterable[PlannedPoint] = HALLS, phase: Phase = Phase.LIVE) -> None:
        self.state = begun(halls, phase)
        self.journal: list[Happened] = []
        """Since the phase that it began with."""

    # --- what happens

    def tells(self, event: AnyEvent, at_ms: int = MORNING, by: str = SYSTEM, received_ms: int = 0) -> None:
        self.hears(happened(event, at_ms, by, received_ms=received_ms))

    def hears(self, each: Happened) -> None:
        """Decided against a draft, as every batch is; adopted only when all that follows is known."""
        draft, told = Draft(self.state), list[Happened]()
        self._takes(draft, told, each)
        self._adopts(told)

    def commands(self, judge: Callable[[Draft], Sequence[tuple[AnyEvent, int]]], by: str = ANN) -> None:
        """Raises Refused."""
        draft, told = Draft(self.state), list[Happened]()
        for event, at_ms in judge(draft):
            self._takes(draft, told, happened(event, at_ms, by))
        self._adopts(told)

    def _takes(self, draft: Draft, told: list[Happened], each: Happened) -> None:
        draft.adopt(each)
        told.append(each)
        for event, at_ms in follow(draft, each, each.received_ms):
            self._takes(draft, told, happened(event, at_ms, SYSTEM, received_ms=each.received_ms))

    def _adopts(self, told: Iterable[Happened]) -> None:
        for each in told:
            self.journal.append(each)
            self.state.adopt(each)

    # --- in the words of the day

    def loses(self, hall: PlannedPoint | str, at_ms: int, noticed_ms: int = 0) -> None:
        self._link(hall, Link.LOST, at_ms, noticed_ms or at_ms + 40_000)

    def trembles(self, hall: PlannedPoint | str, at_ms: int) -> None:
        self._link(hall, Link.UNSTABLE, at_ms)

    def is_back(self, hall: PlannedPoint | str, at_ms: int) -> None:
        self._link(hall, Link.STEADY, at_ms)

    def _link(self, hall: PlannedPoint | str, link: Link, at_ms: int, noticed_ms: int = 0) -> None:
        moved = events.LinkMoved(point=code_of(hall), link=link, noticed_ms=noticed_ms or at_ms)
        self.tells(moved, at_ms, received_ms=noticed_ms or at_ms)

    def reports(self, hall: PlannedPoint | str, fault: Fault, at_ms: int = MORNING, note: str = "") -> None:
        code = code_of(hall)
        self.tells(events.FaultReported(point=code, fault=fault, note=note), at_ms, phone(code))

    def perceives(
        self,
        hall: PlannedPoint | str,
        at_ms: int = MORNING,
        *,
        picture: Word = Word.GOOD,
        sound: Word = Word.GOOD,
        line: Word = Word.GOOD,
    ) -> None:
        code = code_of(hall)
        self.tells(events.HallPerceived(point=code, picture=picture, sound=sound, line=line), at_ms, phone(code))

    def receives(self, hall: PlannedPoint | str, stream: Stream, at_ms: int = MORNING) -> None:
        self.tells(events.StreamMoved(point=code_of(hall), stream=stream, noticed_ms=at_ms), at_ms)

    def moves_to(self, hall: PlannedPoint | str, mode: Mode, at_ms: int = MORNING) -> None:
        self.tells(events.ModeChanged(point=code_of(hall), mode=mode, reason="mất điện"), at_ms, ANN)

    def reaches(self, hall: PlannedPoint | str, stage: Stage, at_ms: int = MORNING) -> None:
        code = code_of(hall)
        self.tells(events.StageReached(point=code, stage=stage), at_ms, phone(code))

    # --- looking

    @property
    def incidents(self) -> dict[int, Incident]:
        return self.state.affairs.incidents.known

    def open(self, trouble: Trouble | None = None) -> list[Incident]:
        return [each for each in self.state.affairs.incidents.open() if trouble is None or each.trouble is trouble]

    def the_one(self) -> Incident:
        """The only incident that there ever was, but for those that turned out to be part of it."""
        (one,) = [each for each in self.incidents.values() if each.into is None]
        return one

    def partition(self) -> set[frozenset[str]]:
        """Which points are one matter, by the incidents that are open."""
        return {frozenset(each.hits) for each in self.open()}


def code_of(hall: PlannedPoint | str) -> str:
    return hall if isinstance(hall, str) else hall.code


def placed(number: int, *, area: str = "", provider: str = "", feeder: str = "", **more: Any) -> PlannedPoint:
    """Hall number so-and-so of Phúc Xá, with what it shares with others."""
    hall = planned(f"00001-{number:03}", f"Hội trường số {number}", **more)
    return msgspec.structs.replace(hall, area=area, provider=provider, feeder=feeder)
