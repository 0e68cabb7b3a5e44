"""One incident for one cause: which halls are one matter, why, how it ends, and what the staff may do about it."""

import pytest

from bridge.rules import events, mending
from bridge.rules.grouping import WINDOW_MS
from bridge.rules.incidents import MOVES_KEPT, RESOLVED_KEPT, Incident, Status
from bridge.rules.model import Fault, Mode, Phase, PlannedPoint, PointType, Stage, Stream, Word
from bridge.rules.refused import Refused
from bridge.rules.severity import Severity, severity
from bridge.rules.showing import explained, history, shown
from bridge.rules.trouble import Bond, Shared, Trouble
from tests.cast import BINH, CITY_HALL, DISTRICT_HALL, HALL_1, HALL_2, MINUTE, SECOND, TV_HALL, at, many, phone
from tests.following import Hall, placed

EIGHT_TWENTY = at("08:20")
LIEN_HA = "Liên Hà"


def area(name: str, number: int, first: int = 1, **more: str) -> list[PlannedPoint]:
    return [placed(place, area=name, **more) for place in range(first, first + number)]


def everywhere(number: int, **more: str) -> list[PlannedPoint]:
    """Halls that share no area."""
    return [placed(place, area=f"Khu vực {place}", **more) for place in range(1, number + 1)]


# --- one cause


def test_fourteen_halls_of_an_area_that_fall_within_forty_seconds_are_one_incident_that_says_why() -> None:
    halls = area(LIEN_HA, 14)
    hall = Hall(halls)
    for place, each in enumerate(halls):
        hall.loses(each, EIGHT_TWENTY + round(place * 40 / 13) * SECOND)
    one = hall.the_one()
    assert (one.trouble, one.shared) == (Trouble.LOST, Shared(Bond.AREA, LIEN_HA))
    assert explained(one) == "14 điểm, cùng khu vực Liên Hà, trong 40 giây"
    assert (one.began_ms, one.noticed_ms) == (EIGHT_TWENTY, EIGHT_TWENTY + 40 * SECOND)


def test_a_hall_alone_is_an_incident_alone() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    assert explained(hall.the_one()) == "1 điểm"
    assert hall.the_one().shared == Shared(Bond.ALONE)


def test_halls_of_the_same_feeder_are_one_matter_though_their_areas_differ() -> None:
    halls = [placed(1, area="Liên Hà", feeder="371"), placed(2, area="Vân Hà", feeder="371")]
    hall = Hall(halls)
    for each in halls:
        hall.loses(each, EIGHT_TWENTY)
    assert explained(hall.the_one()) == "2 điểm, cùng lộ điện 371, cùng lúc"


def test_what_is_told_is_the_closest_thing_that_all_of_them_share() -> None:
    halls = [*area(LIEN_HA, 2, feeder="371"), placed(3, area=LIEN_HA, feeder="473")]
    hall = Hall(halls)
    for each in halls[:2]:
        hall.loses(each, EIGHT_TWENTY)
    assert hall.the_one().shared == Shared(Bond.FEEDER, "371")
    hall.loses(halls[2], EIGHT_TWENTY + SECOND)
    assert hall.the_one().shared == Shared(Bond.AREA, LIEN_HA)


def test_halls_that_share_nothing_stay_apart() -> None:
    halls = everywhere(3)
    hall = Hall(halls)
    for each in halls:
        hall.loses(each, EIGHT_TWENTY)
    assert len(hall.open()) == 3


def test_what_nobody_knows_of_two_halls_is_nothing_in_common() -> None:
    halls = many(3)
    hall = Hall(halls)
    for each in halls:
        hall.loses(each, EIGHT_TWENTY)
    assert len(hall.open()) == 3


@pytest.mark.parametrize(("later_ms", "incidents"), [(WINDOW_MS, 1), (WINDOW_MS + SECOND, 2)])
def test_a_neighbour_that_falls_much_later_fell_for_a_reason_of_its_own(later_ms: int, incidents: int) -> None:
    halls = area(LIEN_HA, 2)
    hall = Hall(halls)
    hall.loses(halls[0], EIGHT_TWENTY)
    hall.loses(halls[1], EIGHT_TWENTY + later_ms)
    assert len(hall.open()) == incidents


def test_it_counts_when_they_fell_and_not_when_we_noticed() -> None:
    halls = area(LIEN_HA, 2)
    hall = Hall(halls)
    hall.loses(halls[0], EIGHT_TWENTY + 90 * SECOND)
    hall.loses(halls[1], EIGHT_TWENTY, noticed_ms=EIGHT_TWENTY + 10 * MINUTE)
    one = hall.the_one()
    assert (one.began_ms, explained(one)) == (EIGHT_TWENTY, "2 điểm, cùng khu vực Liên Hà, trong 90 giây")


def test_two_that_fell_far_apart_are_one_matter_when_a_third_lies_between_them() -> None:
    halls = area(LIEN_HA, 3)
    hall = Hall(halls)
    hall.loses(halls[0], EIGHT_TWENTY)
    hall.loses(halls[1], EIGHT_TWENTY + 200 * SECOND)
    hall.loses(halls[2], EIGHT_TWENTY + 100 * SECOND, noticed_ms=EIGHT_TWENTY + 300 * SECOND)
    assert sorted(hall.the_one().failing) == [each.code for each in halls]


def test_another_trouble_in_the_same_area_is_another_incident() -> None:
    halls = area(LIEN_HA, 2)
    hall = Hall(halls)
    hall.loses(halls[0], EIGHT_TWENTY)
    hall.reports(halls[1], Fault.NO_SOUND, EIGHT_TWENTY)
    assert [each.trouble for each in hall.open()] == [Trouble.LOST, Trouble.NO_SOUND]


def test_something_else_is_nothing_in_common() -> None:
    halls = area(LIEN_HA, 2)
    hall = Hall(halls)
    for each in halls:
        hall.reports(each, Fault.OTHER, EIGHT_TWENTY)
    assert len(hall.open(Trouble.OTHER)) == 2


