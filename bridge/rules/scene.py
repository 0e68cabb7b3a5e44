"""All that a screen may look at: the state, its sums, the lines, what just happened, and the round that is shown."""

from collections import deque
from collections.abc import Iterable

from bridge.rules import events, link
from bridge.rules.attendance import round_due
from bridge.rules.events import Happened
from bridge.rules.link import Line
from bridge.rules.model import Plan, Point, RoundKey
from bridge.rules.projection import Changed, State
from bridge.rules.rollup import Rollup

NEWS_KEPT = 60

Placed = tuple[int, Happened]
"""(position in the journal, what happened)."""


_QUIET = (events.ConferenceFrozen, events.ActRefused, events.PersonCheckedIn, events.PersonSeenAgain)
"""What the board's news does not tell: 52,000 scans would bury all else."""


class Scene:
    def __init__(self) -> None:
        self.state = State()
        self.rollup = Rollup((), self.state.path)
        self.lines: dict[str, Line] = {}
        self.news: deque[Placed] = deque(maxlen=NEWS_KEPT)
        self.position = 0
        self.shown: RoundKey | None = None

    def adopt(self, position: int, happened: Happened) -> Changed:
        """One row further. The only way in which anything durable changes here."""
        changed = self.replay(position, happened)
        if isinstance(happened.event, events.ConferenceFrozen):
            self.sum_up()
        else:
            self.rollup.adopt(changed)
        return changed

    def replay(self, position: int, happened: Happened) -> Changed:
        """As `adopt`, but the sums are left for `sum_up`: a long past is added up once, at its end."""
        changed = self.state.adopt(happened)
        self.position = position
        if not isinstance(happened.event, _QUIET):
            self.news.appendleft((position, happened))
        return changed

    def sum_up(self) -> None:
        """The sums of the state as it is."""
        plan = self.state.plan
        self.rollup = Rollup(rounds_of(plan) if plan else (), self.state.path)
        self.rollup.adopt({code: (None, point) for code, point in self.state.points.items()})

    def show_round(self, now_ms: int) -> bool:
        """Turn to the round that is due by now. True if that is another one than before."""
        plan = self.state.plan
        key = round_due(plan.sittings, now_ms) if plan else None
        turned = key != self.shown
        self.shown = key
        return turned

    def link_shown(self, point: Point) -> str:
        return link.shown(point, self.lines.get(point.code))

    def points_under(self, unit: str) -> Iterable[Point]:
        """The points of a unit's subtree; all of them for an empty code."""
        for point in self.state.points.values():
            if not unit or unit in self.state.path(point.planned.unit):
                yield point


def rounds_of(plan: Plan) -> tuple[RoundKey, ...]:
    return tuple((sitting.id, each.name) for sitting in plan.sittings for each in sitting.rounds)
