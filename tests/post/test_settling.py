"""When outside is told of an incident: once it has settled, not again before that has cooled down, never for nothing."""

import msgspec

from bridge.post import Kind
from bridge.post.settling import Terms, Thread, next_word, told
from bridge.rules import events
from bridge.rules.incidents import Incident
from bridge.rules.projection import State
from bridge.rules.trouble import Bond, Shared, Trouble
from tests.cast import ANN, MINUTE, MORNING, SECOND, begun, happened, many

HALLS = many(20)
TERMS = Terms()


class Outside:
    """Somebody who is told of one incident, as its day goes by."""

    def __init__(self) -> None:
        self.state: State = begun(HALLS)
        self.thread = Thread(1, 1)
        self.heard: list[tuple[Kind, float, int]] = []
        """What, how many seconds into the story, and of how many points."""
        self._hit = 0
        self._looked_s = 0

    @property
    def incident(self) -> Incident:
        return self.state.affairs.incidents.known[1]

    def happens(self, event: events.AnyEvent, second: int, by: str = "system") -> None:
        self.waits(second)
        now = MORNING + second * SECOND
        self.state.adopt(happened(event, now, by, received_ms=now))

    def falls(self, second: int, points: int = 1) -> None:
        codes = tuple(hall.code for hall in HALLS[self._hit : self._hit + points])
        noticed, shared = MORNING + second * SECOND, Shared(Bond.AREA, "Liên Hà")
        event = (
            events.IncidentJoined(incident=1, points=codes, shared=shared, noticed_ms=noticed)
            if self._hit
            else events.IncidentOpened(
                incident=1, trouble=Trouble.LOST, points=codes, shared=shared, noticed_ms=noticed
            )
        )
        self._hit += points
        self.happens(event, second)

    def waits(self, second: int) -> None:
        """The postman looks once a second."""
        for looked in range(self._looked_s, second):
            if 1 in self.state.affairs.incidents.known:
                self._look(looked)
        self._looked_s = max(self._looked_s, second)

    def _look(self, second: int) -> None:
        now = MORNING + second * SECOND
        word = next_word(self.thread, self.incident, now, TERMS)
        if isinstance(word, Kind):
            self.heard.append((word, second, len(self.incident.hits)))
            self.thread = told(self.thread, word, self.incident, now)


def test_a_single_loss_is_told_when_nobody_has_joined_for_a_while() -> None:
    outside = Outside()
    outside.falls(0)
    outside.waits(3600)
    assert outside.heard == [(Kind.OPENED, 8, 1)]


def test_a_power_cut_that_falls_in_pieces_is_one_message_with_all_of_them() -> None:
    outside = Outside()
    for second in range(0, 28, 2):
        outside.falls(second)
    outside.waits(3600)
    assert outside.heard == [(Kind.OPENED, 34, 14)]


def test_those_who_go_on_falling_do_not_hold_the_message_back() -> None:
    outside = Outside()
    for second in range(0, 60, 4):
        outside.falls(second)
    outside.waits(60)
    assert outside.heard == [(Kind.OPENED, 40, 11)]


def test_one_more_among_many_is_no_reason_to_tell_again() -> None:
    outside = Outside()
    outside.falls(0, points=13)
    outside.falls(45)
    outside.waits(3600)
    assert outside.heard == [(Kind.OPENED, 8, 13)]


def test_what_grows_a_lot_is_told_once_it_has_cooled_down() -> None:
    outside = Outside()
    outside.falls(0, points=4)
    outside.falls(60)
    outside.falls(100)
    outside.falls(700, points=2)
    outside.waits(3600)
    assert outside.heard == [(Kind.OPENED, 8, 4), (Kind.GROWN, 608, 6)]


def test_what_was_over_before_anybody_was_told_is_not_told() -> None:
    outside = Outside()
    outside.falls(0)
    outside.happens(events.IncidentResolved(incident=1, by_itself=True), 5)
    outside.waits(3600)
    assert outside.heard == []


def test_the_end_is_told_at_once_to_those_who_know_of_the_beginning() -> None:
    outside = Outside()
    outside.falls(0)
    outside.happens(events.IncidentResolved(incident=1), 60, ANN)
    outside.waits(3600)
    assert outside.heard == [(Kind.OPENED, 8, 1), (Kind.RESOLVED, 60, 1)]


def test_an_escalation_does_not_wait_for_anything_to_cool_down() -> None:
    outside = Outside()
    outside.falls(0)
    outside.happens(events.IncidentEscalated(incident=1, level=1, why="chưa ai tiếp nhận"), 30)
    outside.happens(events.IncidentEscalated(incident=1, level=2, why="chưa ai tiếp nhận"), 60)
    outside.waits(3600)
    assert [kind for kind, _, _ in outside.heard] == [Kind.OPENED, Kind.ESCALATED, Kind.ESCALATED]
    assert [second for _, second, _ in outside.heard] == [8, 30, 60]


def test_a_line_that_comes_and_goes_rings_twice_in_ten_minutes_at_most() -> None:
    outside = Outside()
    outside.falls(0)
    codes = (HALLS[0].code,)
    for second in range(60, 3600, 60):
        over = second % 120 == 60
        outside.happens(
            events.IncidentResolved(incident=1, by_itself=True)
            if over
            else events.IncidentReopened(incident=1, by_itself=True, points=codes),
            second,
        )
    outside.waits(3600)
    times = [second for _, second, _ in outside.heard]
    assert len(times) > 2
    assert all(later - earlier > 500 for earlier, later in zip(times, times[2:], strict=False))
    kinds = [kind for kind, _, _ in outside.heard[1:]]
    assert kinds == [(Kind.RESOLVED, Kind.REOPENED)[place % 2] for place in range(len(kinds))]


def test_a_house_that_was_shut_for_a_week_does_not_shout_on_opening() -> None:
    outside = Outside()
    outside.state.adopt(
        happened(
            events.IncidentOpened(
                incident=1,
                trouble=Trouble.LOST,
                points=(HALLS[0].code,),
                shared=Shared(Bond.ALONE),
                noticed_ms=MORNING,
            ),
            MORNING,
        )
    )
    a_week_later = MORNING + 7 * 24 * 60 * MINUTE
    assert next_word(outside.thread, outside.incident, a_week_later, TERMS) is None


def test_a_city_may_want_more_peace() -> None:
    outside = Outside()
    outside.falls(0, points=2)
    now = MORNING + 10 * SECOND
    thread = told(outside.thread, Kind.OPENED, outside.incident, now)
    outside.falls(20, points=4)
    peace = msgspec.structs.replace(TERMS, cool_down_ms=60 * MINUTE)
    assert next_word(thread, outside.incident, now + 30 * MINUTE, TERMS) is Kind.GROWN
    assert next_word(thread, outside.incident, now + 30 * MINUTE, peace) == now + 60 * MINUTE