# --- a provider, the broadcast


def test_halls_of_one_provider_all_over_the_city_are_one_incident_once_it_cannot_be_chance() -> None:
    theirs = everywhere(5, provider="VNPT")
    others = [placed(100 + place, area=f"Nơi {place}", provider="Viettel") for place in range(95)]
    hall = Hall([*theirs, *others])
    for each in theirs[:2]:
        hall.loses(each, EIGHT_TWENTY)
    assert len(hall.open()) == 2
    hall.loses(theirs[2], EIGHT_TWENTY + 7 * SECOND)
    one = hall.the_one()
    assert (len(one.hits), explained(one)) == (3, "3 điểm, cùng nhà mạng VNPT, trong 7 giây")
    assert [each.into for each in hall.incidents.values()] == [None, 1]
    hall.loses(theirs[3], EIGHT_TWENTY + 9 * SECOND)
    assert len(hall.the_one().hits) == 4


def test_what_turned_out_to_be_part_of_another_incident_is_counted_with_it() -> None:
    theirs = everywhere(3, provider="VNPT")
    hall = Hall([*theirs, *many(9)])
    for each in theirs:
        hall.loses(each, EIGHT_TWENTY)
    assert hall.state.affairs.incidents.by_trouble() == {Trouble.LOST: 1}
    assert [kind for kind, _ in moves(hall.incidents[2])] == ["incident-opened", "incident-resolved"]


def test_of_a_provider_with_many_halls_three_are_not_enough() -> None:
    hall = Hall([*everywhere(60, provider="VNPT"), *(placed(900 + each, provider="Viettel") for each in range(60))])
    for number in range(1, 5):
        hall.loses(f"00001-{number:03}", EIGHT_TWENTY)
    assert len(hall.open()) == 4
    hall.loses("00001-005", EIGHT_TWENTY)
    assert len(hall.open()) == 1


def test_no_provider_is_blamed_for_what_others_have_as_often() -> None:
    theirs, others = everywhere(10, provider="VNPT"), [placed(100 + place, provider="FPT") for place in range(10)]
    hall = Hall([*theirs, *others])
    for one, other in zip(theirs[:4], others[:4], strict=True):
        hall.loses(one, EIGHT_TWENTY)
        hall.loses(other, EIGHT_TWENTY)
    assert len(hall.open()) == 8


def test_where_nearly_everybody_has_one_provider_it_is_nobodys_bond() -> None:
    hall = Hall(everywhere(20, provider="VNPT"))
    for number in range(1, 7):
        hall.loses(f"00001-{number:03}", EIGHT_TWENTY)
    assert len(hall.open()) == 6


def test_halls_of_one_provider_in_two_areas_have_their_areas_in_common() -> None:
    theirs = [placed(place, area="AABB"[place], provider="VNPT") for place in range(4)]
    hall = Hall([*theirs, *many(90)])
    for each in theirs:
        hall.loses(each, EIGHT_TWENTY)
    assert [each.shared for each in hall.open()] == [Shared(Bond.AREA, "A"), Shared(Bond.AREA, "B")]


def test_a_feeder_is_closer_than_a_provider() -> None:
    theirs = everywhere(3, provider="VNPT", feeder="371")
    hall = Hall([*theirs, *many(90)])
    for each in theirs:
        hall.loses(each, EIGHT_TWENTY)
    assert hall.the_one().shared == Shared(Bond.FEEDER, "371")


def test_a_hall_goes_with_its_neighbours_rather_than_with_its_provider() -> None:
    here = [
        placed(1, area=LIEN_HA, provider="FPT"),
        *(placed(place, area=LIEN_HA, provider="VNPT") for place in (2, 3)),
    ]
    elsewhere = [placed(place, area=f"Khu vực {place}", provider="VNPT") for place in (4, 5)]
    hall = Hall([*here, *elsewhere, *many(90)])
    for each in (*here[:2], *elsewhere, here[2]):
        hall.loses(each, EIGHT_TWENTY)
    assert [(each.shared.bond, len(each.hits)) for each in hall.open()] == [(Bond.AREA, 3), (Bond.PROVIDER, 2)]


def test_what_two_people_have_in_hand_stays_two() -> None:
    theirs = everywhere(3, provider="VNPT")
    hall = Hall([*theirs, *many(30)])
    for number, each in enumerate(theirs[:2], 1):
        hall.loses(each, EIGHT_TWENTY)
        hall.commands(lambda draft, number=number: mending.acknowledge(draft, number, "ann", EIGHT_TWENTY))  # type: ignore[misc]
    hall.loses(theirs[2], EIGHT_TWENTY)
    assert [len(each.hits) for each in hall.open()] == [2, 1]


def test_what_a_provider_does_is_no_power_cut() -> None:
    theirs = everywhere(3, provider="VNPT")
    hall = Hall([*theirs, *many(30)])
    for each in theirs:
        hall.loses(each, EIGHT_TWENTY)
    hall.reports(theirs[1], Fault.POWER_CUT, EIGHT_TWENTY + MINUTE)
    assert [(each.trouble, len(each.failing)) for each in hall.open()] == [(Trouble.LOST, 2), (Trouble.POWER_CUT, 1)]


def test_a_line_that_trembles_again_is_part_of_what_its_incident_turned_out_to_be() -> None:
    theirs = everywhere(3, provider="VNPT")
    hall = Hall([*theirs, *many(30)])
    for each in theirs:
        hall.trembles(each, EIGHT_TWENTY)
    for each in theirs:
        hall.is_back(each, at("08:30"))
    hall.trembles(theirs[1], at("09:00"))
    (one,) = hall.open()
    assert (one.number, one.reopened) == (1, 1)


