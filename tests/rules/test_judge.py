"""What was judged is remembered until something happens, a round is due, or words are to be forgotten."""

import pytest

from bridge.beside import Beside
from bridge.coordinator import Coordinator
from bridge.halls import Hall
from bridge.journal.memory import MemoryJournal
from bridge.judge import Judge
from bridge.presence import Presence
from bridge.rules import events, link
from bridge.rules.judging import Terms
from bridge.rules.model import Count, Grade, RoundName
from bridge.rules.witness import Roll
from tests.cast import CONFERENCE, HALL_1, NOON, SITTING, at, happened, phone
from tests.rules.day import HandClock
from tests.rules.test_sources import live

WHY = "Chị Hoa ở văn phòng đề nghị"


@pytest.fixture
def hall() -> Hall:
    street = Coordinator(CONFERENCE, MemoryJournal(), HandClock(NOON), lambda *_: None)
    street.scene.state = live()
    return Hall(street, Presence(street, lambda *_: None), lambda points, phone: link.terms(points, phone=phone))


def goes_on(hall: Hall, event: events.AnyEvent) -> None:
    scene = hall.coordinator.scene
    scene.adopt(scene.position + 1, happened(event, at("08:00"), phone(HALL_1.code)))


async def test_the_same_moment_is_judged_once_and_the_next_anew(hall: Hall) -> None:
    judge = Judge(Terms(), Beside())
    first = await judge.judged(hall, NOON + 1)
    assert await judge.judged(hall, NOON + 2) is first
    figure = events.FigureReported(
        point=HALL_1.code,
        sitting=SITTING,
        round=RoundName.OPENING,
        count=Count(60, 4, 0),
        grade=Grade.FINE,
        on_time=True,
    )
    goes_on(hall, figure)
    then = await judge.judged(hall, NOON + 2)
    assert [each.evidence for each in then.criticism.rows] != [each.evidence for each in first.criticism.rows]
    # Before a round was due nobody was late with it.
    assert await judge.judged(hall, at("07:00")) != then


async def test_a_reason_that_was_erased_is_not_remembered(hall: Hall) -> None:
    judge = Judge(Terms(), Beside())
    goes_on(hall, events.JudgementChanged(point=HALL_1.code, roll=Roll.PRAISE, added=True, reason=WHY))
    assert WHY in str(await judge.judged(hall, NOON + 1))
    hall.coordinator.scene.forget(frozenset({WHY}))
    assert WHY not in str(await judge.judged(hall, NOON + 1))
