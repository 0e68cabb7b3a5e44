"""All that a screen may look at: the state, its sums, the lines, what just happened, and the round that is shown."""

from collections import deque
from collections.abc import Collection, Iterable

import msgspec

from bridge.rules import events, ladder, link, stream
from bridge.rules.attendance import round_due
from bridge.rules.events import Happened
from bridge.rules.link import Line
from bridge.rules.model import Plan, Point, RoundKey, Stream
from bridge.rules.private import scrubbed
from bridge.rules.projection import UP, Changed, State
from bridge.rules.recalling import Past, Recalling
from bridge.rules.rollup import Rollup

NEWS_KEPT = 60

Placed = tuple[int, Happened]
"""(position in the journal, what happened)."""


_QUIET = frozenset(
    {
        events.ConferenceFrozen,
        events.ActRefused,
        events.PersonCheckedIn,
        events.PersonSeenAgain,
        events.LineTested,
        events.NoticeAnswered,
        events.CallClaimed,
        events.CallLetGo,
        events.JobFired,
        events.ActKept,
        events.SpotCheckDrawn,
        events.PhotoTaken,
        events.DifferenceSettled,
        events.JudgementChanged,
    }
)
"""What the board's news does not tell: 52,000 scans, or a notice's 800 answers, would bury all else.

Nor which halls were drawn for an inspector, who comes unannounced, and what the office thinks of them."""


class Scene:
    def __init__(self) -> None:
        self.state = State()
        self._past = Recalling(self.state)
        self.rollup = Rollup((), self.state.path)
        self.lines: dict[str, Line] = {}
        self.news: deque[Placed] = deque(maxlen=NEWS_KEPT)
        self.concerned: dict[int, Collection[str]] = {}
        """Points of an incident when something happened to it, by position: who has one of them hears of it."""
        self.position = 0
        self.shown: RoundKey | None = None

    def adopt(self, position: int, happened: Happened, drafted: Changed | None = None) -> Changed:
        """One row further. The only way in which anything durable changes here."""
        changed = self.state.adopt(happened, drafted)
        self._note(position, happened)
        if isinstance(happened.event, events.ConferenceFrozen):
            self.sum_up()
        else:
            self.rollup.adopt(changed)
        return changed

    def replay(self, past: Iterable[Past]) -> None:
        """As `adopt`, but points and sums are whole only after `sum_up`: a long past is added up once, at its end."""
        for each in past:
            happened = self._past.take(each)
            self.position = each.position
            if happened is not None:
                self._note(each.position, happened)

    def _note(self, position: int, happened: Happened) -> None:
        self.position = position
        affairs = self.state.affairs
        if affairs.closing.moved == ladder.UNPLACED:
            self.state.affairs = msgspec.structs.replace(affairs, closing=ladder.placed(affairs.closing, position))
        event = happened.event
        if newsworthy(event):
            self.news.appendleft((position, happened))
            if isinstance(event, events.IncidentEvent):
                self._concern(position, event)

    def _concern(self, position: int, event: events.IncidentEvent) -> None:
        incident = self.state.affairs.incidents.known.get(event.incident)
        self.concerned[position] = incident.hits if incident else ()
        if len(self.concerned) > NEWS_KEPT:
            del self.concerned[next(iter(self.concerned))]

    def sum_up(self) -> None:
        """The sums of the state as it is, the past that was replayed included."""
        self._past.end()
        plan = self.state.plan
        self.rollup = Rollup(rounds_of(plan) if plan else (), self.state.path)
        self.rollup.adopt({code: (None, point) for code, point in self.state.points.items()})

    def still(self) -> "Scene":
        """The state of this moment and its sums, which stand still while the hall goes on. Without lines and news.

        Quick: points and affairs are values that are replaced. Its sums are made by `sum_up`, which may take its time.
        """
        copy = Scene()
        copy.state = self.state.still()
        copy._past = Recalling(copy.state)
        copy.position, copy.shown = self.position, self.shown
        return copy

    def forget(self, words: frozenset[str]) -> None:
        """These words stand nowhere any more; everything else is as it was."""
        state = self.state
        state.affairs = scrubbed(state.affairs, words)
        state.points = {code: scrubbed(point, words) for code, point in state.points.items()}
        self.news = scrubbed(self.news, words)

    def show_round(self, now_ms: int) -> bool:
        """Turn to the round that is due by now. True if that is another one than before."""
        key = self.round_at(now_ms)
        turned = key != self.shown
        self.shown = key
        return turned

    def round_at(self, now_ms: int) -> RoundKey | None:
        """The round whose figures are those of the day by now; once the conference is closed it stays the same for ever."""
        plan, closed_ms = self.state.plan, self.state.affairs.closing.closed_ms
        if plan is None:
            return None
        if closed_ms is None:
            return round_due(plan.sittings, now_ms)
        return round_due(plan.sittings, closed_ms, closed=True)

    def link_shown(self, point: Point) -> str:
        return link.shown(point, self.lines.get(point.code))

    def stream_shown(self, point: Point) -> str:
        if point.stream is Stream.NOT_FOLLOWED:
            # Of most halls nothing else was ever said, and every row asks.
            return Stream.NOT_FOLLOWED.value
        line = self.lines.get(point.code)
        said = line.stream if line is not None and line.connected and point.link in UP else None
        return stream.shown(point, said).value

    def points_under(self, unit: str) -> Iterable[Point]:
        """The points of a unit's subtree; all of them for an empty code."""
        for point in self.state.points.values():
            if not unit or unit in self.state.path(point.planned.unit):
                yield point


def newsworthy(event: events.AnyEvent) -> bool:
    """Whether the board's news may tell it."""
    return type(event) not in _QUIET and not (
        isinstance(event, events.StreamMoved) and event.stream not in stream.ACCUSING
    )


def rounds_of(plan: Plan) -> tuple[RoundKey, ...]:
    return tuple((sitting.id, each.name) for sitting in plan.sittings for each in sitting.rounds)