def test_who_fails_in_the_whole_still_fails_there_whatever_its_part_says() -> None:
    hall = Hall()
    for number, points in ((1, (HALL_1.code,)), (2, (HALL_1.code, HALL_2.code))):
        hall.tells(
            events.IncidentOpened(
                incident=number, trouble=Trouble.LOST, points=points, shared=Shared(Bond.ALONE), noticed_ms=EIGHT_TWENTY
            ),
            EIGHT_TWENTY,
        )
    hall.tells(events.IncidentEased(incident=2, points=(HALL_1.code,)), at("08:25"))
    hall.tells(events.IncidentResolved(incident=2, by_itself=True, into=1), at("08:26"))
    assert sorted(hall.the_one().failing) == [HALL_1.code, HALL_2.code]


def test_an_incident_that_somebody_has_in_hand_is_not_taken_away_by_a_larger_one() -> None:
    theirs = everywhere(4, provider="VNPT")
    hall = Hall([*theirs, *many(30)])
    hall.loses(theirs[0], EIGHT_TWENTY)
    hall.loses(theirs[1], EIGHT_TWENTY)
    hall.commands(lambda draft: mending.acknowledge(draft, 2, "ann", EIGHT_TWENTY))
    hall.loses(theirs[2], EIGHT_TWENTY)
    whole = hall.the_one()
    assert (whole.number, whole.owner, len(whole.hits)) == (2, "ann", 3)


def test_a_broadcast_that_stalls_for_everybody_is_one_incident_of_the_centre() -> None:
    halls = [placed(place, area=f"Khu vực {place % 12}", provider="VNPT") for place in range(40)]
    hall = Hall(halls)
    for each in halls:
        hall.receives(each, Stream.FRESH, EIGHT_TWENTY)
    for each in halls:
        hall.receives(each, Stream.STALLED, EIGHT_TWENTY + MINUTE)
    one = hall.the_one()
    assert (one.trouble, len(one.failing)) == (Trouble.NOT_RECEIVING, 40)
    assert explained(one) == "40 điểm, do trung tâm, cùng lúc"
    for each in halls:
        hall.receives(each, Stream.FRESH, EIGHT_TWENTY + 2 * MINUTE)
    assert not hall.open()


def test_a_few_halls_without_sound_are_not_the_centres() -> None:
    halls = everywhere(40)
    hall = Hall(halls)
    for each in halls:
        hall.reaches(each, Stage.IN_SESSION)
    for each in halls[:12]:
        hall.reports(each, Fault.NO_SOUND, EIGHT_TWENTY)
    assert len(hall.open()) == 12
    hall.reports(halls[12], Fault.NO_SOUND, EIGHT_TWENTY)
    assert hall.the_one().shared == Shared(Bond.CENTRE)


# --- power


def test_a_hall_that_says_power_cut_explains_the_lost_lines_around_it() -> None:
    halls = area(LIEN_HA, 4, feeder="371")
    hall = Hall(halls)
    for each in halls[:2]:
        hall.loses(each, EIGHT_TWENTY)
    hall.reports(halls[1], Fault.POWER_CUT, EIGHT_TWENTY + 50 * SECOND, "mất điện cả xã")
    hall.loses(halls[2], EIGHT_TWENTY + 20 * SECOND)
    hall.reports(halls[3], Fault.POWER_CUT, EIGHT_TWENTY + MINUTE)
    one = hall.the_one()
    assert (one.trouble, len(one.hits), one.note) == (Trouble.POWER_CUT, 4, "mất điện cả xã")


def test_a_hall_may_say_it_before_its_silence_is_noticed() -> None:
    halls = area(LIEN_HA, 2)
    hall = Hall(halls)
    hall.reports(halls[0], Fault.POWER_CUT, EIGHT_TWENTY + 10 * SECOND)
    hall.loses(halls[0], EIGHT_TWENTY)
    hall.loses(halls[1], EIGHT_TWENTY + 5 * SECOND)
    one = hall.the_one()
    assert (one.trouble, sorted(one.hits)) == (Trouble.POWER_CUT, [each.code for each in halls])


def test_a_power_cut_does_not_explain_what_has_another_cause() -> None:
    halls = area(LIEN_HA, 2)
    hall = Hall(halls)
    for each in halls:
        hall.loses(each, EIGHT_TWENTY)
    hall.commands(lambda draft: mending.explain(draft, 1, "đứt cáp quang", everybody, EIGHT_TWENTY))
    hall.reports(halls[1], Fault.POWER_CUT, EIGHT_TWENTY + MINUTE)
    assert [(each.trouble, each.failing) for each in hall.open()] == [
        (Trouble.LOST, (halls[0].code,)),
        (Trouble.POWER_CUT, (halls[1].code,)),
    ]


def test_a_power_cut_is_over_when_all_are_back_or_watch_television() -> None:
    halls = area(LIEN_HA, 3)
    hall = Hall(halls)
    for each in halls:
        hall.loses(each, EIGHT_TWENTY)
    hall.reports(halls[0], Fault.POWER_CUT, EIGHT_TWENTY + MINUTE)
    hall.is_back(halls[0], at("08:34"))
    hall.is_back(halls[1], at("08:35"))
    assert hall.the_one().failing == (halls[2].code,)
    hall.moves_to(halls[2], Mode.TV, at("08:52"))
    one = hall.the_one()
    assert (one.status, one.by_itself, one.moved_ms) == (Status.RESOLVED, True, at("08:52"))


def test_a_hall_with_a_battery_says_itself_that_the_power_is_back() -> None:
    hall = Hall()
    hall.is_back(HALL_1, EIGHT_TWENTY)
    hall.reports(HALL_1, Fault.POWER_CUT, EIGHT_TWENTY)
    hall.perceives(HALL_1, at("08:30"), picture=Word.NONE)
    assert hall.open(Trouble.POWER_CUT)
    hall.perceives(HALL_1, at("08:40"))
    assert not hall.open()


# --- trembling lines


