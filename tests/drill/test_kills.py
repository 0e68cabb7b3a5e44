"""G1 and G2: the server is killed at random moments under load, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from tests.drill.drill import Wanted, drilled


@pytest.mark.timeout(900)
async def test_twenty_kills_under_load_lose_nothing_and_double_nothing(tmp_path: Path, compiled: Path) -> None:
    wanted = Wanted(kills=20, acts=4_000, seed=2026)
    result = await drilled(wanted, tmp_path / "data", compiled, say=lambda _line: None)
    done, reckoning = result.done, result.reckoning
    assert (reckoning.lost, reckoning.doubled, reckoning.unforeseen) == (0, 0, ())
    assert (result.rows_added, result.broken_at, result.exit_status) == (0, None, 0)
    # It was a drill, and no walk: requests died on the way, the server also while it started, and it was stopped.
    assert done.kills >= wanted.kills
    assert result.acts == wanted.acts
    assert reckoning.acknowledged > wanted.acts // 2
    assert min(done.pauses, done.kills_while_starting) > 0
    assert result.unanswered >= wanted.kills
    assert result.resent > 0
