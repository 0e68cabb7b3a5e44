"""Who is on the line: connections by generation, their beats, and the sweep that notices silence."""

import re
from collections.abc import Callable, Collection, Iterable

import structlog

from bridge.batch import Judge
from bridge.coordinator import Coordinator
from bridge.rules import events, link, stream, wire
from bridge.rules.deadlines import Deadlines
from bridge.rules.events import AnyEvent
from bridge.rules.link import Line, Terms
from bridge.rules.model import Link, Point
from bridge.rules.projection import UP, Draft
from bridge.rules.rollup import ROOT
from bridge.rules.stages import HALLS_MAY_ACT
from bridge.rules.watching import Watch, watched

log = structlog.get_logger("presence")

Stir = Callable[[Coordinator, Collection[str]], None]
"""Told of points whose volatile side has changed: a socket closed, or came back."""
Verdict = Callable[[Point], events.LinkMoved | events.StreamMoved | None]

LOOK_EVERY_MS = 5_000
"""How often the whole hall is looked over for an outage of ours, when nothing gives cause to look at once."""
ASKED_AGAIN_MS = 5_000
"""A silence whose signal was lost to a failing disk is signalled again after this time."""
_PLAIN = re.compile("[a-z_]{1,20}")


class Presence:
    """The lines of one conference. Plain functions on the loop: no disk, no task, no await."""

    def __init__(self, coordinator: Coordinator, stir: Stir) -> None:
        self._coordinator = coordinator
        self._scene = coordinator.scene
        self._stir = stir
        self._deadlines = Deadlines()
        self._newest_ms = 0
        """The latest that the clock has shown."""
        self._set_back_ms = 0
        """What it showed when it was last found set back."""
        self._closed_ms = 0
        self._looked_ms = 0
        self._fell_ms = 0
        """When the outage at the centre was last seen to grow."""
        self._puzzled: dict[str, int] = {}
        """The connection of each point that has used a word for the broadcast which we do not know."""

    def came(self, code: str, terms: Terms, now_ms: int) -> int:
        """A room has greeted; its generation, by which every later word of this connection is known."""
        self._keep_up(now_ms)
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
        self._keep_up(now_ms)
        line.heard_ms = now_ms
        if beat is not None and beat.rtt_ms is not None:
            line.rtt_ms, line.loss = beat.rtt_ms, beat.loss
        self._deadlines.watch(code, now_ms + line.terms.patience_ms)
        self._judge(code, lambda point: link.on_hearing(point, line, now_ms), now_ms)
        if beat is not None and beat.stream is not None:
            self._heard_of_broadcast(code, line, beat.stream, beat, now_ms)

    def _heard_of_broadcast(self, code: str, line: Line, said: str, beat: wire.Beat, now_ms: int) -> None:
        word = stream.word(said)
        if word is None:
            # Once a connection: it will say so with every beat.
            if self._puzzled.get(code) != line.generation:
                self._puzzled[code] = line.generation
                # A word of a newer room is plain. What is not is some stranger's, and may be anything, a key too.
                log.warning("stream-word-unknown", point=code, word=said if _PLAIN.fullmatch(said) else None)
            return
        first, line.stream = line.stream is None, word
        line.behind_s, line.bitrate_kbps = beat.behind_s, beat.bitrate_kbps
        point = self._scene.state.points[code]
        if self._scene.state.phase in HALLS_MAY_ACT and now_ms - line.stream_ms >= stream.SPACING_MS:
            watch = self._watch(now_ms)
            at_ms = stream.began_ms(point, word, beat.behind_s, now_ms)
            if self._judge(code, lambda point: stream.on_word(point, word, beat.behind_s, now_ms, watch), at_ms):
                line.stream_ms = now_ms
        if first:
            self._stir(self._coordinator, (code,))

    def _parted(self, code: str, now_ms: int) -> None:
        """The room can say no more of the broadcast."""
        self._judge(code, lambda point: stream.on_parting(point, now_ms), now_ms)

    def left(self, code: str, generation: int, now_ms: int, *, asleep: bool = False) -> None:
        """The room said goodbye. `asleep`: it was a phone, and nobody looks at it any more."""
        self._keep_up(now_ms)
        line = self._scene.lines[code]
        if line.generation == generation:
            watch = self._watch(now_ms)
            line.close(now_ms, excused=True)
            line.asleep = asleep
            self._judge(code, lambda point: link.on_leaving(point, now_ms, watch), now_ms)
            self._parted(code, now_ms)
            self._stir(self._coordinator, (code,))

    def closed(self, code: str, generation: int, now_ms: int) -> None:
        """The socket is gone. A late word of an older connection changes nothing."""
        self._keep_up(now_ms)
        line = self._scene.lines[code]
        if line.generation == generation and line.connected:
            line.close(now_ms, excused=not self._watch(now_ms).judged)
            self._closed_ms = now_ms
            self._parted(code, now_ms)
            self._stir(self._coordinator, (code,))

    def sweep(self, now_ms: int, default: Terms, forgiven_ms: int = 0) -> None:
        """Once a second. `forgiven_ms` is our own lag: it is held against nobody (`edges.clockwork`)."""
        self._keep_up(now_ms)
        now_ms -= forgiven_ms
        if self._scene.state.phase not in HALLS_MAY_ACT:
            return
        watch = self._watch(now_ms)
        if watch.judged:
            self._judge_the_silent(now_ms, default, watch)
        if self._somebody_doubtful():
            self._judge_the_doubtful(now_ms, default, watch)
        self._end_centre_outage(now_ms, default)

    def _watch(self, now_ms: int) -> Watch:
        return watched(self._scene.state.plan, self._scene.state.phase, now_ms)

    def _keep_up(self, now_ms: int) -> None:
        """A clock that was set back must not hide a silence, nor make one: whatever was heard is as long ago as before."""
        by_ms = self._newest_ms - now_ms
        self._newest_ms = now_ms
        if by_ms <= 0:
            return
        log.warning("clock-set-back", conference=self._coordinator.conference, by_ms=by_ms)
        self._set_back_ms = now_ms
        self._closed_ms -= by_ms
        self._looked_ms -= by_ms
        self._fell_ms -= by_ms
        for code, line in self._scene.lines.items():
            line.set_back(by_ms)
            self._deadlines.watch(code, line.heard_ms + line.terms.patience_ms)

    def _judge_the_silent(self, now_ms: int, default: Terms, watch: Watch) -> None:
        overdue = tuple(self._deadlines.overdue(now_ms, lambda code: link.due_ms(self._scene.lines[code], watch)))
        if overdue or now_ms - self._closed_ms <= default.window_ms or now_ms - self._looked_ms >= LOOK_EVERY_MS:
            self._looked_ms = now_ms
            self._look_for_centre_outage(now_ms, default, watch)
            self._judge_the_gone(now_ms, default, watch)
        for code in overdue:
            line = self._scene.lines[code]
            self._parted(code, now_ms)
            at_ms = watch.missed_from(line.heard_ms, line.terms.patience_ms)
            if self._judge(code, _silence(line, now_ms, watch), at_ms):
                self._deadlines.watch(code, now_ms + ASKED_AGAIN_MS)

    def _judge_the_gone(self, now_ms: int, default: Terms, watch: Watch) -> None:
        """The lost whose hall has ended, and those that had left and are expected again."""
        links = self._scene.rollup.at(ROOT).links
        if not links[Link.LOST] and not links[Link.NOT_MEASURED]:
            return
        for code, point in self._scene.state.points.items():
            if point.link is Link.LOST:
                self._judge(code, _end(now_ms, watch), max(point.link_ms, point.stage_ms))
            elif point.link is Link.NOT_MEASURED and (again_ms := link.expected_ms(point, watch)) is not None:
                self._judge(code, _missing(now_ms, default.absence_ms, watch), again_ms)

    def _somebody_doubtful(self) -> bool:
        """Whether anybody is unknown or unstable, or up without a line of ours: seldom, so the sums are asked first."""
        links = self._scene.rollup.at(ROOT).links
        up = sum(links[each] for each in UP)
        return links[Link.UNKNOWN] > 0 or links[Link.UNSTABLE] > 0 or up > len(self._scene.lines)

    def _judge_the_doubtful(self, now_ms: int, default: Terms, watch: Watch) -> None:
        for code, point in self._scene.state.points.items():
            known = self._scene.lines.get(code)
            if known is None:
                self._parted(code, now_ms)
            if point.link is Link.UNKNOWN:
                # While the centre is out nobody can come back: the time for that begins when it is there again.
                if watch.judged and code not in self._scene.state.centre_out:
                    absence_ms = (known.terms if known else default).absence_ms
                    since_ms = self._out_of_sight_since(point, watch)
                    self._judge(code, _absence(since_ms, now_ms, absence_ms, watch), since_ms)
            elif known is None and point.link in UP:
                self._judge(code, _no_line(now_ms), now_ms)
            elif known is not None and point.link is Link.UNSTABLE:
                self._judge(code, _calm(known, now_ms), now_ms)

    def _out_of_sight_since(self, point: Point, watch: Watch) -> int:
        noticed_ms = point.link_noticed_ms
        # Later than now was noticed only by a clock that has been set back meanwhile.
        return watch.missed_from(noticed_ms if noticed_ms <= self._newest_ms else self._set_back_ms, 0)

    def _judge(self, code: str, verdict: Verdict, at_ms: int) -> bool:
        """Ask the rule now; if something follows, it takes the street and is asked again against the draft."""
        point = self._scene.state.points.get(code)
        if point is None or verdict(point) is None:
            return False
        self._coordinator.signal(_again(code, verdict, at_ms))
        return True

    def _look_for_centre_outage(self, now_ms: int, default: Terms, watch: Watch) -> None:
        fallen = link.centre(self._connected(), now_ms, default.window_ms, self._scene.state.centre_out)
        if not fallen:
            return
        lines = self._scene.lines
        if watch.dismissed:
            for code in fallen:
                self._judge(code, _going(now_ms), lines[code].heard_ms)
            return
        self._fell_ms = now_ms
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

    def _end_centre_outage(self, now_ms: int, default: Terms) -> None:
        state = self._scene.state
        # While it grows here it is not over there: some may be back before others fall.
        settled = now_ms - self._fell_ms >= default.window_ms
        if settled and state.centre_out and link.centre_is_back(state.points, state.centre_out):
            self._coordinator.signal(
                lambda draft: (
                    ((events.CentreOutageEnded(), now_ms),)
                    if draft.centre_out and link.centre_is_back(draft.points, draft.centre_out)
                    else ()
                )
            )


def _silence(line: Line, now_ms: int, watch: Watch) -> Verdict:
    return lambda point: link.on_silence(point, line, now_ms, watch)


def _going(now_ms: int) -> Verdict:
    return lambda point: link.on_going(point, now_ms)


def _end(now_ms: int, watch: Watch) -> Verdict:
    return lambda point: link.on_end(point, now_ms, watch)


def _missing(now_ms: int, absence_ms: int, watch: Watch) -> Verdict:
    return lambda point: link.on_missing(point, now_ms, absence_ms, watch)


def _calm(line: Line, now_ms: int) -> Verdict:
    return lambda point: link.on_calm(point, line, now_ms)


def _no_line(now_ms: int) -> Verdict:
    return lambda point: link.on_no_line(point, now_ms)


def _absence(since_ms: int, now_ms: int, absence_ms: int, watch: Watch) -> Verdict:
    return lambda point: link.on_absence(point, since_ms, now_ms, absence_ms, watch)


def _again(code: str, verdict: Verdict, at_ms: int) -> Judge:
    def judge(draft: Draft) -> tuple[tuple[AnyEvent, int], ...]:
        point = draft.point(code)
        moved = verdict(point) if point is not None else None
        return ((moved, at_ms),) if moved is not None else ()

    return judge