def test_halls_of_an_area_that_tremble_again_within_two_hours_are_one_chronic_incident() -> None:
    halls = area("Chương Mỹ", 3)
    hall = Hall(halls)
    for each in halls[:2]:
        hall.trembles(each, at("08:23"))
    for each in halls[:2]:
        hall.is_back(each, at("08:28"))
    assert hall.the_one().status is Status.RESOLVED
    hall.trembles(halls[0], at("10:05"))
    hall.trembles(halls[2], at("10:05:30"))
    one = hall.the_one()
    assert (one.status, one.reopened, sorted(one.failing)) == (Status.OPEN, 1, [halls[0].code, halls[2].code])
    assert explained(one) == "3 điểm, cùng khu vực Chương Mỹ, trong 30 giây, tái diễn 1 lần"


def test_what_came_back_says_both_since_when_and_how_long_it_had_been_open_before() -> None:
    halls = area("Chương Mỹ", 3)
    hall = Hall(halls)
    for each in halls[:2]:
        hall.trembles(each, at("08:23"))
    for each in halls[:2]:
        hall.is_back(each, at("08:28"))
    hall.trembles(halls[0], at("10:05"))
    hall.trembles(halls[2], at("10:06"))
    one, points = hall.the_one(), hall.state.points
    times = ("began_at_s", "noticed_at_s", "again_at_s", "earlier_s", "reopened")
    seen = {
        name: [told[each] for each in times]
        for name, codes in {
            "everything": None,
            "hit both times": {halls[0].code},
            "hit the first time": {halls[1].code},
            "hit this time": {halls[2].code},
        }.items()
        if (told := shown(one, points, None if codes is None else codes.__contains__)) is not None
    }
    first, again, minutes = at("08:23") // 1000, at("10:05") // 1000, 5 * 60
    assert seen == {
        "everything": [first, first, again, minutes, 1],
        "hit both times": [first, first, again, minutes, 1],
        "hit the first time": [first, first, again, minutes, 1],
        # Of what others had before, whoever was well then sees nothing.
        "hit this time": [again + 60, again + 60, None, 0, 0],
    }
    for each in (halls[0], halls[2]):
        hall.is_back(each, at("10:15"))
    hall.trembles(halls[1], at("11:00"))
    assert hall.the_one().earlier_ms == (5 + 10) * MINUTE


def test_what_begins_again_before_it_was_over_counts_no_minute_twice() -> None:
    hall = Hall()
    hall.reports(HALL_1, Fault.NO_SOUND, EIGHT_TWENTY)
    hall.perceives(HALL_1, EIGHT_TWENTY + 9 * MINUTE)
    # A phone that was without a line tells it late.
    hall.reports(HALL_1, Fault.NO_SOUND, EIGHT_TWENTY + 6 * MINUTE)
    assert (hall.the_one().reopened, hall.the_one().earlier_ms) == (1, 6 * MINUTE)


def test_what_a_hall_has_once_more_within_minutes_is_no_new_matter() -> None:
    hall = Hall()
    for minute in range(0, 40, 8):
        hall.receives(HALL_1, Stream.STALLED, EIGHT_TWENTY + minute * MINUTE)
        hall.receives(HALL_1, Stream.FRESH, EIGHT_TWENTY + (minute + 1) * MINUTE)
    one = hall.the_one()
    assert (one.trouble, one.reopened, one.status) == (Trouble.NOT_RECEIVING, 4, Status.RESOLVED)
    hall.receives(HALL_1, Stream.STALLED, EIGHT_TWENTY + 43 * MINUTE)
    assert [each.number for each in hall.open()] == [2]


def test_what_a_hall_adds_when_it_is_broken_once_more_is_its_newest_note() -> None:
    hall = Hall()
    hall.reports(HALL_1, Fault.NO_SOUND, EIGHT_TWENTY, "loa rè")
    hall.perceives(HALL_1, EIGHT_TWENTY + MINUTE)
    hall.reports(HALL_1, Fault.NO_SOUND, EIGHT_TWENTY + 2 * MINUTE, "loa cháy")
    one = hall.the_one()
    assert (one.status, one.reopened, one.note) == (Status.OPEN, 1, "loa cháy")
    assert hall.incidents.keys() == {1}


def test_whoever_resolved_it_by_hand_meets_the_next_as_a_new_one() -> None:
    hall = Hall()
    hall.reports(HALL_1, Fault.NO_SOUND, EIGHT_TWENTY)
    hall.commands(lambda draft: mending.resolve(draft, 1, "đã thay loa", everybody, EIGHT_TWENTY + MINUTE))
    hall.reports(HALL_1, Fault.NO_SOUND, EIGHT_TWENTY + 2 * MINUTE)
    assert [each.number for each in hall.open()] == [2]


def test_a_line_that_trembled_long_ago_trembles_anew() -> None:
    hall = Hall()
    hall.trembles(HALL_1, at("08:00"))
    hall.is_back(HALL_1, at("08:05"))
    hall.trembles(HALL_1, at("10:06"))
    assert [each.reopened for each in hall.incidents.values()] == [0, 0]


def test_a_trembling_line_that_falls_silent_is_lost_until_it_trembles_again() -> None:
    hall = Hall()
    hall.trembles(HALL_1, at("08:00"))
    hall.loses(HALL_1, at("08:10"))
    assert [each.trouble for each in hall.open()] == [Trouble.FLAPPING, Trouble.LOST]
    hall.trembles(HALL_1, at("08:12"))
    assert [each.trouble for each in hall.open()] == [Trouble.FLAPPING]
    hall.is_back(HALL_1, at("08:20"))
    assert not hall.open()


def test_a_hall_that_falls_again_while_its_neighbours_are_still_dark_is_one_of_them_again() -> None:
    halls = area(LIEN_HA, 2)
    hall = Hall(halls)
    for each in halls:
        hall.loses(each, EIGHT_TWENTY)
    hall.is_back(halls[0], at("08:30"))
    hall.loses(halls[0], at("08:40"))
    assert (len(hall.incidents), len(hall.the_one().failing)) == (1, 2)


# --- what is ours


