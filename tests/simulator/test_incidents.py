"""The demo day has twenty-eight incidents, not 481, and each of them says why."""

import heapq
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import pytest

from bridge.rules import events, link
from bridge.rules.incidents import Incident, Status
from bridge.rules.link import Line
from bridge.rules.model import Link, Phase
from bridge.rules.severity import Severity, severity
from bridge.rules.showing import explained
from bridge.rules.trouble import Trouble
from bridge.simulator.deeds import (
    AgentLeaves,
    AgentUp,
    AgentVanishes,
    CentreDrops,
    Deed,
    LineDrops,
    Perceive,
    StageTap,
    Story,
    SwitchMode,
    TellFault,
)
from bridge.simulator.story import SECOND, at, told
from endpoints_registry.samples.growing import grown
from tests.cast import phone
from tests.following import Hall

PATIENCE_MS = 40 * SECOND
RETRY_MS = 3 * SECOND
CALM_EVERY_MS = 10 * SECOND


class Noticed(NamedTuple):
    """What the server finds out some time after it happened."""

    event: events.AnyEvent
    began_ms: int


class Played(Hall):
    """The story's lines and words as the server would notice them, without its sockets, beats and sweeps."""

    def __init__(self, story: Story) -> None:
        super().__init__(story.plan.points, Phase.LIVE)
        self.lines: dict[str, Line] = {}
        self._numbers = count()
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
            case _:
                pass

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


@pytest.fixture(scope="module")
def day() -> Played:
    return Played(told(grown("hanoi-2023")))


def those(day: Played, trouble: Trouble) -> Iterator[Incident]:
    return (each for each in day.incidents.values() if each.trouble is trouble and each.into is None)


def test_the_day_has_twenty_eight_incidents(day: Played) -> None:
    counted = day.state.affairs.incidents.by_trouble()
    assert counted == {
        Trouble.NO_SOUND: 9,
        Trouble.NO_PICTURE: 6,
        Trouble.LOST: 7,
        Trouble.FLAPPING: 4,
        Trouble.POWER_CUT: 1,
        Trouble.CENTRE: 1,
    }
    assert counted.total() == 28


def test_every_one_of_them_is_over_by_the_evening_and_nobody_had_to_say_so(day: Played) -> None:
    assert {(each.status, each.by_itself) for each in day.incidents.values()} == {(Status.RESOLVED, True)}


def test_the_power_cut_of_fourteen_points_is_one_and_says_why(day: Played) -> None:
    (cut,) = those(day, Trouble.POWER_CUT)
    assert explained(cut) == "14 điểm, cùng lộ điện 371, trong 39 giây"
    assert {day.state.points[code].planned.area for code in cut.hits} == {"Ba Vì"}
    assert (cut.began_ms, cut.moved_ms) == (at("08:20:05"), at("08:52:24"))
    assert cut.note == "Mất điện cả khu vực"


def test_all_fourteen_are_known_within_ninety_seconds(day: Played) -> None:
    (cut,) = those(day, Trouble.POWER_CUT)
    assert max(hit.noticed_ms for hit in cut.hits.values()) - cut.began_ms <= 90 * SECOND


def test_the_centres_blip_of_430_points_is_one_and_blames_no_point(day: Played) -> None:
    (blip,) = those(day, Trouble.CENTRE)
    assert explained(blip) == "430 điểm, do trung tâm, cùng lúc"
    assert severity(blip, day.state.points) is Severity.CRITICAL
    assert not any(
        each.began_ms <= at("09:10") and blip.began_ms <= each.began_ms
        for each in day.incidents.values()
        if each.trouble in (Trouble.LOST, Trouble.FLAPPING)
    )


def test_six_trembling_points_are_four_incidents_of_their_areas(day: Played) -> None:
    found = list(those(day, Trouble.FLAPPING))
    areas = [{day.state.points[code].planned.area for code in each.hits} for each in found]
    assert sorted(len(each.hits) for each in found) == [1, 1, 2, 2]
    assert Counter(len(each) for each in areas) == {1: 4}
    # Those that had trembled in the morning tremble on.
    assert sorted(each.reopened for each in found) == [0, 0, 1, 1]


def test_a_hall_fault_lasts_as_long_as_the_hall_says(day: Played) -> None:
    minutes = sorted((each.moved_ms - each.began_ms) // 60_000 for each in those(day, Trouble.NO_SOUND))
    assert minutes == [4, 5, 5, 6, 6, 6, 8, 9, 12]
    assert all(len(each.hits) == 1 and explained(each) == "1 điểm" for each in those(day, Trouble.NO_SOUND))


def test_a_day_without_faults_has_no_incident() -> None:
    assert not Played(told(grown("hanoi-2023"), faults=False)).incidents
