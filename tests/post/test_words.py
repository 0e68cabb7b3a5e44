"""What a letter says: true at the moment at which it is written, and in the words of the board."""

import msgspec
import pytest

from bridge.post import Kind, Letter, words
from bridge.rules import events
from bridge.rules.incidents import Incident
from bridge.rules.showing import explained
from tests.cast import ANN, CONFERENCE, SECOND, at, many
from tests.following import Hall, placed

EIGHT_TWENTY = at("08:20")


def letter(hall: Hall, kind: Kind, clock: str, number: int = 1) -> Letter:
    incident: Incident = hall.incidents[number]
    return words.of_incident(
        kind, incident, hall.state, conference=CONFERENCE, position=1, now_ms=at(clock), address="https://board"
    )


def first_line(told: Letter) -> str:
    return told.text.splitlines()[0]


@pytest.mark.parametrize(("clock", "minutes"), [("08:31", 11), ("08:41", 21)])
def test_an_escalation_says_how_long_it_has_been_going_on(clock: str, minutes: int) -> None:
    hall = Hall()
    hall.loses("00001-01", EIGHT_TWENTY)
    hall.tells(events.IncidentEscalated(incident=1, level=1, why="chưa ai tiếp nhận"), at(clock))
    assert f"{minutes} phút" in first_line(letter(hall, Kind.ESCALATED, clock))


def test_what_began_anew_has_lasted_since_then() -> None:
    hall = Hall()
    hall.trembles("00001-01", at("08:00"))
    hall.is_back("00001-01", at("08:05"))
    hall.trembles("00001-01", at("09:00"))
    again = first_line(letter(hall, Kind.REOPENED, "09:01"))
    assert again.endswith("tái diễn lúc 09:00.")
    hall.commands(lambda _draft: ((events.IncidentAcknowledged(incident=1), at("09:02")),))
    assert first_line(letter(hall, Kind.REOPENED, "09:03")) == again
    hall.is_back("00001-01", at("09:04"))
    assert first_line(letter(hall, Kind.RESOLVED, "09:04")).endswith("tự trở lại lúc 09:04, sau 4 phút.")


def test_an_incident_that_became_part_of_another_is_not_said_to_be_over() -> None:
    theirs = [placed(place, area=f"Khu vực {place}", provider="VNPT") for place in (1, 2, 3)]
    hall = Hall([*theirs, *many(9)])
    for each in theirs:
        hall.loses(each, EIGHT_TWENTY)
    told = letter(hall, Kind.RESOLVED, "08:22", number=2)
    assert told.title == "[Gộp sự cố 2 vào sự cố 1] Mất tín hiệu: 1 điểm cầu"
    assert "khắc phục" not in told.title + told.text
    assert msgspec.json.decode(told.facts)["into"] == 1


def test_a_letter_explains_an_incident_in_the_words_of_the_board() -> None:
    halls = [placed(place, area=f"Khu vực {place}", feeder="371") for place in (1, 2)]
    hall = Hall(halls)
    for place, each in enumerate(halls):
        hall.loses(each, EIGHT_TWENTY + place * 10 * SECOND)
    assert explained(hall.the_one()) == "2 điểm, cùng lộ điện 371, trong 10 giây"
    told = letter(hall, Kind.OPENED, "08:21")
    assert told.title == "[Sự cố 1] Mất tín hiệu: 2 điểm cầu, cùng lộ điện 371"
    assert first_line(told).endswith("cùng lộ điện 371, trong 10 giây, từ 08:20.")


def test_whoever_is_told_of_an_escalation_by_hand_does_not_hear_that_nobody_has_it() -> None:
    hall = Hall()
    hall.loses("00001-01", EIGHT_TWENTY)
    hall.tells(events.IncidentAcknowledged(incident=1), at("08:25"), ANN)
    hall.tells(events.IncidentEscalated(incident=1, level=1, why="cần máy phát"), at("08:40"), ANN)
    told = letter(hall, Kind.ESCALATED, "08:40")
    assert first_line(told) == "Mất tín hiệu: 1 điểm cầu: 20 phút chưa khắc phục (báo động lần 1)."
    assert "Chưa ai tiếp nhận" not in told.text