def test_a_centre_outage_is_one_incident_that_later_ones_join_and_that_ends_with_it() -> None:
    halls = many(12)
    hall = Hall(halls)
    for each in halls:
        hall.is_back(each, at("09:00"))
    codes = tuple(each.code for each in halls)
    hall.tells(events.CentreOutageBegan(points=codes[:8], noticed_ms=at("09:05:10")), at("09:05"))
    hall.tells(events.CentreOutageBegan(points=codes[8:], noticed_ms=at("09:05:20")), at("09:05"))
    one = hall.the_one()
    assert (one.trouble, len(one.failing)) == (Trouble.CENTRE, 12)
    assert explained(one) == "12 điểm, do trung tâm, cùng lúc"
    for code in codes[:6]:
        hall.is_back(code, at("09:05:45"))
    hall.tells(events.CentreOutageEnded(), at("09:05:46"))
    assert (hall.the_one().status, hall.the_one().by_itself) == (Status.RESOLVED, True)


def test_who_does_not_come_back_after_the_centre_is_lost_for_a_reason_of_his_own() -> None:
    halls = many(2)
    hall = Hall(halls)
    for each in halls:
        hall.is_back(each, at("09:00"))
    hall.tells(events.CentreOutageBegan(points=tuple(each.code for each in halls), noticed_ms=at("09:05")), at("09:05"))
    hall.tells(events.CentreOutageEnded(), at("09:06"))
    hall.loses(halls[1], at("09:06"))
    assert [(each.trouble, each.status) for each in hall.incidents.values()] == [
        (Trouble.CENTRE, Status.RESOLVED),
        (Trouble.LOST, Status.OPEN),
    ]


def test_our_restart_is_one_incident_of_ours_and_over_when_the_last_one_is_heard_again() -> None:
    halls = many(5)
    hall = Hall(halls)
    for each in halls[:4]:
        hall.is_back(each, at("09:00"))
    hall.tells(events.ServiceRestarted(), at("09:30"))
    assert (hall.the_one().trouble, len(hall.the_one().failing)) == (Trouble.CENTRE, 4)
    for each in reversed(halls[1:4]):
        hall.is_back(each, at("09:31"))
    assert hall.the_one().status is Status.OPEN
    hall.is_back(halls[0], at("09:31:10"))
    assert (len(hall.incidents), hall.the_one().status) == (1, Status.RESOLVED)
    # Thousands come back at once: not each of them is a line of the journal.
    assert sum(isinstance(each.event, events.IncidentEased) for each in hall.journal) == 1


def test_a_second_restart_before_all_are_back_is_the_same_incident() -> None:
    halls = many(2)
    hall = Hall(halls)
    for each in halls:
        hall.is_back(each, at("09:00"))
    hall.tells(events.ServiceRestarted(), at("09:30"))
    hall.is_back(halls[0], at("09:30:10"))
    hall.tells(events.ServiceRestarted(), at("09:31"))
    assert len(hall.the_one().failing) == 2


def test_a_restart_when_nobody_was_on_the_line_is_nobodys_incident() -> None:
    hall = Hall()
    hall.tells(events.ServiceRestarted(), at("09:30"))
    assert not hall.incidents


# --- what halls say


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (Fault.NO_PICTURE, Trouble.NO_PICTURE),
        (Fault.NO_SOUND, Trouble.NO_SOUND),
        (Fault.CONNECTION_LOST, Trouble.LOST),
        (Fault.POWER_CUT, Trouble.POWER_CUT),
        (Fault.OTHER, Trouble.OTHER),
    ],
)
def test_two_taps_open_an_incident(fault: Fault, trouble: Trouble) -> None:
    hall = Hall()
    hall.reports(HALL_1, fault, note="loa hỏng")
    one = hall.the_one()
    assert (one.trouble, one.note, one.note_of) == (trouble, "loa hỏng", HALL_1.code)


def test_a_hall_that_says_the_same_twice_is_in_one_incident_with_its_newest_words() -> None:
    hall = Hall()
    hall.perceives(HALL_1, sound=Word.NONE)
    hall.reports(HALL_1, Fault.NO_SOUND, note="loa hỏng")
    hall.reports(HALL_1, Fault.NO_SOUND, note="loa hỏng")
    hall.reports(HALL_1, Fault.NO_SOUND, note="đang thay loa")
    assert (len(hall.incidents), hall.the_one().note) == (1, "đang thay loa")
    assert [said for _, said in moves(hall.the_one())] == ["", "loa hỏng", "đang thay loa"]


def test_a_hall_that_sees_and_hears_again_ends_its_incidents() -> None:
    hall = Hall()
    hall.perceives(HALL_1, picture=Word.NONE, sound=Word.NONE)
    assert [each.trouble for each in hall.open()] == [Trouble.NO_PICTURE, Trouble.NO_SOUND]
    hall.perceives(HALL_1, at("08:06"), picture=Word.POOR)
    assert [each.trouble for each in hall.open()] == [Trouble.NO_PICTURE]
    hall.perceives(HALL_1, at("08:07"))
    assert not hall.open()


def test_a_hall_that_is_dark_has_neither_picture_nor_sound_for_the_same_cause() -> None:
    hall = Hall()
    hall.reports(HALL_1, Fault.POWER_CUT, EIGHT_TWENTY)
    hall.receives(HALL_2, Stream.STALLED, EIGHT_TWENTY)
    for each in (HALL_1, HALL_2):
        hall.perceives(each, EIGHT_TWENTY + MINUTE, picture=Word.NONE, sound=Word.NONE, line=Word.NONE)
    assert [each.trouble for each in hall.open()] == [Trouble.POWER_CUT, Trouble.NOT_RECEIVING]
    # Two taps say that there is more to it.
    hall.reports(HALL_1, Fault.NO_SOUND, EIGHT_TWENTY + 2 * MINUTE, "loa cháy")
    assert hall.open(Trouble.NO_SOUND)


