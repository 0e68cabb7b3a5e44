"""Stories of the broadcast in the halls: an axis of its own, that accuses nobody who cannot be to blame."""

import msgspec
import pytest
from structlog.testing import capture_logs

from bridge.rules import events, stream
from bridge.rules.model import Link, Mode, Phase, PlannedPoint, Point, Stage, Stream
from bridge.rules.watching import Watch
from bridge.rules.wire import Beat
from tests.cast import HALL_1, MORNING, SECOND, TV_HALL, mode, opened, stage
from tests.rules.day import Day, live

ONE, TV = HALL_1.code, TV_HALL.code


def says(day: Day, code: str, word: str, behind_s: float | None = None) -> None:
    beat = Beat(stream=word, behind_s=behind_s, bitrate_kbps=400)
    day.presence.heard(code, day.generations[code], beat, day.clock.now())


def moves(day: Day, hall: PlannedPoint | str) -> list[Stream]:
    """Every judgement of a point's broadcast so far."""
    code = hall if isinstance(hall, str) else hall.code
    return [
        each.event.stream
        for _, each in day.told
        if isinstance(each.event, events.StreamMoved) and each.event.point == code
    ]


def shown(day: Day, code: str) -> str:
    return day.coordinator.scene.stream_shown(day.point(code))


async def test_a_room_that_says_the_same_with_every_beat_is_written_down_once() -> None:
    async with live() as day:
        day.came(ONE)
        for _ in range(60):
            await day.passes(1)
            says(day, ONE, "fresh")
        await day.settled()
        assert moves(day, ONE) == [Stream.FRESH]
        assert shown(day, ONE) == "fresh"


async def test_a_hall_without_pictures_stays_green() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "fresh")
        await day.passes(10)
        says(day, ONE, "stalled", behind_s=11)
        await day.settled()
        point = day.point(ONE)
        assert (point.link, point.stream, shown(day, ONE)) == (Link.STEADY, Stream.STALLED, "stalled")
        await day.passes(10)
        says(day, ONE, "fresh")
        await day.settled()
        assert moves(day, ONE) == [Stream.FRESH, Stream.STALLED, Stream.FRESH]
        assert day.moves(ONE) == [Link.STEADY]


async def test_a_stall_is_dated_from_the_last_that_came() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "fresh")
        await day.passes(60)
        says(day, ONE, "stalled", behind_s=11)
        await day.settled()
        assert day.point(ONE).stream_ms == MORNING + 49 * SECOND


@pytest.mark.parametrize(
    ("word", "behind_s", "began"),
    [
        (Stream.STALLED, 11.0, 589),
        (Stream.GONE, 11.0, 589),
        (Stream.STALLED, 400.0, 300),
        (Stream.STALLED, 86_400.0, 300),
        (Stream.STALLED, None, 600),
        (Stream.BEHIND, 25.0, 600),
        (Stream.FRESH, 4.0, 600),
    ],
)
def test_no_word_reaches_back_before_the_one_that_stood(word: Stream, behind_s: float | None, began: int) -> None:
    """A hall whose broadcast was judged five minutes ago, ten minutes into the morning."""
    point = stood_since(MORNING + 300 * SECOND)
    assert stream.began_ms(point, word, behind_s, MORNING + 600 * SECOND) == MORNING + began * SECOND


def stood_since(ms: int) -> Point:
    return msgspec.structs.replace(opened(), stream=Stream.FRESH, stream_ms=ms)


@pytest.mark.parametrize("word", ["behind", "stalled", "gone"])
async def test_a_room_that_is_cut_off_accuses_nobody_any_more(word: str) -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, word)
        await day.passes(2)
        day.closed(ONE)
        await day.passes(2)
        assert moves(day, ONE) == [Stream(word), Stream.NOT_FOLLOWED]
        assert shown(day, ONE) == "not_followed"


async def test_a_short_break_of_a_room_with_pictures_is_not_written_down_and_not_shown_as_fresh() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "fresh")
        await day.passes(2)
        day.closed(ONE)
        await day.settled()
        assert shown(day, ONE) == "not_followed"
        await day.passes(3)
        day.came(ONE)
        await day.settled()
        assert shown(day, ONE) == "not_followed"
        says(day, ONE, "fresh")
        await day.settled()
        assert shown(day, ONE) == "fresh"
        assert moves(day, ONE) == [Stream.FRESH]


