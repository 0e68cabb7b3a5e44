"""Whose word counts: the machine's, the hall's, or both; and the sentence that says why."""

from itertools import product

import msgspec
import pytest

from bridge.rules.model import LineTest, Link, Mode, Perceived, Point, Step, Stream, Word
from bridge.rules.verdict import VERDICTS, Believed, Human, Machine, verdict
from tests.cast import ANN, HALL_1, MINUTE, at, opened, phone

NOW = at("09:00")
GOOD, POOR, NONE = Word.GOOD, Word.POOR, Word.NONE


def hall(
    link: Link = Link.STEADY,
    since: int = at("08:00"),
    *,
    cause: str = "",
    stream: Stream = Stream.NOT_FOLLOWED,
    stream_since: int = 0,
    said: tuple[Word, Word, Word] | None = None,
    said_at: int = NOW - MINUTE,
    by: str = "",
    acted_at: int | None = None,
) -> Point:
    """A hall whose people said picture, sound and line so, and which has sent something at a time."""
    point = msgspec.structs.replace(
        opened(), link=link, link_ms=since, link_cause=cause, stream=stream, stream_ms=stream_since
    )
    if said is not None:
        picture, sound, line = said
        point = msgspec.structs.replace(point, perceived=Perceived(picture, sound, line, said_at))
    if acted_at is not None:
        step = Step(act="act", by=by or phone(HALL_1), received_ms=acted_at)
        point = msgspec.structs.replace(point, last={"stage": step})
    return point


ALL_GOOD = (GOOD, GOOD, GOOD)


@pytest.mark.parametrize(
    ("point", "connected", "believed", "reason"),
    [
        (hall(said=ALL_GOOD), True, Believed.BOTH, "steady_well"),
        (hall(), True, Believed.MACHINE, "steady"),
        (hall(said=(NONE, GOOD, GOOD)), True, Believed.HALL, "steady_no_picture"),
        (hall(said=(GOOD, NONE, GOOD)), True, Believed.HALL, "steady_no_sound"),
        (hall(said=(GOOD, GOOD, NONE)), True, Believed.HALL, "steady_no_line"),
        (hall(said=(GOOD, POOR, GOOD)), True, Believed.HALL, "steady_poor"),
        (hall(said=(NONE, GOOD, GOOD), said_at=NOW - 31 * MINUTE), True, Believed.MACHINE, "steady"),
        (hall(said=(NONE, GOOD, GOOD), said_at=NOW - 29 * MINUTE), True, Believed.HALL, "steady_no_picture"),
        # It said that there was no signal, and then the line came back.
        (
            hall(since=NOW - MINUTE, said=(GOOD, GOOD, NONE), said_at=NOW - 5 * MINUTE),
            True,
            Believed.BOTH,
            "steady_before",
        ),
        (hall(Link.LOST, NOW - 5 * MINUTE), False, Believed.MACHINE, "lost"),
        (hall(Link.LOST, NOW - 5 * MINUTE, said=ALL_GOOD), False, Believed.HALL, "lost_well"),
        (
            hall(Link.LOST, NOW - 5 * MINUTE, said=ALL_GOOD, said_at=NOW - 9 * MINUTE),
            False,
            Believed.MACHINE,
            "lost_before",
        ),
        (hall(Link.LOST, NOW - 5 * MINUTE, said=(NONE, NONE, NONE)), False, Believed.BOTH, "lost_no_line"),
        (hall(Link.LOST, NOW - 5 * MINUTE, acted_at=NOW - MINUTE), False, Believed.HALL, "lost_there"),
        (hall(Link.LOST, NOW - 5 * MINUTE, acted_at=NOW - 4 * MINUTE), False, Believed.MACHINE, "lost"),
        # What a coordinator enters for the hall says nothing of the hall's line.
        (hall(Link.LOST, NOW - 5 * MINUTE, acted_at=NOW - MINUTE, by=ANN), False, Believed.MACHINE, "lost"),
        (hall(said=ALL_GOOD), False, Believed.HALL, "reconnecting_well"),
        (hall(), False, Believed.MACHINE, "reconnecting"),
        (hall(Link.UNSTABLE, NOW - 2 * MINUTE, said=ALL_GOOD), True, Believed.HALL, "trembling_well"),
        (hall(Link.UNKNOWN, NOW - 2 * MINUTE), False, Believed.NOBODY, "ours"),
        (hall(Link.UNKNOWN, NOW - 2 * MINUTE, said=ALL_GOOD), False, Believed.HALL, "ours_well"),
        (hall(stream=Stream.STALLED, stream_since=NOW - MINUTE), True, Believed.MACHINE, "no_broadcast"),
        (
            hall(stream=Stream.GONE, stream_since=NOW - 3 * MINUTE, said=ALL_GOOD),
            True,
            Believed.HALL,
            "no_broadcast_well",
        ),
        (
            hall(stream=Stream.STALLED, stream_since=NOW - MINUTE, said=ALL_GOOD, said_at=NOW - 2 * MINUTE),
            True,
            Believed.MACHINE,
            "no_broadcast_before",
        ),
        (hall(Link.NOT_MEASURED, cause="mode"), False, Believed.NOBODY, "unmeasured"),
        (hall(Link.NOT_MEASURED, cause="left"), False, Believed.NOBODY, "home"),
        (hall(Link.NEVER_SEEN, 0, said=ALL_GOOD), False, Believed.HALL, "nothing_well"),
    ],
)
def test_who_is_believed(point: Point, connected: bool, believed: Believed, reason: str) -> None:
    found = verdict(point, connected, NOW)
    assert (found.believed, found.reason) == (believed, reason)


def test_a_lost_machine_and_a_phone_that_is_well_are_said_in_one_sentence() -> None:
    found = verdict(hall(Link.LOST, NOW - 5 * MINUTE, said=ALL_GOOD), False, NOW)
    assert found.sentence == "Máy của hội trường mất nối, điện thoại vẫn báo tốt."
    assert found.said_ms == NOW - MINUTE


def test_a_line_test_is_a_sign_of_the_phone() -> None:
    test = LineTest(40, 5, 0, 8000, 2000, NOW - MINUTE)
    point = msgspec.structs.replace(hall(Link.LOST, NOW - 5 * MINUTE), line_test=test)
    assert verdict(point, False, NOW).reason == "lost_there"


def test_every_pair_of_words_has_its_sentence_and_none_is_empty() -> None:
    assert VERDICTS.keys() == set(product(Machine, Human))
    assert all(sentence.endswith(".") and len(sentence) > 15 for _, sentence in VERDICTS.values())


def test_no_state_of_a_hall_is_without_a_verdict() -> None:
    for link, mode, stream, word, connected in product(Link, (Mode.STREAM, Mode.TV), Stream, Word, (True, False)):
        point = msgspec.structs.replace(hall(link, stream=stream, said=(word, GOOD, GOOD)), mode=mode)
        assert verdict(point, connected, NOW).sentence
