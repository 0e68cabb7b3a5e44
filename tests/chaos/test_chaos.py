"""A small city in bad weather, within a minute; `python -m tests.chaos` is the large one."""

from pathlib import Path

import pytest

from tests.chaos.drill import HEARTBEAT_S, at_a_loss, black_hole, pauses, restart, staged

ROOMS = 60
SPEED = 16
"""Hall seconds in one of ours."""
PATIENCE_OF_A_BUSY_MACHINE = 2
"""Times the promise: other tests run beside this one, and a lag of ours is forgiven to everybody."""


@pytest.mark.timeout(300)
async def test_bad_weather_a_black_hole_and_a_centre_that_stumbles_blame_only_who_is_gone(tmp_path: Path) -> None:
    async with staged(tmp_path / "data", ROOMS + 2, SPEED, settling_s=20) as stage:
        hole = await black_hole(stage)
        assert (hole.red, hole.others_lost, hole.centre) == (hole.rooms, 0, 0)
        assert hole.rooms > 0
        assert hole.late_s <= 45 * PATIENCE_OF_A_BUSY_MACHINE
        assert hole.early_s <= 1.2 * HEARTBEAT_S

        hour = await at_a_loss(stage, minutes=2, say=print)
        assert (hour.found.lost, hour.found.unstable, hour.found.centre) == (0, 0, 0)
        assert hour.all_steady
        # It was bad weather.
        assert hour.lost_pieces > hour.pieces / 20 > 10

        stood = await pauses(stage, (5, 60), say=print)
        assert {each.lost for each in stood.values()} == {0}

        back = await restart(stage)
        assert (back.found.lost, back.restarts, back.all_steady) == (0, 1, True)
        assert back.found.incidents <= 1