def test_a_word_from_before_that_arrives_late_ends_an_incident_no_earlier_than_it_began() -> None:
    hall = Hall()
    hall.reports(HALL_1, Fault.NO_SOUND, EIGHT_TWENTY)
    hall.perceives(HALL_1, at("08:10"))
    assert hall.the_one().hits[HALL_1.code].eased_ms == EIGHT_TWENTY


def test_a_word_that_was_taken_back_was_no_incident() -> None:
    hall = Hall()
    code = HALL_1.code
    said = events.HallPerceived(point=code, picture=Word.NONE, sound=Word.GOOD, line=Word.GOOD)
    hall.perceives(HALL_1)
    hall.state.adopt(acted(said, "019cc5a0-0000-7000-8000-000000000001"))
    hall.perceives(HALL_1, picture=Word.NONE)
    assert hall.open(Trouble.NO_PICTURE)
    undone = events.ActUndone(point=code, undone="019cc5a0-0000-7000-8000-000000000001", axis="perceived")
    hall.tells(undone, at("08:03"), phone(code))
    assert not hall.open()


def test_a_hall_that_says_its_line_is_lost_is_believed_until_it_says_otherwise() -> None:
    hall = Hall()
    hall.reports(TV_HALL, Fault.CONNECTION_LOST)
    hall.perceives(TV_HALL, at("08:10"))
    assert hall.the_one().status is Status.RESOLVED


def test_a_silent_machine_is_believed_rather_than_a_hall_that_hears_well() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    hall.perceives(HALL_1, at("08:25"))
    assert hall.the_one().status is Status.OPEN


def test_a_hall_that_has_ended_has_no_trouble_any_more_and_gets_none() -> None:
    hall = Hall()
    hall.reports(HALL_1, Fault.NO_SOUND)
    hall.reports(HALL_1, Fault.OTHER)
    hall.reaches(HALL_1, Stage.ENDED, at("11:30"))
    hall.trembles(HALL_1, at("11:31"))
    assert (len(hall.incidents), hall.open()) == (2, [])


def test_a_stalled_broadcast_is_over_when_it_plays_though_late() -> None:
    hall = Hall()
    hall.receives(HALL_1, Stream.STALLED)
    hall.receives(HALL_1, Stream.GONE)
    assert len(hall.open(Trouble.NOT_RECEIVING)) == 1
    hall.receives(HALL_1, Stream.BEHIND)
    assert not hall.open()


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.CLOSED])
def test_before_the_list_is_fixed_and_after_the_close_nothing_is_an_incident(phase: Phase) -> None:
    hall = Hall(phase=phase)
    hall.loses(HALL_1, EIGHT_TWENTY)
    hall.tells(events.ServiceRestarted(), EIGHT_TWENTY)
    assert not hall.incidents


# --- how grave


def test_the_more_halls_and_the_more_important_the_graver() -> None:
    halls = (*everywhere(10), CITY_HALL, DISTRICT_HALL)
    hall = Hall(halls)
    graded = {}
    for name, hit in {
        "one": [halls[0].code],
        "three": [each.code for each in halls[:3]],
        "ten": [each.code for each in halls[:10]],
        "city hall": [CITY_HALL.code],
        "district": [DISTRICT_HALL.code],
    }.items():
        graded[name] = severity(an_incident(*hit), hall.state.points)
    assert graded == {
        "one": Severity.MINOR,
        "three": Severity.MAJOR,
        "ten": Severity.CRITICAL,
        "city hall": Severity.CRITICAL,
        "district": Severity.MAJOR,
    }


@pytest.mark.parametrize(
    ("people", "grave"), [(299, Severity.MINOR), (300, Severity.MAJOR), (1_000, Severity.CRITICAL)]
)
def test_many_people_in_one_hall_make_it_grave(people: int, grave: Severity) -> None:
    hall = Hall([placed(1, expected=people)])
    assert severity(an_incident("00001-001"), hall.state.points) is grave


@pytest.mark.parametrize(
    ("trouble", "kind", "grave"),
    [
        (Trouble.CENTRE, PointType.COMMUNE, Severity.CRITICAL),
        (Trouble.POWER_CUT, PointType.COMMUNE, Severity.MAJOR),
        (Trouble.FLAPPING, PointType.CITY_HALL, Severity.MAJOR),
        (Trouble.OTHER, PointType.CITY_HALL, Severity.MAJOR),
    ],
)
def test_what_fails_says_how_grave_it_is_at_least_or_at_most(
    trouble: Trouble, kind: PointType, grave: Severity
) -> None:
    hall = Hall([placed(1, kind=kind)])
    assert severity(an_incident("00001-001", trouble=trouble), hall.state.points) is grave


# --- what somebody sees


def test_whoever_sees_a_part_sees_the_numbers_of_that_part() -> None:
    halls = area(LIEN_HA, 3)
    hall = Hall(halls)
    for place, each in enumerate(halls):
        hall.loses(each, EIGHT_TWENTY + place * 10 * SECOND)
    hall.reports(halls[0], Fault.CONNECTION_LOST, EIGHT_TWENTY + MINUTE, "cột điện đổ")
    one, points = hall.the_one(), hall.state.points
    theirs = {halls[1].code, halls[2].code}
    seen = shown(one, points, theirs.__contains__, str.upper)
    assert seen is not None
    assert [each["code"] for each in seen["points"]] == sorted(theirs)
    assert (seen["count"], seen["failing"], seen["expected"], seen["spread_s"]) == (2, 2, 128, 10)
    assert (seen["began_at_s"], seen["why"]) == (
        EIGHT_TWENTY // 1000 + 10,
        "2 điểm, cùng khu vực Liên Hà, trong 10 giây",
    )
    # What another hall wrote is not theirs either.
    assert seen["note"] == ""
    assert all(theirs.issuperset(line["points"]) for line in history(one, theirs.__contains__))
    assert "cột điện đổ" not in str(history(one, theirs.__contains__, str.upper))
    assert shown(one, points, {HALL_2.code}.__contains__) is None
    whole, unnamed = shown(one, points, None, str.upper), shown(one, points)
    assert whole is not None
    assert unnamed is not None
    assert (whole["count"], whole["note"]) == (3, "cột điện đổ")
    # Notes name people more often than not.
    assert (unnamed["count"], unnamed["note"]) == (3, "")


