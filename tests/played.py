"""The demo day as the rules see it, without waiting for it: every deed of the story, and all that follows."""

import heapq
from functools import partial
from itertools import count as numbers
from typing import NamedTuple

from bridge.rules import checking, closing, correcting, events, link
from bridge.rules.attendance import grade, round_before, round_of
from bridge.rules.link import Line
from bridge.rules.model import Asker, Count, Link, Phase, RoundName
from bridge.rules.projection import Draft
from bridge.rules.scene import Scene
from bridge.rules.witness import Seen, Source, Stands
from bridge.simulator.deeds import (
    AgentLeaves,
    AgentUp,
    AgentVanishes,
    Approve,
    CentreDrops,
    CheckUnit,
    Correct,
    CountHeads,
    Deed,
    DrawLots,
    Explain,
    LineDrops,
    Perceive,
    Photograph,
    Settle,
    SpotCheck,
    StageTap,
    Story,
    Submit,
    SwitchMode,
    TellFault,
)
from bridge.simulator.timetable import PHASES, SECOND, at
from tests.cast import ANN, BINH, act_id, happened, phone
from tests.following import Hall

CUC = "user:cuc"
"""A second organiser."""
DOAN = "user:doan"
"""An inspector."""
PATIENCE_MS = 40 * SECOND
RETRY_MS = 3 * SECOND
CALM_EVERY_MS = 10 * SECOND


class Noticed(NamedTuple):
    """What the server finds out some time after it happened."""

    event: events.AnyEvent
    began_ms: int


