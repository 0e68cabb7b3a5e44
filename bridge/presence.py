"""Who is on the line: connections by generation, their beats, and the sweep that notices silence."""

from collections.abc import Callable, Collection, Iterable

import structlog

from bridge.coordinator import Coordinator, Judge
from bridge.rules import events, link, wire
from bridge.rules.deadlines import Deadlines
from bridge.rules.events import AnyEvent
from bridge.rules.link import Line, Terms
from bridge.rules.model import Link, Point
from bridge.rules.projection import UP, Draft
from bridge.rules.rollup import ROOT
from bridge.rules.stages import HALLS_MAY_ACT

log = structlog.get_logger("presence")

Stir = Callable[[Coordinator, Collection[str]], None]
"""Told of points whose volatile side has changed: a socket closed, or came back."""
Verdict = Callable[[Point], events.LinkMoved | None]

LOOK_EVERY_MS = 5_000
"""How often the whole hall is looked over for an outage of ours, when nothing gives cause to look at once."""
ASKED_AGAIN_MS = 5_000
"""A silence whose signal was lost to a failing disk is signalled again after this time."""


class Presence:
    """The lines of one conference. Plain functions on the loop: no disk, no task, no await."""

    def __init__(self, coordinator: Coordinator, stir: Stir) -> None:
        self._coordinator = coordinator
        self._scene = coordinator.scene
        self._stir = stir
        self._deadlines = Deadlines()
        self._closed_ms = 0
        self._looked_ms = 0

    def came(self, code: str, terms: Terms, now_ms: int) -> int:
        """A room has greeted; its generation, by which every later word of this connection is known."""
        point = self._scene.state.points[code]
        line = self._scene.lines.setdefault(code, Line(terms=terms))
        line.terms = terms
        generation = line.come(now_ms, flapped=link.flaps(point, line))
        self.heard(code, generation, None, now_ms)
        self._stir(self._coordinator, (code,))
        return generation

    def heard(self, code: str, generation: int, beat: wire.Beat | None, now_ms: int) -> None:
        """Something came in from the room: usually nothing follows."""
        line = self._scene.lines[code]
        if line.generation != generation:
            return
        line.heard_ms = now_ms
        if beat is not None and beat.rtt_ms is not None:
            line.rtt_ms, line.loss = beat.rtt_ms, beat.loss
        self._deadlines.watch(code, now_ms + line.terms.patience_ms)
        self._judge(code, lambda point: link.on_hearing(point, line, now_ms), now_ms)

    def left(self, code: str, generation: int, now_ms: int) -> None:
        """The room said goodbye."""
        line = self._scene.lines[code]
        if line.generation == generation:
            line.close(now_ms)
            self._judge(code, lambda point: link.on_leaving(point, now_ms), now_ms)
            self._stir(self._coordinator, (code,))

    def closed(self, code: str, generation: int, now_ms: int) -> None:
        """The socket is gone. A late word of an older connection changes nothing."""
        line = self._scene.lines[code]
        if line.generation == generation and line.connected:
            line.close(now_ms)
            self._closed_ms = now_ms
            self._stir(self._coordinator, (code,))

    def sweep(self, now_ms: int, default: Terms) -> None:
        """Once a second. `now_ms` must not count our own lag: whoever calls takes it out (`edges.clockwork`)."""
        if self._scene.state.phase not in HALLS_MAY_ACT:
            return
        overdue = tuple(self._deadlines.overdue(now_ms, self._due))
        if overdue or now_ms - self._closed_ms <= default.window_ms or now_ms - self._looked_ms >= LOOK_EVERY_MS:
            self._looked_ms = now_ms
            self._look_for_centre_outage(now_ms, default)
        for code in overdue:
            line = self._scene.lines[code]
            if self._judge(code, _silence(line, now_ms), line.heard_ms):
                self._deadlines.watch(code, now_ms + ASKED_AGAIN_MS)
        if self._somebody_doubtful():
            self._judge_the_doubtful(now_ms, default)
        self._end_centre_outage(now_ms)

    def _somebody_doubtful(self) -> bool:
        """Whether anybody is unknown or unstable, or up without a line of ours: seldom, so the sums are asked first."""
        links = self._scene.rollup.at(ROOT).links
        up = sum(links[each] for each in UP)
        return links[Link.UNKNOWN] > 0 or links[Link.UNSTABLE] > 0 or up > len(self._scene.lines)

    def _judge_the_doubtful(self, now_ms: int, default: Terms) -> None:
        for code, point in self._scene.state.points.items():
            known = self._scene.lines.get(code)
            if point.link is Link.UNKNOWN:
                # While the centre is out nobody can come back: the time for that begins when it is there again.
                if code not in self._scene.state.centre_out:
                    absence_ms = (known.terms if known else default).absence_ms
                    self._judge(code, _absence(now_ms, absence_ms), point.link_noticed_ms)
            elif known is None and point.link in UP:
                self._judge(code, _no_line(now_ms), now_ms)
            elif known is not None and point.link is Link.UNSTABLE:
                self._judge(code, _calm(known, now_ms), now_ms)

    def _due(self, code: str) -> int:
        line = self._scene.lines[code]
        return line.heard_ms + line.terms.patience_ms

    def _judge(self, code: str, verdict: Verdict, at_ms: int) -> bool:
        """Ask the rule now; if something follows, it takes the street and is asked again against the draft."""
        point = self._scene.state.points.get(code)
        if point is None or verdict(point) is None:
            return False
        self._coordinator.signal(_again(code, verdict, at_ms))
        return True

    def _look_for_centre_outage(self, now_ms: int, default: Terms) -> None:
        fallen = link.centre(self._connected(), now_ms, default.window_ms, self._scene.state.centre_out)
        if not fallen:
            return
        lines = self._scene.lines
        at_ms = min(lines[code].heard_ms for code in fallen)
        log.warning("centre-outage", conference=self._coordinator.conference, points=len(fallen))

        def judge(draft: Draft) -> tuple[tuple[AnyEvent, int], ...]:
            # Somebody may have moved to TV, or been counted among the fallen, since we looked.
            still = tuple(code for code in fallen if draft.points[code].link in UP)
            return ((events.CentreOutageBegan(points=still, noticed_ms=now_ms), at_ms),) if still else ()

        self._coordinator.signal(judge)

    def _connected(self) -> Iterable[tuple[Point, Line]]:
        points = self._scene.state.points
        return ((points[code], line) for code, line in self._scene.lines.items() if code in points)

    def _end_centre_outage(self, now_ms: int) -> None:
        state = self._scene.state
        if state.centre_out and link.centre_is_back(state.points, state.centre_out):
            self._coordinator.signal(
                lambda draft: (
                    ((events.CentreOutageEnded(), now_ms),)
                    if draft.centre_out and link.centre_is_back(draft.points, draft.centre_out)
                    else ()
                )
            )


def _silence(line: Line, now_ms: int) -> Verdict:
    return lambda point: link.on_silence(point, line, now_ms)


def _calm(line: Line, now_ms: int) -> Verdict:
    return lambda point: link.on_calm(point, line, now_ms)


def _no_line(now_ms: int) -> Verdict:
    return lambda point: link.on_no_line(point, now_ms)


def _absence(now_ms: int, absence_ms: int) -> Verdict:
    return lambda point: link.on_absence(point, now_ms, absence_ms)


def _again(code: str, verdict: Verdict, at_ms: int) -> Judge:
    def judge(draft: Draft) -> tuple[tuple[AnyEvent, int], ...]:
        point = draft.point(code)
        moved = verdict(point) if point is not None else None
        return ((moved, at_ms),) if moved is not None else ()

    return judge