def test_who_of_the_staff_it_is_is_told_to_those_who_see_names() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    hall.commands(lambda draft: mending.acknowledge(draft, 1, "ann", EIGHT_TWENTY))
    hall.commands(lambda draft: mending.assign(draft, 1, "binh", everybody, EIGHT_TWENTY))
    one, points = hall.the_one(), hall.state.points
    named, unnamed = shown(one, points, None, str.upper), shown(one, points)
    assert named is not None
    assert unnamed is not None
    assert (named["owner"], named["owner_name"], unnamed["owner"], unnamed["owner_name"]) == (
        "binh",
        "BINH",
        None,
        None,
    )
    assert [(line["by_name"], line["to_name"]) for line in history(one, None, str.upper)[1:]] == [
        ("ANN", None),
        ("ANN", "BINH"),
    ]
    assert "ann" not in str(history(one))
    assert "binh" not in str(history(one))


# --- what the staff do


def everybody(_code: str) -> bool:
    return True


def test_the_staff_take_it_in_hand_give_it_away_explain_and_resolve_it() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    now_ms = at("08:25")
    hall.commands(lambda draft: mending.acknowledge(draft, 1, "ann", now_ms))
    assert (hall.the_one().status, hall.the_one().owner) == (Status.ACKNOWLEDGED, "ann")
    hall.commands(lambda draft: mending.acknowledge(draft, 1, "ann", now_ms))
    assert refusal(hall, lambda draft: mending.acknowledge(draft, 1, "binh", now_ms)) == "taken"
    hall.commands(lambda draft: mending.assign(draft, 1, "binh", everybody, now_ms))
    hall.commands(lambda draft: mending.note(draft, 1, "đã gọi EVN", now_ms), BINH)
    hall.commands(lambda draft: mending.explain(draft, 1, "đứt cáp", everybody, now_ms), BINH)
    hall.commands(lambda draft: mending.resolve(draft, 1, "đã nối lại", everybody, now_ms), BINH)
    one = hall.the_one()
    assert (one.status, one.owner, one.cause, one.note, one.by_itself) == (
        Status.RESOLVED,
        "binh",
        "đứt cáp",
        "đã nối lại",
        False,
    )
    assert not one.failing
    assert [kind for kind, _ in moves(one)] == [
        "incident-opened",
        "incident-acknowledged",
        "incident-assigned",
        "incident-noted",
        "incident-explained",
        "incident-resolved",
    ]


def test_what_was_over_by_itself_may_still_be_explained() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    hall.is_back(HALL_1, at("08:25"))
    hall.commands(lambda draft: mending.explain(draft, 1, "nổ máy biến áp", everybody, at("09:00")))
    one = hall.the_one()
    assert (one.status, one.cause, one.moved_ms) == (Status.RESOLVED, "nổ máy biến áp", at("08:25"))


def test_what_is_resolved_takes_only_a_note_a_cause_and_reopening() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    now_ms = at("08:25")
    hall.commands(lambda draft: mending.resolve(draft, 1, "", everybody, now_ms))
    for judge in (
        lambda draft: mending.acknowledge(draft, 1, "ann", now_ms),
        lambda draft: mending.assign(draft, 1, "binh", everybody, now_ms),
        lambda draft: mending.resolve(draft, 1, "", everybody, now_ms),
        lambda draft: mending.escalate(draft, 1, None, "chưa ai nhận", now_ms),
    ):
        with pytest.raises(Refused, match="đã khắc phục lúc 08:25") as refused:
            hall.commands(judge)
        assert refused.value.code == "resolved"
    hall.commands(lambda draft: mending.note(draft, 1, "đã cảm ơn", now_ms))
    hall.commands(lambda draft: mending.reopen(draft, 1, "lại mất", everybody, now_ms))
    one = hall.the_one()
    assert (one.status, one.owner, one.reopened, one.failing) == (Status.OPEN, "", 1, (HALL_1.code,))


def test_what_is_not_resolved_cannot_be_reopened_and_what_does_not_exist_cannot_be_mended() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    assert refusal(hall, lambda draft: mending.reopen(draft, 1, "vì sao", everybody, EIGHT_TWENTY)) == "not_resolved"
    assert refusal(hall, lambda draft: mending.note(draft, 7, "vì sao", EIGHT_TWENTY)) == "unknown_incident"


def test_a_hall_that_is_in_a_newer_incident_is_not_put_back_into_an_older_one() -> None:
    hall = Hall()
    hall.reports(HALL_1, Fault.NO_SOUND)
    hall.perceives(HALL_1, at("08:05"))
    hall.reports(HALL_1, Fault.NO_SOUND, at("08:30"))
    code = refusal(hall, lambda draft: mending.reopen(draft, 1, "vẫn thế", everybody, at("08:31")))
    assert (code, len(hall.open())) == ("already_open", 1)


def test_what_went_into_another_incident_is_reopened_there() -> None:
    theirs = everywhere(3, provider="VNPT")
    hall = Hall([*theirs, *many(9)])
    for each in theirs:
        hall.loses(each, EIGHT_TWENTY)
    assert refusal(hall, lambda draft: mending.reopen(draft, 2, "vẫn thế", everybody, EIGHT_TWENTY)) == "absorbed"


