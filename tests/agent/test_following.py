"""Stories of a room that follows the broadcast: it comes, stops, vanishes and comes back."""

import pytest

from bridge.simulator.broadcast import Origin, on_air
from bridge.simulator.clock import DrivenClock
from tests.agent.air import NOON, following, watching


async def test_a_broadcast_that_comes_is_fresh_from_the_first_look_with_its_delay_and_its_rate() -> None:
    async with watching() as (_, room):
        await room.passes(60)
        assert room.moves == [(0, "fresh")]
        assert room.seen.behind_s is not None
        assert 0 <= room.seen.behind_s < 8
        assert room.seen.bitrate_kbps == pytest.approx(400, rel=0.01)


@pytest.mark.parametrize("target_s", [1, 2, 4, 6, 8])
async def test_a_broadcast_that_stalls_is_told_within_13_seconds_and_cleared_within_10(target_s: int) -> None:
    async with watching(target_s) as (origin, room):
        await room.passes(61.7)
        origin.stall()
        stalled_s = 61.7
        await room.passes(60)
        origin.resume()
        resumed_s = 121.7
        await room.passes(40)
        assert room.words == ["fresh", "stalled", "fresh"]
        # By the clock of the newest segment: an eight-second one may be seven seconds old when it is the last.
        assert room.moves[1][0] - stalled_s <= max(13, 1.5 * target_s + 5)
        assert room.moves[2][0] - resumed_s <= target_s + 10


async def test_a_stall_says_since_when_nothing_comes() -> None:
    async with watching() as (origin, room):
        await room.passes(60)
        origin.stall()
        await room.passes(60)
        assert room.seen.stream == "stalled"
        assert room.seen.behind_s is not None
        assert 59 <= room.seen.behind_s <= 66


async def test_a_short_hiccup_of_the_encoder_is_nothing() -> None:
    async with watching() as (origin, room):
        await room.passes(60)
        origin.stall()
        await room.passes(3)
        origin.resume()
        await room.passes(30)
        assert room.words == ["fresh"]


async def test_an_origin_that_answers_nothing_is_gone_and_comes_back() -> None:
    async with watching() as (origin, room):
        await room.passes(60)
        origin.gone = True
        await room.passes(30)
        assert room.words == ["fresh", "gone"]
        assert room.moves[1][0] <= 60 + 15
        assert room.why[1] == "answered 503"
        origin.gone = False
        await room.passes(10)
        assert room.words[-1] == "fresh"


async def test_who_begins_to_follow_a_broadcast_that_stands_still_never_calls_it_fresh() -> None:
    clock = DrivenClock(NOON, None, stuck_after_s=10)
    origin = Origin(clock.now)
    origin.stall()
    await clock.run(NOON + 600_000)
    async with on_air(origin) as url, following(url, clock) as room:
        await room.passes(60)
        assert room.words == ["stalled"]


async def test_a_room_tells_nothing_before_it_knows() -> None:
    clock = DrivenClock(NOON, None, stuck_after_s=10)
    async with following("http://127.0.0.1:1/live.m3u8", clock) as room:
        await room.passes(5)
        assert room.follower.seen is None
        await room.passes(10)
        assert room.words == ["gone"]
        assert "not reached" in room.why[0]


async def test_a_room_asks_the_origin_no_more_often_than_a_player_does() -> None:
    async with watching() as (origin, room):
        await room.passes(400)
        # A menu once, then a list and the head of a segment every four seconds.
        assert origin.asked <= 1 + 2 * 101 + 2