async def test_a_silent_room_is_lost_and_no_longer_without_pictures() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "stalled")
        await day.passes(45)
        assert day.point(ONE).link is Link.LOST
        assert moves(day, ONE) == [Stream.STALLED, Stream.NOT_FOLLOWED]
        # It speaks again on the same line: then its word counts again.
        says(day, ONE, "stalled")
        await day.settled()
        assert (day.point(ONE).link, day.point(ONE).stream) == (Link.STEADY, Stream.STALLED)


async def test_a_television_hall_follows_nothing_whatever_its_machine_says() -> None:
    async with live() as day:
        day.came(TV)
        for word in ("fresh", "stalled", "gone"):
            says(day, TV, word)
            await day.passes(2)
        assert moves(day, TV) == []
        assert shown(day, TV) == "not_followed"


async def test_a_hall_that_moves_to_television_is_let_go_with_its_next_beat() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "stalled")
        await day.passes(2)
        await day.asks(mode(HALL_1, Mode.TV))
        says(day, ONE, "stalled")
        await day.settled()
        assert moves(day, ONE) == [Stream.STALLED, Stream.NOT_FOLLOWED]


async def test_a_hall_that_has_ended_may_switch_its_broadcast_off() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "fresh")
        await day.asks(stage(HALL_1, Stage.ENDED))
        await day.passes(2)
        says(day, ONE, "gone")
        await day.settled()
        assert moves(day, ONE) == [Stream.FRESH, Stream.NOT_FOLLOWED]


@pytest.mark.parametrize(
    ("watch", "accused"),
    [(Watch(), True), (Watch(judged=False), False), (Watch(ended_ms=1), False), (Watch(closing=True), False)],
)
def test_in_a_break_and_after_the_sitting_the_broadcast_is_off_and_nobody_is_accused(
    watch: Watch, accused: bool
) -> None:
    for word in stream.ACCUSING:
        assert (stream.on_word(opened(), word, None, MORNING, watch) is not None) is accused
    # That it comes may be said at any time.
    assert stream.on_word(opened(), Stream.FRESH, None, MORNING, watch) is not None


async def test_when_the_organisers_close_the_session_a_stall_is_over() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "stalled")
        await day.settled()
        await day.turns(Phase.CLOSING, version=2)
        await day.passes(5)
        says(day, ONE, "stalled")
        await day.settled()
        assert moves(day, ONE) == [Stream.STALLED, Stream.NOT_FOLLOWED]


async def test_a_word_that_nobody_knows_is_put_in_the_log_once_and_changes_nothing() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "fresh")
        with capture_logs() as log:
            for _ in range(5):
                await day.passes(2)
                says(day, ONE, "buffering")
        await day.settled()
        assert moves(day, ONE) == [Stream.FRESH]
        assert [(each["event"], each["word"]) for each in log] == [("stream-word-unknown", "buffering")]


async def test_a_beat_that_says_nothing_of_the_broadcast_leaves_it_as_it_was() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "stalled")
        await day.passes(60, beating=[ONE])
        assert moves(day, ONE) == [Stream.STALLED]
        assert shown(day, ONE) == "stalled"


async def test_a_room_that_babbles_costs_a_row_a_second_at_most_and_its_last_word_holds() -> None:
    async with live() as day:
        day.came(ONE)
        for turn in range(1_000):
            says(day, ONE, "stalled" if turn % 2 else "fresh")
        await day.settled()
        assert len(moves(day, ONE)) == 1
        await day.passes(1)
        says(day, ONE, "stalled")
        await day.settled()
        assert day.point(ONE).stream is Stream.STALLED


async def test_what_a_room_measures_of_the_broadcast_is_kept_with_its_line() -> None:
    async with live() as day:
        day.came(ONE)
        says(day, ONE, "behind", behind_s=31)
        line = day.coordinator.scene.lines[ONE]
        assert (line.behind_s, line.bitrate_kbps) == (31, 400)
        day.closed(ONE)
        assert (line.behind_s, line.bitrate_kbps) == (None, None)
