"""The demo day has twenty-eight incidents, not 481, and each of them says why."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bridge.rules.incidents import Incident, Status
from bridge.rules.severity import Severity, severity
from bridge.rules.showing import explained
from bridge.rules.trouble import Trouble
from bridge.simulator.story import told
from bridge.simulator.timetable import SECOND, at
from endpoints_registry.samples.growing import grown
from tests.played import Played


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


def test_every_one_of_them_has_a_cause_by_the_evening(day: Played) -> None:
    causes = Counter(each.cause for each in day.incidents.values() if each.into is None)
    assert "" not in causes
    assert causes["Mất điện khu vực"] == causes["Thiết bị tại trung tâm"] == 1
    assert len(causes) >= 6
    assert causes.total() == 28


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