class Played(Hall):
    """The story as the server would notice it, without its sockets, beats and sweeps."""

    def __init__(self, story: Story) -> None:
        super().__init__(story.plan.points, Phase.LIVE)
        self.plan = story.plan
        self.sitting = story.plan.sittings[0].id
        self.seeds = story.seeds
        self.lines: dict[str, Line] = {}
        self._numbers = numbers(1)
        self._agenda: list[tuple[int, int, Deed | Noticed]] = []
        for deed in story.deeds:
            self._expects(deed.at_ms, deed)
        while self._agenda:
            now_ms, _, next_one = heapq.heappop(self._agenda)
            if isinstance(next_one, Noticed):
                self.tells(next_one.event, next_one.began_ms, received_ms=now_ms)
            else:
                self._does(next_one, now_ms)

    def _expects(self, at_ms: int, what: Deed | Noticed) -> None:
        heapq.heappush(self._agenda, (at_ms, next(self._numbers), what))

    def _does(self, deed: Deed, now_ms: int) -> None:
        code = deed.point
        match deed.what:
            case AgentUp():
                self._hears(code, now_ms)
            case AgentVanishes():
                self.lines[code].close(now_ms)
                moved = events.LinkMoved(point=code, link=Link.LOST, noticed_ms=now_ms + PATIENCE_MS)
                self._expects(now_ms + PATIENCE_MS, Noticed(moved, now_ms))
            case LineDrops(for_ms):
                self.lines[code].close(now_ms)
                self._expects(now_ms + for_ms + RETRY_MS, Deed(0, code, AgentUp()))
            case CentreDrops(points, for_ms):
                noticed_ms = now_ms + 9 * SECOND
                self._expects(
                    noticed_ms, Noticed(events.CentreOutageBegan(points=points, noticed_ms=noticed_ms), now_ms)
                )
                for place, each in enumerate(points):
                    self.lines[each].close(now_ms)
                    self._expects(now_ms + for_ms + place * 20, Deed(0, each, AgentUp()))
                half_ms = now_ms + for_ms + len(points) * 10
                self._expects(half_ms, Noticed(events.CentreOutageEnded(), half_ms))
            case AgentLeaves():
                self.tells(
                    events.LinkMoved(point=code, link=Link.NOT_MEASURED, noticed_ms=now_ms, cause="left"), now_ms
                )
            case StageTap(stage):
                self.tells(events.StageReached(point=code, stage=stage), now_ms, phone(code))
            case Perceive(picture, sound, line):
                self.perceives(code, now_ms, picture=picture, sound=sound, line=line)
            case TellFault(fault, note):
                self.reports(code, fault, now_ms, note)
            case SwitchMode(mode, _):
                self.moves_to(code, mode, now_ms)
            case CountHeads(name, count):
                self._counts(code, name, count, now_ms)
            case Correct(name, count, reason):
                self._corrects(code, name, count, reason, now_ms)
            case Approve(reason):
                self._approves(code, reason, now_ms)
            case Submit():
                submitted = events.FiguresSubmitted(point=code, sitting=self.plan.sittings[0].id)
                self.tells(submitted, now_ms, phone(code))
            case Explain(trouble, cause):
                for known in self.state.affairs.incidents.known.values():
                    if known.trouble is trouble and known.into is None and code in known.hits:
                        self.tells(events.IncidentExplained(incident=known.number, cause=cause), now_ms, ANN)
            case DrawLots(number):
                seed = self.seeds[0]
                self.commands(lambda draft: checking.draw(draft, self.sitting, "", number, seed, now_ms), DOAN)
            case SpotCheck(name, present, note):
                seen, key = Seen(present), (self.sitting, name)
                self.commands(
                    lambda draft: checking.give(draft, code, key, Source.INSPECTOR, seen, now_ms, note=note), DOAN
                )
            case Settle(name, present, reason):
                seen, key = Seen(present), (self.sitting, name)
                stands = Stands.OWN, reason, seen
                self.commands(lambda draft: checking.settle(draft, code, key, Source.INSPECTOR, *stands, now_ms), ANN)
            case Photograph():
                number = len(self.state.affairs.sources.photos) + 1
                self.commands(
                    lambda draft: checking.take(draft, code, self.sitting, number, f"{number:064x}", 1, now_ms),
                    phone(code),
                )
            case CheckUnit(unit):
                self.tells(events.UnitChecked(unit=unit, sitting=self.plan.sittings[0].id), now_ms, BINH)
            case _:
                pass

    def _counts(self, code: str, name: RoundName, count: Count, now_ms: int) -> None:
        point, key = self.state.points[code], (self.plan.sittings[0].id, name)
        asked, earlier = round_of(self.plan, key), round_before(self.plan, key)
        before = point.figures.get(earlier) if earlier else None
        reported = events.FigureReported(
            point=code,
            sitting=key[0],
            round=name,
            count=count,
            grade=grade(point, key, count, before.count if before else None)[0],
            on_time=asked is None or now_ms <= asked.due_ms,
        )
        self.hears(happened(reported, now_ms, phone(code), act_id(next(self._numbers))))

    def _corrects(self, code: str, name: RoundName, count: Count, reason: str, now_ms: int) -> None:
        point, key = self.state.points[code], (self.plan.sittings[0].id, name)
        ladder = self.state.affairs.closing
        asked = correcting.asked(
            self.plan, ladder, point, key, count, reason=reason, asker=Asker.ORGANISER, said_ms=now_ms
        )
        self.hears(happened(asked, now_ms, ANN, act_id(next(self._numbers))))

    def _approves(self, code: str, reason: str, now_ms: int) -> None:
        for each in self.state.affairs.closing.of_point(code):
            self.commands(partial(self._approved, each.number, reason, now_ms), CUC)

    @staticmethod
    def _approved(number: int, reason: str, now_ms: int, draft: Draft) -> closing.Decided:
        return closing.approve(draft, number, CUC, reason, now_ms)

    def _hears(self, code: str, now_ms: int) -> None:
        """A connection is made, or a sweep looks whether a trembling line has calmed down."""
        point = self.state.points[code]
        line = self.lines.setdefault(code, Line(terms=link.terms(len(self.state.points))))
        if not line.connected:
            line.come(now_ms, flapped=link.flaps(point, line))
        moved = link.on_hearing(point, line, now_ms) or link.on_calm(point, line, now_ms)
        if moved is not None:
            self.tells(moved, now_ms)
        if self.state.points[code].link is Link.UNSTABLE:
            self._expects(now_ms + CALM_EVERY_MS, Deed(0, code, AgentUp()))

    def scene(self, until_ms: int | None = None) -> Scene:
        """What a screen would look at, with everything that had arrived by then."""
        scene = Scene()
        frozen = happened(events.ConferenceFrozen(plan=self.plan), at("06:00"), ANN)
        turns = [
            happened(events.PhaseChanged(phase=phase, version=number), at(clock), ANN)
            for number, (clock, phase) in enumerate(PHASES, 1)
        ]
        rest = sorted((*turns, *self.journal), key=lambda each: each.received_ms)
        for position, each in enumerate((frozen, *rest), start=1):
            if until_ms is None or each.received_ms <= until_ms:
                scene.adopt(position, each)
        return scene