def test_an_incident_beyond_ones_own_points_takes_ones_hand_and_note_but_not_ones_last_word() -> None:
    halls = area(LIEN_HA, 2)
    hall = Hall(halls)
    for each in halls:
        hall.loses(each, EIGHT_TWENTY)
    mine = {halls[0].code}.__contains__
    hall.commands(lambda draft: mending.acknowledge(draft, 1, "binh", EIGHT_TWENTY), BINH)
    hall.commands(lambda draft: mending.note(draft, 1, "đang gọi", EIGHT_TWENTY), BINH)
    for judge in (
        lambda draft: mending.assign(draft, 1, "chi", mine, EIGHT_TWENTY),
        lambda draft: mending.explain(draft, 1, "đứt cáp", mine, EIGHT_TWENTY),
        lambda draft: mending.resolve(draft, 1, "", mine, EIGHT_TWENTY),
    ):
        assert refusal(hall, judge) == "not_all_yours"
    assert (hall.the_one().owner, hall.the_one().note) == ("binh", "đang gọi")


def test_it_is_escalated_step_by_step_up_to_the_highest_level() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    hall.commands(lambda draft: mending.escalate(draft, 1, 1, "10 phút chưa ai nhận", at("08:31")))
    hall.commands(lambda draft: mending.escalate(draft, 1, 1, "10 phút chưa ai nhận", at("08:31")))
    assert [each.event for each in hall.journal if isinstance(each.event, events.IncidentEscalated)] == [
        events.IncidentEscalated(incident=1, level=1, why="10 phút chưa ai nhận")
    ]
    for _ in range(2):
        hall.commands(lambda draft: mending.escalate(draft, 1, None, "gấp", at("08:40")))
    assert hall.the_one().level == mending.HIGHEST
    assert refusal(hall, lambda draft: mending.escalate(draft, 1, None, "gấp", at("08:41"))) == "highest"


def test_somebody_of_the_staff_opens_one_that_others_then_join() -> None:
    halls = area(LIEN_HA, 3)
    hall = Hall(halls)
    codes = [each.code for each in halls]
    hall.commands(lambda draft: mending.open_by_hand(draft, Trouble.NO_SOUND, codes[:2], "cả xã gọi", EIGHT_TWENTY))
    hall.reports(halls[2], Fault.NO_SOUND, EIGHT_TWENTY + MINUTE)
    one = hall.the_one()
    assert (explained(one), one.note, one.note_of) == ("3 điểm, cùng khu vực Liên Hà, trong 60 giây", "cả xã gọi", "")


def test_halls_that_share_nothing_are_one_because_somebody_says_so() -> None:
    hall = Hall()
    codes = [HALL_1.code, HALL_2.code]
    hall.commands(lambda draft: mending.open_by_hand(draft, Trouble.OTHER, codes, "", EIGHT_TWENTY))
    assert explained(hall.the_one()) == "2 điểm, do người trực gộp lại, cùng lúc"


def test_nobody_opens_what_is_open_already_or_what_only_we_can_know() -> None:
    hall = Hall()
    hall.reports(HALL_1, Fault.NO_SOUND)

    def opening(trouble: Trouble) -> str:
        return refusal(hall, lambda draft: mending.open_by_hand(draft, trouble, [HALL_1.code], "", EIGHT_TWENTY))

    assert opening(Trouble.NO_SOUND) == "already_open"
    hall.loses(HALL_1, EIGHT_TWENTY)
    assert opening(Trouble.POWER_CUT) == "already_open"
    assert opening(Trouble.CENTRE) == "not_by_hand"


# --- bounds


def test_of_those_that_are_over_the_oldest_leave_sight_and_are_still_counted() -> None:
    hall = Hall()
    for number in range(RESOLVED_KEPT + 5):
        hall.perceives(HALL_1, EIGHT_TWENTY + number * 15 * MINUTE, sound=Word.NONE)
        hall.perceives(HALL_1, EIGHT_TWENTY + number * 15 * MINUTE + SECOND)
    incidents = hall.state.affairs.incidents
    assert (len(incidents.known), min(incidents.known), incidents.opened) == (RESOLVED_KEPT, 6, RESOLVED_KEPT + 5)
    assert incidents.by_trouble() == {Trouble.NO_SOUND: RESOLVED_KEPT + 5}


def test_what_is_over_only_now_stays_in_sight_however_long_it_took() -> None:
    hall = Hall()
    hall.loses(HALL_2, EIGHT_TWENTY)
    for number in range(RESOLVED_KEPT):
        hall.perceives(HALL_1, EIGHT_TWENTY + number * 15 * MINUTE, sound=Word.NONE)
        hall.perceives(HALL_1, EIGHT_TWENTY + number * 15 * MINUTE + SECOND)
    hall.commands(lambda draft: mending.resolve(draft, 1, "", everybody, EIGHT_TWENTY + RESOLVED_KEPT * 15 * MINUTE))
    assert hall.incidents[1].status is Status.RESOLVED
    assert 2 not in hall.incidents


def test_a_long_history_keeps_its_beginning_and_its_newest_lines() -> None:
    hall = Hall()
    hall.loses(HALL_1, EIGHT_TWENTY)
    for number in range(MOVES_KEPT + 10):
        hall.commands(lambda draft, number=number: mending.note(draft, 1, f"lần {number}", EIGHT_TWENTY))  # type: ignore[misc]
    told = moves(hall.the_one())
    assert len(told) == MOVES_KEPT + 1
    assert (told[0][0], told[-1][1]) == ("incident-opened", f"lần {MOVES_KEPT + 9}")


# --- the words of these stories


def moves(incident: Incident) -> list[tuple[str, str]]:
    return [(move.kind, move.said) for move in incident.history]


def refusal(hall: Hall, judge: mending.Judge) -> str:
    with pytest.raises(Refused) as refused:
        hall.commands(judge)
    return refused.value.code


def an_incident(*codes: str, trouble: Trouble = Trouble.LOST) -> Incident:
    hall = Hall([])
    hall.tells(
        events.IncidentOpened(
            incident=1, trouble=trouble, points=codes, shared=Shared(Bond.ALONE), noticed_ms=EIGHT_TWENTY
        )
    )
    return hall.the_one()


def acted(event: events.AnyEvent, act: str) -> events.Happened:
    return events.Happened(event=event, at_ms=EIGHT_TWENTY, received_ms=EIGHT_TWENTY, by=phone(HALL_1), act=act)
